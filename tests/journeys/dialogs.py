"""What a question or a notice looks like in the browser that shows it, and what it must hold to."""

import re
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from config.house import House
from tests.journeys.stage import SHOTS, Stage

SIZES = ((320, 568), (390, 844), (1280, 800))
SMALLEST = 44
CONTRAST = 4.5

# Of a button: how big it is, and how clear its letters are against what is behind them.
_LOOK = """button => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = rgb => rgb.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = button, ground = [255, 255, 255];
  while (behind) {
    const seen = rgb(getComputedStyle(behind).backgroundColor);
    if (seen.length < 4 || seen[3] > 0) { ground = seen; break; }
    behind = behind.parentElement;
  }
  const style = getComputedStyle(button), box = button.getBoundingClientRect();
  const [one, two] = [light(rgb(style.color)), light(ground)].sort((a, b) => b - a);
  return { area: box.width * box.height, height: box.height, weight: style.fontWeight,
           size: style.fontSize, contrast: (one + 0.05) / (two + 0.05) };
}"""

# What runs off the side of the page, or of a box of the question that scrolls; not words that are
# for a screen reader alone.
_SIDEWAYS = """box => [document.documentElement, box, ...box.querySelectorAll("*")]
  .filter(one => !one.matches(".sr-only"))
  .filter(one => one.scrollWidth > one.clientWidth + 1
    && !["visible", "clip"].includes(getComputedStyle(one).overflowX)
    || one.scrollWidth > innerWidth)
  .map(one => one.outerHTML.slice(0, 80))"""
_FOCUS_WITHIN = "box => box.contains(document.activeElement)"


def choices_are_equal(first: Locator, second: Locator) -> None:
    """Neither is bigger, bolder or paler than the other, and both can be hit and read."""
    one, two = (each.evaluate(_LOOK) for each in (first, second))
    assert 0.9 <= one["area"] / two["area"] <= 1.1
    assert (one["size"], one["weight"]) == (two["size"], two["weight"])
    assert min(one["height"], two["height"]) >= SMALLEST
    assert min(one["contrast"], two["contrast"]) >= CONTRAST


def fits(box: Locator) -> None:
    """Nothing of it runs off the side."""
    assert box.evaluate(_SIDEWAYS) == []


def can_be_read_beside(words: Locator, buttons: Locator) -> None:
    """These words stand on the screen together with the buttons, scrolled to if need be."""
    words.scroll_into_view_if_needed()
    expect(words).to_be_in_viewport()
    expect(buttons).to_be_in_viewport(ratio=1)


def takes_the_focus(dialog: Locator) -> None:
    """The keyboard is inside while it is open."""
    assert dialog.evaluate(_FOCUS_WITHIN)


def press_outside(page: Page) -> None:
    """Touch the page beside a dialog."""
    assert page.viewport_size is not None
    page.mouse.click(page.viewport_size["width"] / 2, 8)


def shell(house: House, code: str) -> str:
    """Run this in the house and give back what it printed."""
    told = house.manage("shell", "--verbosity", "0", "-c", code)
    assert told.returncode == 0, told.stderr
    return told.stdout


def cookies_of(house: House, browser: Browser, number: str) -> StorageState:
    """The cookies of a merchant who signed in once with this number."""
    context = browser.new_context(locale="zh-CN")
    stage = Stage(house)
    stage.sign_in(stage.open(context, "/"), number)
    state = context.storage_state()
    context.close()
    return state


def opened(
    browser: Browser, size: tuple[int, int], state: StorageState | None
) -> Iterator[BrowserContext]:
    """A browser of this size, for as long as somebody looks."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=state,
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def picture(page: Page, name: str, size: tuple[int, int]) -> None:
    """What is on the screen, as somebody sees it."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"popup-{name.replace(':', '-')}-{size[0]}.png"))


def answers(stage: Stage, page: Page) -> list[str]:
    """Every answer on record, by its receipt."""
    listed = page.context.request.get(f"{stage.house.url}/me/consents/").text()
    return re.findall(r"/receipts/\d+/", listed)
