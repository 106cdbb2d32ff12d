"""The desk's menu on a small screen: shut at first, opened by the keyboard, without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from config.house import House
from tests.journeys.faults import faults
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]


@pytest.fixture
def phone_without_javascript(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="zh-CN"
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def test_the_menu_opens_by_keyboard_and_leads_on(
    stage: Stage, house: House, phone_without_javascript: BrowserContext
):
    page = phone_without_javascript.new_page()
    stage.staff_sign_in(page, "yinsi")
    page.goto(f"{house.url}/desk/partners/")
    link = page.get_by_role("link", name="人工办理", exact=True)
    expect(link).to_be_hidden()

    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    stage.shot(page, "desk-menu")
    link.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/desk/by-hand/"))
    expect(page.get_by_role("link", name="投诉", exact=True)).to_be_hidden()
    expect(page.locator("summary").first).to_have_text("菜单：人工办理")


def test_an_open_menu_has_no_faults_and_a_wide_screen_needs_none(
    stage: Stage, house: House, desk: BrowserContext
):
    page = desk.new_page()
    stage.staff_sign_in(page, "yinsi")
    page.goto(f"{house.url}/desk/partners/")
    expect(page.locator(".desk-menu")).to_be_hidden()
    expect(page.get_by_role("link", name="人工办理", exact=True)).to_be_visible()

    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("summary").first.click()

    assert faults(page) == []
