"""拍照 and 从相册选 need a permission each; choosing a file needs neither and is always there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consent import notices
from consent.actions import consents
from consent.models import ConsentEvent
from onboarding.models import Discard, Paper
from tests import factories
from tests.consent.page_forms import answering, forms_of

pytestmark = pytest.mark.django_db

LICENCE = reverse("onboarding:step", args=["licence"])
JSON = {"Accept": "application/json"}
WAYS = ["camera", "album"]


@pytest.fixture
def browser(merchant):
    factories.started(merchant)
    return factories.signed_in(merchant)


def send(browser, way, **kwargs):
    picture = SimpleUploadedFile("a.jpg", factories.photo(), content_type="image/jpeg")
    return browser.post(LICENCE, {way: picture}, **kwargs)


@pytest.mark.clause("C54", "C65", "C73", "A26", "A39")
@pytest.mark.parametrize("way", WAYS)
def test_a_photo_taken_that_way_needs_its_permission_and_nothing_of_it_is_kept(browser, way):
    page, script = send(browser, way), send(browser, way, headers=JSON)

    assert (page.status_code, script.status_code) == (403, 403)
    assert notices.PERMISSIONS[way].notice.title in page.content.decode()
    assert "请先回答" in script.json()["error"]
    assert (Paper.objects.count(), Discard.objects.count()) == (0, 0)


@pytest.mark.clause("C65", "C73", "A26", "A39")
@pytest.mark.parametrize("way", WAYS)
def test_with_its_permission_the_photo_is_kept(browser, merchant, way):
    factories.give_consent(merchant, way)

    sent = send(browser, way)

    assert sent.status_code == 302
    assert Paper.objects.get().kind == "licence"


@pytest.mark.clause("C68", "C73", "A24")
def test_whoever_refuses_camera_and_album_uploads_all_the_same(browser, merchant):
    factories.refuse_consent(merchant, "camera")
    factories.refuse_consent(merchant, "album")

    sent = send(browser, "photo")

    assert sent.status_code == 302
    assert Paper.objects.get().kind == "licence"


@pytest.mark.clause("C75", "C146")
@pytest.mark.parametrize("way", WAYS)
def test_a_withdrawal_ends_that_way_at_once_and_no_other(browser, merchant, way):
    for each in WAYS:
        factories.give_consent(merchant, each)
    consents.withdraw(person=merchant, code=way)
    (other,) = set(WAYS) - {way}

    assert send(browser, way).status_code == 403
    assert send(browser, other).status_code == 302


def test_one_permission_opens_no_other(browser, merchant):
    factories.give_consent(merchant, "camera")

    assert send(browser, "album").status_code == 403


def test_the_page_asks_for_each_beside_its_button_and_leads_back_without_a_script(browser):
    page = browser.get(LICENCE).content.decode()

    asked = answering(page)
    assert [form.action for form in asked] == [reverse("consent:ask", args=[w]) for w in WAYS]
    assert [form.fields["sha256"] for form in asked] == [
        notices.CAMERA.sha256,
        notices.ALBUM.sha256,
    ]
    assert {form.fields["next"] for form in asked} == {LICENCE}
    assert [form.buttons for form in asked] == [[("answer", "refuse"), ("answer", "agree")]] * 2
    for way in WAYS:
        assert f'href="{reverse("consent:ask", args=[way])}?next=%2Fapply%2Flicence%2F"' in page


def test_answering_without_a_script_leads_back_to_the_photo(browser, merchant):
    (form, _album) = answering(browser.get(LICENCE).content.decode())

    answered = browser.post(form.action, form.fields | {"answer": "agree"})

    assert answered.url == LICENCE
    assert len(answering(browser.get(LICENCE).content.decode())) == 1
    assert ConsentEvent.objects.get(code="camera").asking == "dialog"


def test_only_the_camera_asks_for_the_camera_and_the_plain_choice_for_nothing(browser, merchant):
    factories.give_consent(merchant, "camera")

    page = browser.get(LICENCE).content.decode()

    assert page.count('capture="environment"') == 1
    assert {"camera", "album", "photo"} <= forms_of(page)[0].fields.keys()


def test_no_script_opens_a_live_picture():
    scripts = Path(settings.BASE_DIR, "static", "js").rglob("*.js")

    assert [path.name for path in scripts if "getUserMedia" in path.read_text()] == []


@pytest.mark.parametrize("given", [[], ["camera"], WAYS])
def test_the_page_costs_the_same_whatever_was_answered(
    browser, merchant, given, django_assert_num_queries
):
    for way in given:
        factories.give_consent(merchant, way)
    browser.get(LICENCE)

    with django_assert_num_queries(QUERIES):
        browser.get(LICENCE)


# session and person, their policy; the application, its paper and remarks; the ways; and whether
# the next screen was refused
QUERIES = 9


# Going on after a refusal


CONTACT = reverse("onboarding:step", args=["contact"])


def go_on(browser) -> str:
    answers = {k: v for k, v in factories.STORE_ANSWERS.items() if k.startswith("contact")}
    return browser.post(CONTACT, answers | {"told": factories.told("contact")}).url


def refuse_bank(merchant, ago: timedelta) -> None:
    sha256 = notices.BANK_ACCOUNT.sha256
    now = datetime.now(UTC) - ago
    consents.refuse(person=merchant, code="bank_account", sha256=sha256, now=now)


def test_going_on_leads_to_what_was_not_asked_yet(browser):
    assert go_on(browser) == reverse("onboarding:step", args=["bank"])


@pytest.mark.parametrize(
    ("ago", "leads_to"),
    [
        (timedelta(hours=47, minutes=59), "licence"),
        (timedelta(hours=48, minutes=1), "bank"),
    ],
)
def test_going_on_asks_nobody_again_within_48_hours(browser, merchant, ago, leads_to):
    refuse_bank(merchant, ago)

    assert go_on(browser) == reverse("onboarding:step", args=[leads_to])


def test_whoever_taps_the_step_itself_is_asked(browser, merchant):
    refuse_bank(merchant, timedelta(hours=1))

    page = browser.get(reverse("onboarding:step", args=["bank"]))

    assert notices.BANK_ACCOUNT.title in page.content.decode()
