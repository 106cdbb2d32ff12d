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


def test_closing_the_first_notice_with_esc_agrees_to_nothing(stage: Stage, phone: BrowserContext):
    page = stage.open(phone, "/")
    notice = page.get_by_role("dialog")
    expect(notice).to_be_visible()

    page.keyboard.press("Escape")

    expect(notice).to_be_hidden()
    assert phone.cookies() == []
    page.reload()
    expect(notice).to_be_visible()


def test_pressing_beside_the_first_notice_agrees_to_nothing(stage: Stage, phone: BrowserContext):
    page = stage.open(phone, "/")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.mouse.click(195, 20)

    expect(page.get_by_role("dialog")).to_be_hidden()
    assert phone.cookies() == []


def test_what_was_closed_stays_closed(stage: Stage, phone: BrowserContext):
    page = stage.open(phone, "/")
    page.get_by_role("button", name="继续浏览").click()

    page.goto(f"{stage.house.url}/")

    expect(page.get_by_role("dialog")).to_be_hidden()
    assert [cookie["name"] for cookie in phone.cookies()] == ["portal_seen"]


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
