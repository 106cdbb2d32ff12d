"""Every question there is, in a real browser: told in full, as easy to refuse as to agree to.

Closing one leaves it unanswered. Leaves a picture of each to look at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, StorageState, expect

from config.house import House
from tests.journeys import dialogs
from tests.journeys.dialogs import answers, cookies_of, opened, picture, shell
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

ASKED, SETTLED = "13867905521", "13867905523"
BEGUN = """
from accounts.models import Person
from tests import factories
person = Person.objects.create(kind="merchant", phone="{number}")
factories.started(person)
factories.give_consent(person, "leads")
"""
ANSWERED = """
from accounts.models import Person
from consent.actions import consents
from tests import factories
person = Person.objects.create(kind="merchant", phone="{number}")
factories.submitted(person)
for code in ("camera", "location", "sms_autofill", "service_contact", "leads", "share:demo"):
    factories.give_consent(person, code)
factories.refuse_consent(person, "album")
consents.withdraw(person=person, code="camera")
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
# Of a decision in the list, its share of everything above included: fourteen in two screens.
ROW, ROW_OF_SMALL_PHONE = 2 * 844 / 14, 150
ROWS = (
    "camera", "album", "location", "sms_autofill", "id_photo", "bank_account", "service_contact",
    "marketing", "usage_analysis", "wechat", "share:demo",
)  # fmt: skip
PAGES = ("id_photo", "bank_account", "leads", "share:demo")


@pytest.fixture(scope="module")
def begun(house: House, browser: Browser) -> StorageState:
    """The cookies of a merchant who has begun an application and switched the leads on."""
    shell(house, BEGUN.format(number=ASKED))
    return cookies_of(house, browser, ASKED)


@pytest.fixture(scope="module")
def settled(house: House, browser: Browser) -> StorageState:
    """The cookies of a merchant who agreed to nearly everything, and said no and took back once."""
    shell(house, ANSWERED.format(number=SETTLED))
    return cookies_of(house, browser, SETTLED)


@pytest.fixture(params=dialogs.SIZES, ids=lambda size: str(size[0]))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """A small phone, a phone, a desk."""
    return request.param


@pytest.fixture
def merchant(
    browser: Browser, size: tuple[int, int], begun: StorageState
) -> Iterator[BrowserContext]:
    """That merchant, on each of these."""
    yield from opened(browser, size, begun)


def pair(box: Locator) -> tuple[Locator, Locator]:
    no, yes = (box.get_by_role("button", name=name, exact=True) for name in ("不同意", "同意"))
    return no, yes


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


@pytest.mark.parametrize("who", ["begun", "settled"])
def test_the_list_is_surveyed_in_two_screens(
    stage: Stage, browser: Browser, request: pytest.FixtureRequest, who: str
):
    state = request.getfixturevalue(who)

    for size in dialogs.SIZES:
        for context in opened(browser, size, state):
            page = stage.open(context, "/me/consents/")
            stage.shot(page, f"popup-list-{who}-{size[0]}")
            history = page.locator("#history").bounding_box()
            rows = page.locator(".decision").count()
            assert history is not None
            assert rows >= len(ROWS)
            assert history["y"] <= (2 * 844 if size[0] >= 390 else 4 * size[1])
            assert history["y"] / rows <= (ROW if size[0] >= 390 else ROW_OF_SMALL_PHONE)
            dialogs.fits(page.locator("main"))


@pytest.mark.clause("B36", "C145")
def test_without_a_script_a_row_unfolds_is_agreed_to_and_taken_back(
    stage: Stage, house: House, browser: Browser, begun: StorageState
):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 568}, storage_state=begun
    )
    page = context.new_page()
    page.goto(f"{house.url}/me/consents/")
    row = page.locator("#usage_analysis")

    row.locator("summary").click()
    row.get_by_role("button", name="同意", exact=True).click()
    expect(row).to_contain_text("已同意")
    row.get_by_role("button", name=re.compile("^撤回")).click()

    expect(row).to_contain_text("已撤回")
    recorded = shell(house, RECORDED.format(number=ASKED)).split("\n")
    assert "usage_analysis list" in recorded
    context.close()


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
