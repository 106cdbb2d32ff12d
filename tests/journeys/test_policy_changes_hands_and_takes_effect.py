"""A policy on its way: written by one, published by another, announced, and asked at effect."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.house import House
from tests.journeys.faults import faults
from tests.journeys.stage import Stage, close_notice

pytestmark = [pytest.mark.browser, pytest.mark.house]

# Two publishers at work, the version in effect some seconds later: what the desk's pages do, but
# for the day, which is a moment here so that nobody has to wait for midnight.
PUBLISH = """
from datetime import timedelta
import re
from django.utils import timezone
from accounts.models import Person
from consent import policytext
from consent.actions import drafts, policies
author, second = (Person.objects.get(username=name) for name in ("fabu", "fabu2"))
current = policies.in_force("privacy")
at = timezone.now() + timedelta(seconds={seconds})
day = timezone.localtime(at)
head = f"版本号：2.0　生效日期：{{day.year}} 年 {{day.month}} 月 {{day.day}} 日"
body = re.sub(r"版本号：1.0　[^\\n]*", head, current.body).replace("最长 10 分钟", "最长 5 分钟")
text = policytext.parse(body)
wording = drafts.Wording(kind="privacy", text=text, number="2.0", effective_at=at,
    summary="验证码的有效时间从 10 分钟缩短为 5 分钟。", major_changes=("rights",))
