"""Every pop-up there is, in a real browser: told in full, equally easy to refuse, closed without a
yes, back to where one was; and a picture of each to look at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from config.house import House
from tests.journeys import dialogs
from tests.journeys.stage import SHOTS, Stage, close_notice

pytestmark = [pytest.mark.browser, pytest.mark.house]

ASKED, TOLD = "13867905521", "13867905522"
BEGUN = """
from accounts.models import Person
from tests import factories
person = Person.objects.create(kind="merchant", phone="{number}")
factories.started(person)
factories.give_consent(person, "leads")
"""
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
RECORDED = """
from accounts.models import Person
from consent.models import Served
person = Person.objects.with_phone("{number}").get()
print(*sorted(f"{{row.code}} {{row.asking}}" for row in Served.objects.of(person.pk)), sep="\\n")
"""


@dataclass(frozen=True)
class Question:
    """One question that comes up over a page: where, and what brings it up."""

    code: str
    path: str
    opener: str


DIALOGS = (
    Question("service_contact", "/apply/contact/", "看说明，再决定"),
    Question("camera", "/apply/licence/", "拍照"),
    Question("album", "/apply/licence/", "从相册选"),
    Question("location", "/me/leads/", "用当前位置一次"),
    Question("sms_autofill", "/me/export/", "自动填入"),
)
ROWS = (
    "camera", "album", "location", "sms_autofill", "id_photo", "bank_account", "service_contact",
    "marketing", "usage_analysis", "share:demo",
)  # fmt: skip
PAGES = ("id_photo", "bank_account", "leads", "share:demo")
TITLES = (
    "您的信息将由别的公司接手",
    "51车商家端将停止运营",
    "隐私政策将要更新",
    "51车商家合作协议将要更新",
    "Cookie 说明将要更新",
    "线索推荐专项政策将要更新",
)
NAMES = ("transfer", "ending", "privacy", "agreement", "cookies", "leads-policy")


def shell(house: House, code: str) -> str:
    told = house.manage("shell", "--verbosity", "0", "-c", code)
    assert told.returncode == 0, told.stderr
    return told.stdout


def cookies_of(house: House, browser: Browser, number: str) -> StorageState:
    context = browser.new_context(locale="zh-CN")
    stage = Stage(house)
    stage.sign_in(stage.open(context, "/"), number)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="module")
def begun(house: House, browser: Browser) -> StorageState:
    """The cookies of a merchant who has begun an application and switched the leads on."""
    shell(house, BEGUN.format(number=ASKED))
    return cookies_of(house, browser, ASKED)


@pytest.fixture(params=dialogs.SIZES, ids=lambda size: str(size[0]))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A small phone, a phone, a desk."""
    return request.param


@pytest.fixture
def visitor(browser: Browser, size: tuple[int, int]) -> Iterator[BrowserContext]:
    """Anybody, on each of these."""
    yield from opened(browser, size, None)


@pytest.fixture
def merchant(
    browser: Browser, size: tuple[int, int], begun: StorageState
) -> Iterator[BrowserContext]:
    """That merchant, on each of these."""
    yield from opened(browser, size, begun)


