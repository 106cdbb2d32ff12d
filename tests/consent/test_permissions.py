"""Permissions as data, the pause after a refusal, and 权限与授权 with its one tap each way."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import Person
from accounts.personal.classes import Category, Level
from accounts.templatetags.components import dialable
from consent import notices
from consent.actions import answers, consents, partners
from consent.models import ConsentEvent, DisclosureContent, Obligation, Served
from consent.notices import Group, Permission
from tests import factories
from tests.config.test_production import START, python
from tests.consent.page_forms import answering, forms_of
from tests.consent.sharing_kit import partner_at, shared

pytestmark = pytest.mark.django_db

MINE = reverse("consent:mine")
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OFFERED = sorted(notices.OFFERED)


def refuse(person: Person, code: str, now: datetime = MONDAY) -> None:
    consents.refuse(person=person, code=code, sha256=consents.notice_for(code).sha256, now=now)


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


# The data


@pytest.mark.parametrize("permission", notices.PERMISSIONS.values(), ids=lambda each: each.code)
def test_a_permission_says_where_it_is_asked_and_of_which_kind_it_is(permission):
    assert permission.label
    assert permission.scene
    assert permission.group in Group
    assert permission.level in Level
    assert permission.reaches <= set(Category)


@pytest.mark.parametrize("permission", notices.PERMISSIONS.values(), ids=lambda each: each.code)
def test_sensitive_categories_are_marked_where_they_are_told(permission):
    marked = [words for words in permission.notice.categories if words.endswith("【敏感】")]

    assert bool(marked) == (permission.level == Level.SENSITIVE)


def test_every_purpose_nobody_needs_says_that_it_is_not_needed():
    optional = [p for p in notices.PERMISSIONS.values() if p.group == Group.OPTIONAL]

    assert [p.code for p in optional if "不是办理业务所必需" not in p.notice.necessity] == []


def test_no_two_decisions_share_a_code_or_words():
    assert len({p.notice.sha256 for p in notices.PERMISSIONS.values()}) == len(notices.PERMISSIONS)
    assert [f.name for f in fields(Permission)].count("notice") == 1


# Face: FACE-1..FACE-6 of the face rules, 2025


@pytest.mark.clause("C66")
def test_face_4_a_face_can_be_neither_asked_for_nor_given(browser, merchant):
    before = ConsentEvent.objects.count()
    sha256 = notices.FACE.sha256

    asked = browser.get(reverse("consent:ask", args=["face"]))
    answered = browser.post(
        reverse("consent:ask", args=["face"]), {"answer": "agree", "sha256": sha256}
    )

    assert (asked.status_code, answered.status_code) == (404, 400)
    assert not consents.is_live(merchant.pk, "face")
    assert ConsentEvent.objects.count() == before


def test_face_3_and_5_no_field_no_paper_and_no_category_is_for_a_face():
    columns = [
        field.name for model in apps.get_models() for field in model._meta.get_fields()
    ]  # fmt: skip
    scope = [name for names in partners.SHAREABLE.values() for name in names]

    assert [name for name in columns if "face" in name.lower()] == []
    assert [name for name in (*Category.values, *scope) if "face" in name] == []


@pytest.mark.clause("C66", "C68")
def test_face_1_and_6_identity_has_other_ways_and_no_page_offers_a_face(browser):
    listed = browser.get(MINE).content.decode()

    assert "当面核对" in notices.FACE.alternative
    assert "上传证件照片" in notices.FACE.alternative
    assert "刷脸核验" not in listed
    assert "没有刷脸这一步" in listed


# The pause after a refusal


@pytest.mark.parametrize(
    ("after", "may"),
    [
        (timedelta(hours=47, minutes=59), False),
        (timedelta(hours=48), True),
        (timedelta(hours=48, minutes=1), True),
    ],
)
def test_after_a_refusal_nobody_is_asked_unprompted_for_48_hours(merchant, after, may):
    refuse(merchant, "marketing")

    assert consents.may_ask(merchant.pk, "marketing", MONDAY + after) is may


@pytest.mark.parametrize(("minutes", "may"), [(47 * 60 + 59, False), (48 * 60 + 1, True)])
def test_after_a_withdrawal_the_same_pause_holds(merchant, minutes, may):
    factories.give_consent(merchant, "leads")
    consents.withdraw(person=merchant, code="leads", now=MONDAY)

    assert consents.may_ask(merchant.pk, "leads", MONDAY + timedelta(minutes=minutes)) is may


def test_what_was_never_asked_may_be_asked_and_what_is_agreed_to_is_not_asked_again(merchant):
    factories.give_consent(merchant, "camera")

    assert consents.may_ask(merchant.pk, "album")
    assert not consents.may_ask(merchant.pk, "camera")


def test_refusing_one_thing_silences_no_other(merchant, stranger):
    refuse(merchant, "marketing")

    assert consents.may_ask(merchant.pk, "usage_analysis", MONDAY)
    assert consents.may_ask(stranger.pk, "marketing", MONDAY)


def test_words_that_changed_may_be_asked_about_at_once(merchant):
    old = answers.Question(kind="notice", code="leads", version="0", sha256="0" * 64)
    answers.record(merchant.pk, old, "agreed", way="button", now=MONDAY)

    assert consents.may_ask(merchant.pk, "leads", MONDAY)


@pytest.mark.parametrize("code", OFFERED)
def test_whoever_taps_the_function_is_asked_however_often_they_refused(browser, merchant, code):
    refuse(merchant, code, now=datetime.now(UTC))

    page = browser.get(reverse("consent:ask", args=[code]))

    assert page.status_code == 200
    assert "同意" in page.content.decode()


@pytest.mark.parametrize(("hours", "starts"), [("72", True), ("47", False)])
def test_the_pause_may_be_longer_and_never_shorter(hours, starts):
    started = python(START, ASK_AGAIN_HOURS=hours)

    assert (started.returncode == 0) is starts
    assert starts or "ASK_AGAIN_HOURS" in started.stderr


# 权限与授权


@pytest.mark.clause("B35", "C123")
def test_every_permission_is_listed_once_under_its_kind(browser):
    page = browser.get(MINE)

    assert {
        heading: [item.code for item in items] for heading, items in page.context["groups"].items()
    } == {
        "政策与协议": ["policy:privacy"],
        "设备权限": ["camera", "album", "location", "sms_autofill"],
        "敏感信息": ["id_photo", "bank_account"],
        "可选用途": ["service_contact", "leads", "marketing", "usage_analysis", "wechat"],
        "提供给别的公司": [],
    }


@pytest.mark.parametrize("code", OFFERED)
def test_every_word_of_a_notice_stands_where_one_tap_agrees_to_it(browser, code):
    page = browser.get(MINE).content.decode()

    lines = consents.notice_for(code).lines
    assert [words for _, words in lines if dialable(words) not in page] == []


def taps(html: str, code: str) -> list[dict[str, str]]:
    """What each button of the page that is about this code would send."""
    return [
        form.fields | {"to": form.action}
        for form in forms_of(html)
        if form.fields.get("code") == code or form.action == reverse("consent:ask", args=[code])
    ]


@pytest.mark.clause("B36", "C75", "C145", "C146", "A51")
@pytest.mark.parametrize("code", OFFERED)
def test_giving_takes_one_form_and_taking_back_takes_no_more(browser, merchant, code):
    (give,) = taps(browser.get(MINE).content.decode(), code)
    browser.post(give.pop("to"), give | {"answer": "agree"})
    is_given = consents.is_live(merchant.pk, code)

    (withdraw,) = taps(browser.get(MINE).content.decode(), code)
    browser.post(withdraw.pop("to"), withdraw)

    assert is_given
    assert not consents.is_live(merchant.pk, code)
    assert len(taps(browser.get(MINE).content.decode(), code)) == 1


def test_the_answer_given_there_is_bound_to_the_words_shown_there(browser, merchant):
    (give,) = taps(browser.get(MINE).content.decode(), "marketing")
    browser.post(give.pop("to"), give | {"answer": "agree"})

    event = ConsentEvent.objects.of(merchant.pk).first()
    served = Served.objects.of(merchant.pk).first()
    assert (event.code, event.version, event.asking) == ("marketing", "1", "list")
    assert event.sha256 == served.sha256 == notices.MARKETING.sha256
    assert (served.asking, served.at <= event.at) == ("list", True)


@pytest.mark.parametrize("code", OFFERED)
def test_one_answer_is_one_code(browser, merchant, code):
    browser.post(
        reverse("consent:ask", args=[code]),
        {"answer": "agree", "sha256": notices.PERMISSIONS[code].notice.sha256, "code": OFFERED},
    )

    assert list(
        ConsentEvent.objects.of(merchant.pk).exclude(kind="policy").values_list("code", flat=True)
    ) == [code]


def test_no_form_there_holds_two_questions_or_a_box_ticked_beforehand(browser):
    forms = answering(browser.get(MINE).content.decode())

    assert len(forms) == len(notices.OFFERED)
    assert [form.boxes for form in forms if form.boxes] == []
    assert len({form.action for form in forms}) == len(forms)


@pytest.mark.clause("C145", "A27", "B80")
def test_it_says_how_to_switch_off_what_the_browser_itself_allows(browser):
    page = browser.get(MINE).content.decode()

    assert "怎样关掉浏览器自己的权限" in page
    assert "Safari" in page
    assert "微信" in page


@pytest.mark.clause("C87")
@pytest.mark.parametrize("code", ["marketing", "usage_analysis"])
def test_what_is_not_done_yet_says_so_where_it_is_switched_on(browser, code):
    page = browser.get(MINE).content.decode()

    assert notices.PERMISSIONS[code].notice.method.startswith("目前没有")
    assert notices.PERMISSIONS[code].notice.method in page


def test_a_script_gets_its_answer_as_data(browser, merchant):
    answered = browser.post(
        reverse("consent:ask", args=["camera"]),
        {"answer": "refuse", "sha256": notices.CAMERA.sha256},
        headers={"Accept": "application/json"},
    )

    assert answered.json() == {"agreed": False}
    assert ConsentEvent.objects.of(merchant.pk).first().decision == "refused"


# Whoever received it is told


@pytest.fixture
def club(db):
    return partner_at("https://partner.example/opendsr", slug="club")


def obliged() -> list[tuple[str, str]]:
    return sorted(Obligation.objects.values_list("partner__slug", "kind"))


@pytest.mark.clause("C146")
def test_withdrawing_tells_every_partner_that_received_that_category(merchant, club):
    other = partner_at("https://other.example/opendsr", slug="other")
    factories.give_consent(merchant, "service_contact")
    shared(merchant, club)
    shared(merchant, other)

    consents.withdraw(person=merchant, code="service_contact")

    assert obliged() == [("club", "withdrawal"), ("other", "withdrawal")]
    assert DisclosureContent.objects.count() == 0


def test_withdrawing_what_nobody_received_tells_nobody(merchant, stranger, club):
    for code in ("bank_account", "camera"):
        factories.give_consent(merchant, code)
    factories.give_consent(stranger, "service_contact")
    shared(merchant, club)

    consents.withdraw(person=merchant, code="bank_account")
    consents.withdraw(person=merchant, code="camera")
    consents.withdraw(person=stranger, code="service_contact")

    assert obliged() == []
    assert DisclosureContent.objects.count() == 1


def test_withdrawing_for_one_partner_tells_that_one_alone(merchant, club):
    other = partner_at("https://other.example/opendsr", slug="other")
    shared(merchant, club)
    shared(merchant, other)

    consents.withdraw(person=merchant, code="share:club")

    assert obliged() == [("club", "withdrawal")]


@pytest.mark.clause("C147")
def test_a_withdrawal_leaves_what_was_recorded_before_it(merchant, club):
    factories.give_consent(merchant, "service_contact")
    disclosure = shared(merchant, club)

    consents.withdraw(person=merchant, code="service_contact")

    disclosure.refresh_from_db()
    assert ConsentEvent.objects.of(merchant.pk).filter(decision="agreed").count() == 2
