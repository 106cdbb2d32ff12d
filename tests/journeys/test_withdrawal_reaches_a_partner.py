"""One tap on 撤回, and whoever received that kind of information is told and deletes it."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.house import House
from tests.journeys.stage import Stage
from tests.journeys.test_merchant_joins_shares_and_leaves import (
    partner_holds,
    persons_at,
    reload_until,
    share,
)

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBERS = {"share:demo": "13867905504", "service_contact": "13867905505"}
APPROVED = """
from accounts.models import Person
from onboarding.actions import review
from tests import factories
reviewer = Person.objects.get(username="shenhe")
application = factories.submitted(Person.objects.create(kind="merchant", phone="{number}"))
review.approve(application=application, seen_round=application.round, by=reviewer,
    how_checked="同一家商家的第二个账号，两份营业执照已对过。")
"""


def tap(page: Page, words: str, code: str) -> None:
    """Press a button of one decision on 权限与授权; 同意 stands below the words of its row."""
    row = page.locator(f'[id="{code}"]')
    if words == "同意":
        row.locator("summary").click()
    row.get_by_role("button", name=re.compile(f"^{words}")).click()


@pytest.mark.clause("C146", "B36")
@pytest.mark.parametrize("code", NUMBERS)
def test_a_withdrawal_reaches_the_partner_that_received_it(
    stage: Stage, house: House, phone: BrowserContext, code: str
):
    made = house.manage("shell", "--verbosity", "0", "-c", APPROVED.format(number=NUMBERS[code]))
    assert made.returncode == 0, made.stderr
    page = stage.open(phone, "/")
    stage.sign_in(page, NUMBERS[code])
    page.goto(f"{house.url}/me/consents/")
    tap(page, "同意", "service_contact")
    partner = phone.new_page()
    held = persons_at(partner, house)
    share(stage, page)
    partner_holds(partner, house, persons=held + 1)

    page.goto(f"{house.url}/me/consents/")
    stage.shot(page, "permissions")
    tap(page, "撤回", code)

    expect(page.locator("main")).to_contain_text("已撤回，马上生效")
    partner_holds(partner, house, persons=held)
    reload_until(page, f"{house.url}/me/shared/", "对方已删除")
    stage.shot(page, "withdrawn")
