"""Every page in a real browser: at no width does anything run off it or become too small to touch,
and axe finds no breach of WCAG 2.1 AA."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from config.house import House
from tests.journeys.faults import WIDTHS, faults
from tests.journeys.stage import Stage, close_notice

pytestmark = [pytest.mark.browser, pytest.mark.house]

NOWHERE = "/not/here/"
VISITOR = (
    "/", "/sign-in/", "/policies/", "/policies/privacy/", "/policies/privacy/versions/",
    "/policies/cookies/", "/policies/recipients/", "/transfers/",
    "/complaints/", "/complaints/guardian/", "/staff/login/", "/dev/components/", "/dev/outbox/",
    NOWHERE,
)  # fmt: skip
MERCHANT = (
    "/me/", "/me/settings/", "/me/consents/", "/me/held/", "/me/shared/", "/me/export/",
    "/me/deactivate/", "/me/sharing/demo/", "/apply/", "/apply/role/", "/apply/subject/",
    "/apply/legal/", "/apply/contact/", "/apply/bank/", "/apply/licence/", "/apply/id-front/",
    "/apply/in-person/", "/me/leads/", "/apply/check/", "/apply/submit/", "/apply/withdraw/",
    "/consents/id_photo/", "/consents/id_photo/refused/", "/me/support/", "/me/profile/",
    "/me/settings/notifications/", "/me/phone/", "/me/risk/",
)  # fmt: skip
STAFF = (
    "/desk/erasures/", "/desk/complaints/", "/desk/partners/", "/staff/mfa/", "/staff/sessions/",
    "/staff/logout/", "/desk/authority-requests/", "/desk/authority-requests/new/",
    "/desk/transfers/", "/desk/ending/", "/desk/assessments/", "/desk/assessments/write/location/",
    "/desk/partners/demo/", "/desk/partners/demo/off/", "/desk/partners/53kf/edit/",
    "/desk/by-hand/", "/desk/callers/", "/desk/partners/new/", "/desk/partners/demo/key/",
    "/desk/partners/53kf/key/",
)  # fmt: skip
APPLIES = """
from accounts.models import Person
from tests import factories
factories.{state}(Person.objects.create(kind="merchant", phone="{phone}"))
"""
BAD = """<!DOCTYPE html><html lang="zh"><title>x</title><body style="background: #fff"><main>
<div style="width: 2000px">宽</div><p style="color: #ccc">看不清的字</p>
<button style="height: 20px">小</button></main>"""


def look_at(page: Page, house: House, paths: tuple[str, ...]) -> dict[str, list[str]]:
    """The pages that have faults, and which."""
    found = {}
    for path in paths:
        answer = page.goto(house.url + path)
        close_notice(page)
        found[path] = faults(page)
        if answer.status != (404 if path == NOWHERE else 200):
            found[path].append(f"answered {answer.status}")
    return {path: wrong for path, wrong in found.items() if wrong}


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """Anybody's browser."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def made(house: House, state: str, phone: str) -> None:
    """A merchant whose application is in this state."""
    told = house.manage("shell", "--verbosity", "0", "-c", APPLIES.format(state=state, phone=phone))
    assert told.returncode == 0, told.stderr


def test_the_measure_finds_what_it_looks_for(person: BrowserContext):
    page = person.new_page()
    page.set_content(BAD)

    found = faults(page)

    assert {fault.split(":")[0] for fault in found} >= {"too small", "color-contrast"}
    assert f"2008 px wide at {WIDTHS[0]}" in found


def test_a_visitor_can_use_every_page(house: House, person: BrowserContext):
    assert look_at(person.new_page(), house, VISITOR) == {}


def test_a_merchant_can_use_every_page(stage: Stage, house: House, person: BrowserContext):
    made(house, "filled_in", "13712340001")
    page = person.new_page()
    stage.sign_in(page, "13712340001")

    assert look_at(page, house, MERCHANT) == {}


def test_staff_can_use_every_page(stage: Stage, house: House, person: BrowserContext):
    made(house, "submitted", "13712340002")
    page = person.new_page()
    stage.staff_sign_in(page, "shenhe")
    page.get_by_role("link", name=re.compile(r"合作4S店|金华")).first.click()
    application = page.url.removeprefix(house.url)

    of_reviewers = look_at(page, house, ("/desk/", application, f"{application}send-back/"))
    person.clear_cookies()
    stage.staff_sign_in(page, "yinsi")

    assert of_reviewers | look_at(page, house, STAFF) == {}
