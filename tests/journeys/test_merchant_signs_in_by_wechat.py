"""A merchant tries WeChat: says no first, then yes, comes back by it at once, and takes it back."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.journeys.faults import faults
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER = "13712340093"
THERE = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx01#wechat_redirect"


def to_wechat(page: Page, stage: Stage, said: str = "同意") -> None:
    """From the sign-in page to the answer about WeChat."""
    page.goto(f"{stage.house.url}/sign-in/")
    # Signing out has the browser forget everything, the closed notice too.
    if page.get_by_role("button", name="继续浏览").is_visible():
        page.get_by_role("button", name="继续浏览").click()
    page.locator("#id_agreed").check()
    page.get_by_role("button", name="用微信登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("是否同意用微信登录？")
    page.get_by_role("button", name=said, exact=True).click()


def as_user(page: Page, name: str) -> None:
    """Be one of the simulator's people."""
    expect(page.get_by_role("heading", level=1)).to_have_text("这里不是微信")
    page.get_by_role("link", name=f"微信用户{name}：允许").click()


def stay_before_wechat(page: Page, stage: Stage) -> None:
    """Open the page that goes on by itself, and have it stay."""

    def without_refresh(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub("<meta http-equiv[^>]*>", "", answer.text()))

    page.route("**/sign-in/wechat/leave/", without_refresh)
    page.goto(f"{stage.house.url}/sign-in/wechat/leave/")
    page.unroute("**/sign-in/wechat/leave/")


def look(page: Page, stage: Stage, name: str, wrong: dict[str, list[str]]) -> None:
    """Keep pictures of a page at every width, and what is wrong with it."""
    size = page.viewport_size
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        stage.shot(page, f"wechat-{name}-{width}")
    if found := faults(page):
        wrong[name] = found
    assert size is not None
    page.set_viewport_size(size)
    stage.shot(page, f"wechat-{name}-{size['width']}")


def sign_out(page: Page, stage: Stage) -> None:
    """Leave, as one does."""
    page.goto(f"{stage.house.url}/me/settings/")
    page.locator("main").get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{stage.house.url}/")


@pytest.mark.clause("C14", "C15", "A45", "B8")
def test_a_merchant_refuses_wechat_binds_it_uses_it_and_takes_it_back(
    stage: Stage, phone: BrowserContext
):
    page, wrong = stage.open(phone, "/sign-in/"), dict[str, list[str]]()
    page.get_by_role("button", name="继续浏览").click()
    look(page, stage, "sign-in", wrong)

    # No box ticked: nothing happens. Then no to WeChat: back at the number, nothing lost.
    page.get_by_role("button", name="用微信登录").click()
    expect(page.get_by_role("alert")).to_contain_text("同意后勾选")
    to_wechat(page, stage, "不同意")
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    expect(page.locator("main")).to_contain_text("没有用微信登录，什么也没有记录")
    look(page, stage, "refused", wrong)

    # Yes, but no at WeChat's.
    page.locator("#id_agreed").check()
    page.get_by_role("button", name="用微信登录").click()
    look(page, stage, "asked", wrong)
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("这里不是微信")
    look(page, stage, "simulator", wrong)
    stay_before_wechat(page, stage)
    look(page, stage, "leave", wrong)
    page.get_by_role("link", name="前往微信").click()
    page.get_by_role("link", name="拒绝").click()
    expect(page.locator("main")).to_contain_text("您在微信里没有同意")

    # Yes and yes: the number is proven once, and the account is bound.
    to_wechat(page, stage)
    as_user(page, "乙")
    expect(page.get_by_role("heading", level=1)).to_have_text("填写手机号")
    look(page, stage, "number", wrong)
    page.get_by_label("手机号").fill(NUMBER)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("main")).to_contain_text("验证以后绑定微信并登录")
    look(page, stage, "code", wrong)
    page.get_by_label("短信验证码").fill(stage.code_from_outbox(phone))
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.locator("main")).to_contain_text("已绑定微信")
    look(page, stage, "bound", wrong)
    page.goto(f"{stage.house.url}/me/held/")
    expect(page.locator("main")).to_contain_text("微信账号编码")

    # It is named where one looks for who gets what, and for what was agreed to.
    page.goto(f"{stage.house.url}/policies/recipients/")
    expect(page.locator("main")).to_contain_text("我们告诉微信")
    look(page, stage, "recipients", wrong)
    page.goto(f"{stage.house.url}/me/consents/")
    expect(page.locator("#wechat")).to_contain_text("用微信登录")
    look(page, stage, "consents", wrong)

    # The next time no code is needed.
    sign_out(page, stage)
    to_wechat(page, stage)
    as_user(page, "乙")
    expect(page).to_have_url(re.compile("/me/$"))

    # One tap takes it back; then WeChat knows nobody, and the number signs in as ever.
    page.goto(f"{stage.house.url}/me/settings/")
    look(page, stage, "settings", wrong)
    page.get_by_role("button", name="解除绑定").click()
    expect(page.locator("main")).to_contain_text("已解除绑定，微信账号编码已删除")
    look(page, stage, "unbound", wrong)
    sign_out(page, stage)
    to_wechat(page, stage)
    as_user(page, "乙")
    expect(page.get_by_role("heading", level=1)).to_have_text("填写手机号")
    page.go_back()
    page.goto(f"{stage.house.url}/sign-in/wechat/back/?code=x&state=y")
    expect(page.get_by_role("heading", level=1)).to_have_text("这次没有登录")
    look(page, stage, "stray", wrong)
    page.get_by_role("link", name="回到登录页").click()
    expect(page).to_have_url(re.compile("/sign-in/$"))
    assert wrong == {}


def test_the_way_to_wechat_needs_no_script_and_keeps_the_browsers_rules(
    stage: Stage, browser: Browser
):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page, reached = context.new_page(), []

    def wechat(route: Route) -> None:
        reached.append(route.request.all_headers().get("referer", ""))
        route.fulfill(status=200, content_type="text/html", body="<title>WeChat</title>")

    def with_its_address(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'/dev/wechat/[^"]*', THERE, answer.text()))

    to_wechat(page, stage)
    expect(page.get_by_role("heading", level=1)).to_have_text("这里不是微信")
    # Once more from our own page under its own rules, with the address of the real WeChat in it.
    page.route("https://open.weixin.qq.com/**", wechat)
    page.route("**/sign-in/wechat/leave/", with_its_address)
    page.goto(f"{stage.house.url}/sign-in/wechat/leave/", wait_until="commit")
    page.wait_for_url("https://open.weixin.qq.com/**")

    assert reached == [""]
    context.close()
