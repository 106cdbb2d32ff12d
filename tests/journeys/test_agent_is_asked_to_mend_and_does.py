"""A business agent applies on a phone, is sent back, mends and hands in again; every state of every
page on the way, mistakes included, is measured for everybody's use."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories import AGENT_ANSWERS
from tests.journeys.faults import faults
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER = "13712345001"
NAME = "慕容雪"
ANSWERS = {**AGENT_ANSWERS, "name": NAME, "contact_name": NAME, "bank_account_name": NAME}
NOTE = "请写到门牌号"


@pytest.mark.clause("C13", "C36")
def test_an_agent_is_sent_back_mends_and_hands_in_again(
    stage: Stage, phone: BrowserContext, desk: BrowserContext, pictures
):
    found: list[str] = []
    page = stage.open(phone, "/")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += faults(page)
    stage.sign_in(page, NUMBER)

    found += apply(stage, page, pictures)
    found += send_back(stage, stage.open(desk, "/staff/login/"))
    found += mend(stage, page)

    assert found == []


def apply(stage: Stage, page: Page, pictures) -> list[str]:
    stage.choose_role(page, "业务代理人")
    page.goto(f"{stage.house.url}/apply/subject/")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found = faults(page)
    for _step in ("subject", "contact"):
        stage.fill_step(page, ANSWERS)
    found += faults(page)
    stage.agree(page)
    stage.fill_step(page, ANSWERS)
    stage.agree(page)
    for paper in ("id-front", "id-back"):
        stage.upload(page, pictures[paper])
    found += faults(page)
    stage.submit(page)
    return found + faults(page)


def send_back(stage: Stage, page: Page) -> list[str]:
    stage.staff_sign_in(page, "shenhe")
    page.get_by_role("link", name=re.compile(f"{NAME[0]}[*]")).first.click()
    page.get_by_role("link", name="退回修改").click()
    page.get_by_role("button", name="退回商家修改").click()
    expect(page.get_by_role("alert")).to_contain_text("至少选择一项")
    found = faults(page)
    page.locator("[name=reason_address]").select_option("incomplete")
    page.locator("[name=note_address]").fill(NOTE)
    with page.expect_navigation():
        page.get_by_role("button", name="退回商家修改").click()
    expect(page.locator("main")).to_contain_text("待修改")
    return found + faults(page)


def mend(stage: Stage, page: Page) -> list[str]:
    page.goto(f"{stage.house.url}/me/")
    page.get_by_role("link", name=re.compile("去修改")).click()
    page.goto(f"{stage.house.url}/apply/contact/")
    if NOTE not in page.locator("main").inner_text():
        page.goto(f"{stage.house.url}/apply/subject/")
    expect(page.locator("main")).to_contain_text(NOTE)
    found = faults(page)
    stage.fill_step(page, {**ANSWERS, "address": "浙江省金华市金东区光南路20号3单元502室"})
    stage.submit(page)
    expect(page.locator("main")).to_contain_text("申请已提交")
    return found