def opened(
    browser: Browser, size: tuple[int, int], state: StorageState | None
) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=state,
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def picture(page: Page, name: str, size: tuple[int, int]) -> None:
    """What is on the screen, as somebody sees it."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"popup-{name.replace(':', '-')}-{size[0]}.png"))


def answers(stage: Stage, page: Page) -> list[str]:
    """Every answer on record, by its receipt."""
    listed = page.context.request.get(f"{stage.house.url}/me/consents/").text()
    return re.findall(r"/receipts/\d+/", listed)


def pair(box: Locator) -> tuple[Locator, Locator]:
    no, yes = (box.get_by_role("button", name=name, exact=True) for name in ("不同意", "同意"))
    return no, yes


# Told


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


# Asked


@pytest.mark.clause("C123")
@pytest.mark.parametrize("asked", DIALOGS, ids=lambda asked: asked.code)
def test_a_question_over_a_page(
    stage: Stage, merchant: BrowserContext, asked: Question, size: tuple[int, int]
):
    page = stage.open(merchant, asked.path)
    if asked.code == "sms_autofill":
        page.get_by_role("button", name="获取验证码").click()
        page.goto(f"{stage.house.url}/me/export/code/")
    before = answers(stage, page)
    opener = page.locator(f'[data-dialog-open="ask-{asked.code}"]')
    dialog = page.locator(f"#ask-{asked.code}")
    expect(opener).to_contain_text(asked.opener)

    with page.expect_response(f"**/consents/{asked.code}/shown/") as told:
        opener.click()
    assert told.value.status == 204
    picture(page, asked.code, size)
    dialogs.takes_the_focus(dialog)
    dialogs.choices_are_equal(*pair(dialog))
    dialogs.fits(dialog)
    for words in ("用来做什么", "对您有什么影响", "不同意会怎样"):
        dialogs.can_be_read_beside(dialog.get_by_text(words), dialog.locator(".pair"))
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: dialogs.press_outside(page),
        lambda: dialog.get_by_role("button", name="关闭").click(),
    ):
        close()
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()
        opener.click()
        expect(dialog).to_be_visible()
    assert answers(stage, page) == before


@pytest.mark.clause("B35", "B36")
@pytest.mark.parametrize("code", ROWS)
def test_a_question_in_the_list(
    stage: Stage, merchant: BrowserContext, code: str, size: tuple[int, int]
):
    page = stage.open(merchant, "/me/consents/")
    before = answers(stage, page)
    row = page.locator(f'[id="{code}"]')
    summary = row.locator("summary")
    expect(row.get_by_role("button", name="同意", exact=True)).to_be_hidden()

    with page.expect_response(f"**/consents/{code}/shown/") as told:
        summary.focus()
        page.keyboard.press("Enter")
    assert told.value.status == 204
    row.scroll_into_view_if_needed()
    picture(page, f"row-{code}", size)
    dialogs.fits(row)
    dialogs.choices_are_equal(*pair(row))
    for words in ("用来做什么", "涉及哪些信息", "为什么非要不可", "对您有什么影响"):
        expect(row.get_by_text(words)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")

    expect(row.get_by_role("button", name="同意", exact=True)).to_be_hidden()
    expect(summary).to_be_focused()
    assert answers(stage, page) == before


@pytest.mark.parametrize("code", PAGES)
def test_a_question_on_a_page_of_its_own(
    stage: Stage, merchant: BrowserContext, code: str, size: tuple[int, int]
):
    page = stage.open(merchant, f"/consents/{code}/")
    main = page.locator("main")
    before = answers(stage, page)
    picture(page, f"page-{code}", size)

    dialogs.choices_are_equal(*pair(main))
    dialogs.fits(main)
    for words in ("用来做什么", "对您有什么影响", "不同意会怎样"):
        expect(main.get_by_text(words)).to_be_visible()
    page.keyboard.press("Escape")
    assert answers(stage, page) == before


def test_the_list_is_surveyed_in_two_screens(
    stage: Stage, merchant: BrowserContext, size: tuple[int, int]
):
    page = stage.open(merchant, "/me/consents/")
    close_notice(page)
    picture(page, "list", size)
    stage.shot(page, f"popup-list-whole-{size[0]}")

    history = page.locator("#history").bounding_box()

    assert history is not None
    assert history["y"] <= 2 * max(size[1], 844)
    dialogs.fits(page.locator("main"))


def test_what_came_up_and_was_left_is_on_record(
    house: House, stage: Stage, browser: Browser, begun: StorageState
):
    for context in opened(browser, dialogs.SIZES[0], begun):
        page = stage.open(context, "/me/consents/")
        with page.expect_response("**/consents/marketing/shown/"):
            page.locator("#marketing summary").click()
        page.goto(f"{house.url}/apply/licence/")
        with page.expect_response("**/consents/camera/shown/"):
            page.get_by_role("link", name="拍照", exact=True).click()

    recorded = shell(house, RECORDED.format(number=ASKED)).split("\n")

    assert {"marketing list", "camera dialog"} <= set(recorded)
    assert len(recorded) == len(set(recorded))
