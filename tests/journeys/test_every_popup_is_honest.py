"""Whatever is told once, in a real browser: read in full, closed in any way, answered by none.

Leaves a picture of each to look at.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.house import House
from tests.journeys import dialogs
from tests.journeys.dialogs import answers, cookies_of, opened, picture, shell
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

TOLD = "13867905522"
# Everything that can be announced, by the hands it takes.
ANNOUNCED = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Person
from consent.actions import drafts, endings, transfers
from tests import factories
from tests.consent import policy_kit
author, second, officer, other = (
    Person.objects.get(username=name) for name in ("fabu", "fabu2", "yinsi", "yinsi2"))
person = Person.objects.create(kind="merchant", phone="{number}")
factories.submitted(person)
factories.give_consent(person, "leads")
for kind in ("privacy", "store_agreement", "cookies", "leads"):
    draft = policy_kit.submitted(author, kind=kind, summary="结算办法写得更清楚，日志少存一个月。")
    drafts.publish(draft=draft, seen_round=draft.round, by=second)
today = timezone.localdate()
notice = transfers.draft(by=officer, effect_date=today + timedelta(days=90), why="merger",
    successor="杭州之江汽车服务有限公司", contact="0571-88880000", new_purpose="推荐汽车保险",
    passes="账号信息、入驻申请资料、证件照片")
transfers.publish(notice=notice, by=other)
ending = endings.propose(by=officer, reason="公司不再经营这项业务。",
    stop_date=today + timedelta(days=30), erase_date=today + timedelta(days=90))
endings.announce(ending=ending, by=other, merchants=endings.preview().merchants)
"""
TITLES = (
    "您的信息将由别的公司接手",
    "51车商家端将停止运营",
    "隐私政策将要更新",
    "51车商家合作协议将要更新",
    "Cookie 说明将要更新",
    "线索推荐专项政策将要更新",
)
NAMES = ("transfer", "ending", "privacy", "agreement", "cookies", "leads-policy")


@pytest.fixture(params=dialogs.SIZES, ids=lambda size: str(size[0]))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A small phone, a phone, a desk."""
    return request.param


@pytest.fixture
def visitor(browser: Browser, size: tuple[int, int]) -> Iterator[BrowserContext]:
    """Anybody, on each of these."""
    yield from opened(browser, size, None)


def test_the_first_visit(stage: Stage, visitor: BrowserContext, size: tuple[int, int]):
    page = stage.open(visitor, "/")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    picture(page, "first-visit", size)

    read, go_on = dialog.locator(".actions .button").all()
    dialogs.takes_the_focus(dialog)
    dialogs.choices_are_equal(read, go_on)
    dialogs.fits(dialog)
    dialogs.can_be_read_beside(dialog.locator("p").first, go_on)
    dialog.get_by_text("浏览时会产生哪些信息").click()
    dialogs.can_be_read_beside(dialog.get_by_text("网络日志 6 个月"), go_on)
    dialogs.fits(dialog)
    picture(page, "first-visit-unfolded", size)


@pytest.mark.clause("C170", "A65", "B98")
def test_everything_that_is_announced(other_house: House, browser: Browser):
    shell(other_house, ANNOUNCED.format(number=TOLD))
    state = cookies_of(other_house, browser, TOLD)
    stage = Stage(other_house)

    for size in dialogs.SIZES:
        for context in opened(browser, size, state):
            page = stage.open(context, "/")
            before = answers(stage, page)
            for title, name in zip(TITLES, NAMES, strict=True):
                announced(page, title, name, size)
            page.reload()
            expect(page.get_by_role("dialog")).to_be_hidden()
            assert answers(stage, page) == before


def announced(page: Page, title: str, name: str, size: tuple[int, int]) -> None:
    """One pop-up: read, unfolded, closed, and the next one there."""
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=title)).to_be_visible()
    picture(page, name, size)
    closing = dialog.locator(".actions .button")
    dialogs.takes_the_focus(dialog)
    dialogs.fits(dialog)
    dialogs.can_be_read_beside(dialog.locator("p, dd").first, closing)
    for more in dialog.locator("details summary").all():
        more.click()
        dialogs.fits(dialog)
        picture(page, f"{name}-unfolded", size)
    with page.expect_response("**/policies/seen/"):
        page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.reload()
