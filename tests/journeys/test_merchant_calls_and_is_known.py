"""A merchant calls: is known by a code, has a request registered, and reads it all afterwards."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

PHONE = "13712340088"
WORDS = "商家想要一份自己信息的副本，网页上不会操作。"
RESULT = "答应 15 天内把副本的下载办法告诉对方。"


def dial(page: Page, **more: str) -> None:
    """Tell the caller, and type the whole number."""
    page.get_by_label(re.compile("我已经先告诉对方")).check()
    page.get_by_label("登录手机号").fill(PHONE)
    page.get_by_label(re.compile("页面核验码")).fill(more.get("code", ""))
    page.get_by_role("button", name="开始核验").click()


@pytest.mark.clause("B30", "B31", "C44", "C132", "C156")
def test_a_merchant_calls_and_is_known(stage: Stage, phone: BrowserContext, desk: BrowserContext):
    merchant = stage.open(phone, "/sign-in/")
    stage.sign_in(merchant, PHONE)
    staff = desk.new_page()
    stage.staff_sign_in(staff, "shenhe")
    staff.get_by_role("link", name="来电核验").click()
    stage.shot(staff, "call-1-whole-number")
    dial(staff)

    # Staff say the phrase that stands in the message; only then the code is read out.
    said_first = staff.locator(".spoken").inner_text()
    stage.shot(staff, "call-2-code")
    inbox = phone.new_page()
    inbox.goto(f"{stage.house.url}/dev/outbox/")
    expect(inbox.locator("main")).to_contain_text(f"暗语“{said_first}”")
    staff.get_by_label("对方念出的验证码").fill(stage.code_from_outbox(phone))
    staff.get_by_role("button", name="核验").click()
    expect(staff.get_by_role("heading", name="核验通过")).to_be_visible()
    stage.shot(staff, "call-3-known")

    # What is said is written down, and a request made of it.
    staff.get_by_label("为了什么事").select_option("access")
    staff.get_by_label("谈话内容").fill(WORDS)
    staff.get_by_label("处理结果").fill(RESULT)
    staff.get_by_role("button", name="保存记录").click()
    staff.get_by_label("登记为").select_option("rights")
    staff.get_by_role("button", name="登记", exact=True).click()
    expect(staff.get_by_text(re.compile("已登记，最迟"))).to_be_visible()
    stage.shot(staff, "call-4-recorded")

    # The merchant reads it all, and the next time reads out a code of their own page.
    merchant.goto(f"{stage.house.url}/me/")
    merchant.get_by_role("link", name="客服", exact=True).click()
    expect(merchant.get_by_text(WORDS)).to_be_visible()
    merchant.get_by_role("button", name="显示核验码").click()
    code, phrase = merchant.locator(".spoken").all_inner_texts()
    stage.shot(merchant, "call-5-own-page")
    staff.goto(f"{stage.house.url}/desk/callers/")
    dial(staff, code=code)

    expect(staff.locator(".spoken")).to_have_text(phrase)
