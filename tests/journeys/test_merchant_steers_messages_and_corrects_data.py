"""A merchant is told by text message, switches one off, corrects the contact, changes number."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.house import House
from tests.journeys.faults import faults
from tests.journeys.stage import Stage
from tests.journeys.test_merchant_joins_shares_and_leaves import reload_until, share

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER, OTHER, NEW = "13755550001", "13755550002", "13755550003"
HER_NAME, HER_PHONE = "端木青", "13611112222"
ACT = """
from accounts.models import Person
from onboarding.actions import review
from onboarding.models import Application
from tests import factories
shenhe = Person.objects.get(username="shenhe")
"""
SENT_BACK = ACT + "factories.sent_back(Person.objects.with_phone('{number}').get(), shenhe)"
MENDED = """
mine = factories.fill(Application.objects.get(person__in=Person.objects.with_phone('{number}')),
                      Person.objects.with_phone('{number}').get())
mine = factories.hand_in(mine)
review.approve(application=mine, seen_round=mine.round, by=shenhe,
    how_checked="同一家商家的另一个账号，营业执照已对过。")
"""
APPROVED = """
factories.approved(Person.objects.create(kind="merchant", phone="{other}"), shenhe)
"""


def act(house: House, script: str) -> None:
    """What somebody else does meanwhile."""
    script = script.format(number=NUMBER, other=OTHER)
    told = house.manage("shell", "--verbosity", "0", "-c", script)
    assert told.returncode == 0, told.stderr


def masked(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}"


def in_the_inbox(page: Page, number: str, words: str) -> int:
    """How many text messages of these words went to this number."""
    articles = page.locator("article").filter(has_text=words).filter(has_text=masked(number))
    return articles.count()


@pytest.mark.clause("B19", "C130", "C134")
def test_a_merchant_steers_messages_and_corrects_what_we_hold(
    stage: Stage, house: House, phone: BrowserContext, desk: BrowserContext
):
    page = stage.open(phone, "/")
    stage.sign_in(page, NUMBER)

    found = is_told_and_switches_off(stage, house, page)
    share(stage, page)
    found += corrects_the_contact(stage, page)
    found += the_reviewer_sees_when(stage, stage.open(desk, "/staff/login/"))
    found += changes_the_number(stage, house, page)

    assert found == []


def seen(stage: Stage, page: Page, heading: str, name: str) -> list[str]:
    """What is wrong with the page of this heading; a picture of it as on a phone."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    found = faults(page)
    page.set_viewport_size({"width": 390, "height": 844})
    stage.shot(page, name)
    return found


def enter_code(stage: Stage, page: Page, button: str) -> None:
    """Type the newest code and go on."""
    page.get_by_label("验证码").fill(stage.code_from_outbox(page.context))
    page.get_by_role("button", name=button).click()


def is_told_and_switches_off(stage: Stage, house: House, page: Page) -> list[str]:
    inbox = page.context.new_page()
    act(house, SENT_BACK)
    reload_until(inbox, f"{house.url}/dev/outbox/", "您的合作申请需要修改")
    assert in_the_inbox(inbox, NUMBER, "您的合作申请需要修改") == 1

    page.goto(f"{house.url}/me/settings/")
    found = seen(stage, page, "设置", "settings")
    page.get_by_role("link", name="通知设置").click()
    found += seen(stage, page, "通知设置", "notifications")
    page.get_by_role("button", name=re.compile("关闭.*申请已通过")).click()
    expect(page.get_by_role("status")).to_contain_text("已关闭：申请已通过")
    act(house, ACT + MENDED + APPROVED)
    reload_until(inbox, f"{house.url}/dev/outbox/", "您的合作申请已通过审核")
    assert in_the_inbox(inbox, OTHER, "您的合作申请已通过审核") == 1
    assert in_the_inbox(inbox, NUMBER, "您的合作申请已通过审核") == 0
    inbox.close()
    return found


def corrects_the_contact(stage: Stage, page: Page) -> list[str]:
    page.goto(f"{stage.house.url}/me/")
    found = seen(stage, page, "我的", "me")
    page.get_by_role("link", name="我的资料").click()
    found += seen(stage, page, "我的资料", "profile")
    page.get_by_role("button", name="验证是我本人").click()
    found += seen(stage, page, "填写验证码", "profile-code")
    enter_code(stage, page, "查看我的资料")
    expect(page.locator("main")).to_contain_text(NUMBER)
    found += seen(stage, page, "我的资料", "profile-whole")
    page.get_by_role("link", name=re.compile("修改.*联系人")).click()
    page.get_by_label("联系人姓名").fill(HER_NAME)
    page.get_by_label("联系人手机号").fill("123")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += seen(stage, page, "更正联系人", "profile-contact")
    page.get_by_label("联系人手机号").fill(HER_PHONE)
    page.locator("[name=told]").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("联系人已更正")
    expect(page.locator("main")).to_contain_text(HER_PHONE)
    expect(page.locator("main")).to_contain_text("手里还是旧的联系方式")
    found += seen(stage, page, "我的资料", "profile-outdated")
    page.get_by_role("button", name=re.compile("发送新的")).click()
    expect(page.get_by_role("status")).to_contain_text("新的联系方式正在发给")
    expect(page.locator("main")).not_to_contain_text("手里还是旧的联系方式")
    return found


def the_reviewer_sees_when(stage: Stage, page: Page) -> list[str]:
    stage.staff_sign_in(page, "shenhe")
    page.goto(f"{stage.house.url}/desk/?state=approved")
    page.get_by_role("link", name=re.compile(f"{HER_NAME[0]}[*]|金华")).first.click()
    expect(page.locator("main")).to_contain_text("更正过")
    stage.shot(page, "desk-corrected")
    return faults(page)


def changes_the_number(stage: Stage, house: House, page: Page) -> list[str]:
    page.get_by_role("link", name=re.compile("更换.*登录手机号")).click()
    found = seen(stage, page, "更换登录手机号", "phone")
    page.get_by_role("button", name="获取验证码").click()
    enter_code(stage, page, "下一步")
    found += seen(stage, page, "填写新的手机号", "phone-new")
    page.get_by_label("新的手机号").fill(NEW)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("main")).to_contain_text(masked(NEW))
    found += seen(stage, page, "填写验证码", "phone-new-code")
    enter_code(stage, page, "确认更换")
    expect(page.get_by_role("status")).to_contain_text("登录手机号已更换")
    expect(page.locator("main")).to_contain_text(masked(NEW))
    inbox = page.context.new_page()
    reload_until(inbox, f"{house.url}/dev/outbox/", "登录手机号刚刚更换")
    assert in_the_inbox(inbox, NUMBER, "登录手机号刚刚更换") == 1
    stage.shot(inbox, "outbox-told")
    return found
