"""Asking, in a real browser: closing is no answer, answers look alike, no script is needed."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

LOOK = """button => {
    const style = getComputedStyle(button), box = button.getBoundingClientRect();
    return [box.width, box.height, style.color, style.backgroundColor, style.borderColor,
            style.borderWidth, style.fontSize, style.fontWeight, style.opacity];
}"""


def looks(page: Page) -> list[object]:
    """How 不同意 and 同意 look, measured."""
    buttons = [page.get_by_role("button", name=name, exact=True) for name in ("不同意", "同意")]
    return [button.evaluate(LOOK) for button in buttons]


CLOSING = {
    "esc": lambda page: page.keyboard.press("Escape"),
    "关闭": lambda page: page.get_by_role("button", name="关闭").click(),
    "outside": lambda page: page.mouse.click(195, 20),
    "继续浏览": lambda page: page.get_by_role("button", name="继续浏览").click(),
}


@pytest.mark.parametrize("way", CLOSING)
def test_closing_the_first_notice_in_any_way_lasts_and_agrees_to_nothing(
    stage: Stage, phone: BrowserContext, way: str
):
    page = stage.open(phone, "/")
    notice = page.get_by_role("dialog")
    expect(notice).to_be_visible()
    assert phone.cookies() == []

    with page.expect_response("**/policies/seen/"):
        CLOSING[way](page)

    expect(notice).to_be_hidden()
    for path in ("/", "/sign-in/"):
        page.goto(stage.house.url + path)
        expect(notice).to_be_hidden()
    expect(page.locator("#id_agreed")).not_to_be_checked()
    assert {cookie["name"] for cookie in phone.cookies()} <= {"portal_seen", "portal_csrf"}


def test_where_nothing_can_be_remembered_closing_works_all_the_same(
    stage: Stage, phone: BrowserContext
):
    page = stage.open(phone, "/")
    page.route("**/policies/seen/", lambda route: route.abort())

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_without_a_script_the_notice_is_part_of_the_page_and_its_button_closes_it(
    stage: Stage, browser: Browser
):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.house.url}/")
    expect(page.get_by_role("heading", name="成为51车合作商家")).to_be_visible()

    page.get_by_role("button", name="继续浏览").click()

    expect(page.get_by_role("button", name="继续浏览")).to_have_count(0)
    assert [cookie["name"] for cookie in context.cookies()] == ["portal_seen"]
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_refusing_looks_exactly_like_agreeing(stage: Stage, browser: Browser, width: int):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    stage.sign_in(page, f"1390000{width:04d}")
    page.goto(f"{stage.house.url}/consents/id_photo/")

    no, yes = looks(page)

    assert no == yes
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_registering_and_refusing_need_no_script(stage: Stage, browser: Browser):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.house.url}/sign-in/")
    page.get_by_label("手机号").fill("13711110001")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("alert")).to_contain_text("同意后勾选")

    page.locator("#id_agreed").check()
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").fill(stage.code_from_outbox(context))
    page.get_by_role("button", name=re.compile("^登录")).click()
    page.goto(f"{stage.house.url}/consents/bank_account/")
    page.get_by_role("button", name="不同意", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("好的，不收集")
    context.close()
