"""Nothing axe finds fault with, and nothing that scrolls sideways on the smallest phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.factories import AGENT_ANSWERS
from tests.journeys.stage import Stage, close_notice

pytestmark = [pytest.mark.browser, pytest.mark.house]

NARROWEST = 320
OF_A_STRANGER = (
    "/", "/policies/", "/policies/privacy/", "/policies/privacy/versions/", "/complaints/",
    "/sign-in/", "/staff/login/", "/nowhere/",
)  # fmt: skip
OF_A_MERCHANT = (
    "/me/", "/apply/check/", "/apply/withdraw/", "/me/held/", "/me/shared/", "/me/consents/",
    "/consents/id_photo/", "/me/settings/", "/me/export/", "/me/deactivate/",
)  # fmt: skip


class Inspector:
    """Looks at pages one after the other and keeps what is wrong, worst read all at once."""

    def __init__(self) -> None:
        self.axe = Axe()
        self.faults: list[str] = []

    def look(self, page: Page) -> None:
        """Run axe at the page's own width, then measure it at the narrowest."""
        for rule in self.axe.run(page).response["violations"]:
            where = ", ".join(str(node["target"]) for node in rule["nodes"][:3])
            self.faults.append(f"{page.url}: {rule['id']} at {where}")
        own = page.viewport_size
        assert own is not None
        page.set_viewport_size({"width": NARROWEST, "height": own["height"]})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROWEST:
            self.faults.append(f"{page.url}: {width} px wide on a phone of {NARROWEST} px")
        page.set_viewport_size(own)

    def visit(self, stage: Stage, page: Page, *paths: str) -> None:
        """Open pages by their addresses and look at each."""
        for path in paths:
            page.goto(stage.house.url + path)
            close_notice(page)
            self.look(page)


def test_what_a_stranger_reads_is_accessible(stage: Stage, phone: BrowserContext):
    inspector = Inspector()
    page = stage.open(phone, "/")
    expect(page.get_by_role("dialog")).to_be_visible()

    inspector.look(page)
    inspector.visit(stage, page, *OF_A_STRANGER, "/sign-in/")
    page.get_by_role("button", name="获取验证码").click()
    inspector.look(page)

    assert inspector.faults == []


def test_what_a_merchant_fills_in_and_reviewers_read_is_accessible(
    stage: Stage, phone: BrowserContext, desk: BrowserContext, pictures
):
    inspector = Inspector()
    page = stage.open(phone, "/")
    stage.sign_in(page, "13712345001")

    apply_as_agent(stage, page, pictures, inspector)
    inspector.visit(stage, page, *OF_A_MERCHANT)
    review(stage, desk, inspector)

    assert inspector.faults == []


def apply_as_agent(stage: Stage, page: Page, pictures, inspector: Inspector) -> None:
    inspector.visit(stage, page, "/me/", "/apply/role/")
    page.get_by_text("业务代理人", exact=True).click()
    page.get_by_role("button", name="确定，开始填写").click()
    inspector.visit(stage, page, "/apply/", "/apply/subject/")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look(page)
    stage.fill_step(page, AGENT_ANSWERS)
    stage.fill_step(page, AGENT_ANSWERS)
    inspector.look(page)
    page.get_by_role("button", name="同意", exact=True).click()
    stage.fill_step(page, AGENT_ANSWERS)
    page.get_by_role("button", name="同意", exact=True).click()
    inspector.look(page)
    stage.upload(page, pictures["id-front"])
    stage.upload(page, pictures["id-back"])
    inspector.look(page)
    inspector.visit(stage, page, "/apply/submit/")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("申请已提交")


def review(stage: Stage, desk: BrowserContext, inspector: Inspector) -> None:
    page = stage.open(desk, "/staff/login/")
    stage.staff_sign_in(page, "shenhe")
    inspector.look(page)
    page.locator(".queue__link").first.click()
    inspector.look(page)
    page.get_by_role("link", name="退回修改").click()
    inspector.look(page)
    inspector.visit(stage, page, "/staff/mfa/", "/staff/sessions/")
    desk.clear_cookies()
    stage.staff_sign_in(page, "yinsi")
    inspector.visit(stage, page, "/desk/erasures/", "/desk/partners/")
