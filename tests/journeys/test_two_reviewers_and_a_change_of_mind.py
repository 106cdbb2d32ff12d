"""A speciality store applies; two reviewers press at once and one is told who won; the store leaves
and takes it back before anything is deleted."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.factories import STORE_ANSWERS
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER = "13712345002"
FIRM = "义乌启明二手车经营有限公司"
ANSWERS = {
    **STORE_ANSWERS,
    "name": FIRM,
    "bank_account_name": FIRM,
    "credit_code": "91330782MA2EQM6K7H",
}


@pytest.mark.clause("C148")
def test_a_store_is_approved_once_and_may_change_its_mind_about_leaving(
    stage: Stage, phone: BrowserContext, browser: Browser, pictures
):
    merchant = stage.open(phone, "/")
    stage.sign_in(merchant, NUMBER)
    apply(stage, merchant, pictures)

    first, second = (reviewer(stage, browser, name) for name in ("shenhe", "shenhe2"))
    for page in (first, second):
        page.get_by_role("link", name=re.compile(FIRM)).first.click()
    first.get_by_role("button", name="通过", exact=True).click()
    expect(first.locator("main")).to_contain_text("已通过")
    second.get_by_role("button", name="通过", exact=True).click()

    expect(second.get_by_role("alert")).to_contain_text("已由 shenhe 处理：通过")
    stage.shot(second, "beaten")
    leave(stage, merchant)
    take_back(stage, merchant)
    first.context.close()
    second.context.close()


def apply(stage: Stage, page: Page, pictures) -> None:
    stage.choose_role(page, "合作专营店")
    page.goto(f"{stage.house.url}/apply/subject/")
    for _step in ("subject", "legal", "contact"):
        stage.fill_step(page, ANSWERS)
    stage.agree(page)
    stage.fill_step(page, ANSWERS)
    stage.upload(page, pictures["licence"])
    stage.agree(page)
    for paper in ("id-front", "id-back"):
        stage.upload(page, pictures[paper])
    stage.submit(page)


def reviewer(stage: Stage, browser: Browser, name: str) -> Page:
    """A reviewer at a desk of their own."""
    page = stage.open(browser.new_context(locale="zh-CN"), "/staff/login/")
    page.set_default_timeout(15_000)
    stage.staff_sign_in(page, name)
    return page


def leave(stage: Stage, page: Page) -> None:
    stage.ask_to_leave(page)
    expect(page.locator("main")).to_contain_text("撤回注销")
    page.goto(f"{stage.house.url}/me/")
    expect(page.locator("main")).to_contain_text("账号正在注销")


def take_back(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name="查看注销进度").click()
    stage.shot(page, "take-back")
    page.get_by_role("button", name="撤回注销").click()

    page.goto(f"{stage.house.url}/me/")
    expect(page.locator("main")).not_to_contain_text("账号正在注销")
    expect(page.locator("main")).to_contain_text("已通过")
