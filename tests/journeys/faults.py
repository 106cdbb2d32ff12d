"""What is wrong with a page, measured in the browser that shows it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (320, 390, 1280)
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}
# What a finger must hit; a link within a sentence is text, and a box is hit by its label.
TOO_SMALL = """() => [...document.querySelectorAll(
    "button:not(.sr-only), a.button, input:not([type=hidden]):not([type=file]), select, textarea")]
    .map(one => one.matches("[type=checkbox], [type=radio]") ? one.closest("label") || one : one)
    .filter(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(one => Math.round(one.getBoundingClientRect().height) < 44)
    .map(one => "too small: " + one.outerHTML.slice(0, 90))"""


def faults(page: Page) -> list[str]:
    """What is wrong with the page shown."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{wide} px wide at {width}"] if wide > width else []
        found += page.evaluate(TOO_SMALL)
    for violation in Axe().run(page, options=RULES).response["violations"]:
        found += [f"{violation['id']}: {node['html'][:90]}" for node in violation["nodes"]]
    return found
