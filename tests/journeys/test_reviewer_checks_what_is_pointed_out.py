"""Two accounts apply for one firm: the desk is told, a reviewer says how it was checked, the
merchant reads why and asks for another person, who answers; every page is measured on the way."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.house import House
from tests.journeys.faults import faults
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

FIRST, SECOND = "13712346001", "13712346002"
APPLIES = """
from accounts.models import Person
from tests import factories
for number in ("{first}", "{second}"):
    handed_in = factories.submitted(Person.objects.create(kind="merchant", phone=number))
print(handed_in.pk)
"""
HOW = "核对了执照原件和双方的授权书，是同一家企业的两位经办人。"
WISH = "授权书上的日期我写晚了一天，请再看一次。"
ANSWER = "授权书的日期已经核对，不影响审核结果，不用您再做什么。"


@pytest.mark.clause("C82", "C153", "C154")
def test_what_is_pointed_out_is_checked_explained_and_looked_at_again(
    stage: Stage, house: House, browser: Browser, phone: BrowserContext, desk: BrowserContext
):
    told = house.manage(
        "shell", "--verbosity", "0", "-c", APPLIES.format(first=FIRST, second=SECOND)
    )
    assert told.returncode == 0, told.stderr
    application = told.stdout.strip()
    found: list[str] = []

    merchant = stage.open(phone, "/")
    stage.sign_in(merchant, SECOND)
    found += ask(stage, merchant)
    judge = stage.open(desk, "/staff/login/")
    stage.staff_sign_in(judge, "shenhe")
    found += check_and_approve(stage, judge, application)
    other = stage.open(browser.new_context(locale="zh-CN"), "/staff/login/")
    stage.staff_sign_in(other, "shenhe2")
    found += answer(stage, other, application)
    read(stage, merchant)
    other.context.close()

    assert found == []


def ask(stage: Stage, page: Page) -> list[str]:
    page.goto(f"{stage.house.url}/me/")
    page.get_by_role("link", name=re.compile("自动评估说明：")).click()
    wait_for(page, "结果如下")
    expect(page.locator("main")).to_contain_text("由人决定")
    expect(page.locator("main")).not_to_contain_text("另一个账号提交的申请用了")
    stage.shot(page, "risk-explained")
    found = faults(page)
    page.get_by_label("想请我们重点看什么").fill(WISH)
    page.get_by_role("button", name="请人工复核").click()
    expect(page.get_by_role("status")).to_contain_text("已登记")
    stage.shot(page, "risk-asked")
    return found + faults(page)


def wait_for(page: Page, words: str) -> None:
    """Reload until the worker has been there."""
    for _ in range(60):
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text(words)


def check_and_approve(stage: Stage, page: Page, application: str) -> list[str]:
    expect(page.locator("main")).to_contain_text("商家请人工复核")
    found = faults(page)
    stage.shot(page, "risk-queue")
    page.locator(f"a[href$='{application}/']").first.click()
    wait_for(page, "另一个账号提交的申请用了同一个统一社会信用代码")
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("写明怎样核实的，才能通过")
    found += faults(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    stage.shot(page, "risk-desk")
    page.get_by_label("怎样核实的").fill(HOW)
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("main")).to_contain_text("已通过")
    page.get_by_role("link", name="查看并答复").click()
    expect(page.locator("main")).to_contain_text("请另一位同事答复")
    expect(page.get_by_role("button", name="答复", exact=True)).to_have_count(0)
    return found + faults(page)


def answer(stage: Stage, page: Page, application: str) -> list[str]:
    page.locator(f"a[href$='{application}/human-look/']").click()
    expect(page.locator("main")).to_contain_text(WISH)
    found = faults(page)
    stage.shot(page, "risk-wish")
    page.get_by_label("答复", exact=True).fill(ANSWER)
    page.get_by_role("button", name="答复", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已答复")
    return found


def read(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.house.url}/me/risk/")
    page.get_by_role("link", name="查看答复").click()
    expect(page.locator("main")).to_contain_text(ANSWER)
    stage.shot(page, "risk-answered")