draft = drafts.submit(draft=drafts.begin(wording=wording, by=author), by=author)
drafts.publish(draft=draft, seen_round=1, by=second)
print(at.timestamp())
"""
SOON = 30
LOOK = """button => {
    const style = getComputedStyle(button), box = button.getBoundingClientRect();
    return [box.width, box.height, style.color, style.backgroundColor, style.borderColor,
            style.fontSize, style.fontWeight];
}"""
IN_EFFECT = "at => Date.now() > at * 1000"


def published_soon(house: House) -> float:
    """When it takes effect."""
    told = house.manage("shell", "--verbosity", "0", "-c", PUBLISH.format(seconds=SOON))
    assert told.returncode == 0, told.stderr
    return float(told.stdout)


def other_desk(browser: Browser) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(15_000)
    return context


def write_cookie_notice(stage: Stage, page: Page, number: str) -> None:
    """A change of the cookie notice, from the text in force, with one thing left out at first."""
    day = timezone.localdate() + timedelta(days=9)
    page.goto(f"{stage.house.url}/desk/policies/write/?kind=cookies")
    body = page.locator("[name=body]")
    head = f"版本号：{number}　生效日期：{day.year} 年 {day.month} 月 {day.day} 日"
    text = re.sub(r"版本号：1.0　[^\n]*", head, body.input_value())
    body.fill(text.replace("30 分钟不操作", "20 分钟不操作"))
    page.locator("[name=number]").fill(number)
    page.locator("[name=effective_date]").fill(day.isoformat())
    page.get_by_label("以上都没有").check()
    page.get_by_role("button", name="保存草稿").click()


def test_one_publisher_writes_and_another_publishes(
    stage: Stage, desk: BrowserContext, browser: Browser, phone: BrowserContext
):
    number = f"9.{timezone.now():%H%M%S}"
    author, second = desk.new_page(), other_desk(browser).new_page()
    stage.staff_sign_in(author, "fabu")
    write_cookie_notice(stage, author, number)

    author.get_by_role("button", name="提交审批").click()
    expect(author.get_by_role("alert")).to_contain_text("没有用大白话写改了什么")
    author.get_by_role("link", name="修改", exact=True).click()
    author.locator("[name=summary]").fill("工作人员登录的有效时间缩短为 20 分钟。")
    assert faults(author) == []
    author.get_by_role("button", name="保存草稿").click()
    expect(author.locator("ins").filter(has_text=re.compile("^20$"))).to_be_visible()
    author.get_by_role("button", name="提交审批").click()
    expect(author.get_by_text("自己起草的不能自己公布")).to_be_visible()
    expect(author.get_by_role("button", name="公布", exact=True)).to_have_count(0)
    draft = author.url

    stage.staff_sign_in(second, "fabu2")
    second.goto(draft)
    assert faults(second) == []
    stage.shot(second, "policy-second-publisher")
    second.get_by_role("link", name=re.compile("预览")).click()
    expect(second.get_by_text("预览，没有公布")).to_be_visible()
    assert faults(second) == []
    second.goto(draft)
    second.get_by_role("button", name="公布", exact=True).click()
    expect(second.get_by_role("status")).to_contain_text("已公布")

    reader = stage.open(phone, f"/policies/cookies/{number}/")
    expect(reader.get_by_text("即将生效")).to_be_visible()
    assert faults(reader) == []
    second.goto(f"{stage.house.url}/desk/policies/")
    assert faults(second) == []
    second.get_by_role("link", name=re.compile(rf"撤回.*{re.escape(number)}")).click()
    second.get_by_label("为什么撤回").fill("走查完毕，收回。")
    second.get_by_role("button", name="撤回", exact=True).click()
    expect(second.get_by_role("status")).to_contain_text("已撤回")
    reader.reload()
    expect(reader.get_by_text("走查完毕，收回。")).to_be_visible()
    second.context.close()


def test_the_contents_follow_the_reader(stage: Stage, phone: BrowserContext):
    page = stage.open(phone, "/policies/privacy/")
    close_notice(page)
    contents = page.locator("[data-contents]")

    page.locator("#s-5-5").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('s-5-5').scrollIntoView()")

    current = contents.locator("[aria-current=location]")
    expect(current).to_have_count(1)
    expect(current).to_have_attribute("href", "#s-5-5")
    expect(contents.locator("[data-contents-here]")).to_contain_text("5.5")
    expect(contents).to_be_in_viewport()


def test_without_a_script_the_contents_are_a_plain_list(stage: Stage, browser: Browser):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{stage.house.url}/policies/privacy/")

    page.locator("[data-contents] summary").click()
    page.locator("[data-contents] a[href='#s-5-5']").click()

    assert page.url.endswith("#s-5-5")
    context.close()


@pytest.mark.clause("C169", "C170", "A7", "A8", "B3", "B98")
def test_a_changed_policy_is_announced_then_asked_and_refusing_leaves_the_rights(
    other_house: House, phone: BrowserContext
):
    stage = Stage(other_house)
    page = phone.new_page()
    stage.sign_in(page, "13788880001")
    effective = published_soon(other_house)

    page.goto(f"{other_house.url}/")
    told = page.get_by_role("dialog")
    expect(told).to_contain_text("验证码的有效时间从 10 分钟缩短为 5 分钟。")
    expect(told).to_contain_text("您的权利或者行使办法变了")
    told.get_by_text("逐处看改动").click()
    expect(told.locator("ins").last).to_have_text("5")
    stage.shot(page, "policy-announced")
    told.get_by_role("button", name="不再提示").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.goto(f"{other_house.url}/")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.wait_for_function(IN_EFFECT, arg=effective, timeout=(SOON + 15) * 1000)
    page.goto(f"{other_house.url}/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("隐私政策更新了")
    stage.shot(page, "policy-gate")
    no, yes = (page.get_by_role("button", name=name, exact=True) for name in ("不同意", "同意"))
    assert no.evaluate(LOOK) == yes.evaluate(LOOK)
    assert faults(page) == []
    sent = {"HX-Request": "true", "Origin": other_house.url}
    for headers in (sent, {"Accept": "application/json"}):
        assert phone.request.get(f"{other_house.url}/me/", headers=headers).status in (200, 403)
        assert "退出登录" not in phone.request.get(f"{other_house.url}/me/", headers=headers).text()

    page.set_viewport_size({"width": 390, "height": 844})
    no.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已记录：您没有同意")
    stage.shot(page, "policy-refused")
    for path, open_to in (("/me/consents/", True), ("/me/settings/", True), ("/apply/", False)):
        page.goto(f"{other_house.url}{path}")
        gate = page.get_by_role("heading", level=1, name="隐私政策更新了")
        expect(gate).to_have_count(0 if open_to else 1)

    page.get_by_role("button", name="同意", exact=True).click()
    page.goto(f"{other_house.url}/me/")
    expect(page.get_by_role("heading", level=1)).to_have_text("我的")
