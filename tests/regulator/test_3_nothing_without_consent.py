"""认定方法 第三条：未经用户同意收集使用个人信息."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.actions import erasure
from accounts.clocks import Clock, deadline
from accounts.models import LedgerEntry
from accounts.personal import ConsentMissing, PersonalModel
from consent import notices
from consent.actions import consents
from consent.models import Consent, ConsentEvent, Served
from onboarding import steps
from onboarding.actions import application as applications
from onboarding.actions import papers
from onboarding.models import Application, LeadsOrder, LeadsPreference, Paper
from tests import factories
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import in_force, publish
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db

BANK = {
    name: factories.STORE_ANSWERS[name]
    for name in ("bank_account_name", "bank_name", "bank_account")
}


def personal_rows() -> int:
    """Every row about somebody, whatever it is called."""
    personal = [model for model in apps.get_models() if issubclass(model, PersonalModel)]
    rows = sum(model.objects.count() for model in personal)
    return rows + Served.objects.count() + ConsentEvent.objects.count()


def refuse(person, code, now=None):
    consents.refuse(person=person, code=code, sha256=consents.notice_for(code).sha256, now=now)


def test_3_1_looking_around_collects_nothing(visitor, settings):
    before = personal_rows()

    for path in ("/", "/sign-in/", "/policies/", "/policies/privacy/", "/complaints/"):
        visitor.get(path)

    assert personal_rows() == before
    assert set(visitor.cookies) <= {settings.CSRF_COOKIE_NAME}
    assert not LedgerEntry.objects.exclude(verb="published").exists()


@pytest.mark.clause("C146")
def test_3_2_after_a_refusal_nothing_is_collected(browser, merchant):
    application = factories.started(merchant)
    refuse(merchant, "bank_account")
    refuse(merchant, "id_photo")

    answer = browser.post("/apply/bank/", BANK)
    with pytest.raises(ConsentMissing):
        papers.attach(application=application, kind="id_front", raw=factories.photo(), by=merchant)

    assert answer.status_code == 403
    assert Application.objects.get().bank_account is None
    assert not Paper.objects.exists()


def test_3_2_after_a_refusal_nobody_is_asked_unprompted_for_48_hours(merchant):
    monday = timezone.now()
    refuse(merchant, "marketing", now=monday)

    asked = [
        consents.may_ask(merchant.pk, "marketing", now=monday + timedelta(hours=hours))
        for hours in (0, 24, 47, 48, 72)
    ]

    assert asked == [False, False, False, True, True]


def test_3_3_what_a_screen_does_not_ask_for_is_not_taken(browser, merchant):
    factories.started(merchant)
    sent = {
        "contact_name": "诸葛晓敏",
        "contact_phone": "13757912345",
        "told": factories.told("contact"),
    }

    browser.post("/apply/contact/", sent | {"id_number": "330702199001011229"} | BANK)

    kept = Application.objects.get()
    assert kept.contact_phone is not None
    assert (kept.id_number, kept.bank_account) == (None, None)


@pytest.mark.parametrize("path", ["/sign-in/", "/consents/id_photo/", "/me/consents/"])
def test_3_4_nothing_is_ticked_or_chosen_beforehand(visitor, merchant, path):
    asking = visitor if path == "/sign-in/" else factories.signed_in(merchant)

    page = asking.get(path).content.decode()

    assert not re.search(r"<(?:input|option)\b[^>]*\b(?:checked|selected)\b", page)


@pytest.mark.parametrize("left_out", ["agreed", "version", "sha256"])
def test_3_4_without_an_explicit_yes_to_this_version_there_is_no_agreement(visitor, left_out):
    version = in_force()
    whole = {"agreed": "on", "version": version.pk, "sha256": version.sha256}
    sent = {name: value for name, value in whole.items() if name != left_out}

    answer = visitor.post("/sign-in/", sent | {"phone": "13700137000"})

    assert answer.status_code == 400
    assert not ConsentEvent.objects.exists()


@pytest.mark.clause("C169")
def test_3_5_a_new_version_changes_nobodys_choices(merchant):
    factories.agree_to_privacy(merchant)
    factories.give_consent(merchant, "id_photo")
    refuse(merchant, "marketing")
    before = list(Consent.objects.of(merchant.pk).values("code", "decision", "sha256", "at"))

    publish("2.0", effective_at=timezone.now())

    assert (
        list(Consent.objects.of(merchant.pk).values("code", "decision", "sha256", "at")) == before
    )
    assert ConsentEvent.objects.of(merchant.pk).count() == len(before)


@pytest.mark.parametrize("order", [LeadsOrder.TIME, LeadsOrder.NONE])
def test_3_6_leads_have_an_order_that_uses_nothing_of_the_person(browser, merchant, order):
    page = words(browser.get("/me/leads/").content.decode())

    browser.post("/me/leads/", {"order": order})

    saved = LeadsPreference.objects.get(person=merchant)
    assert LeadsOrder.TIME.label in page
    assert (saved.order, saved.region, saved.place) == (order, None, None)
    assert not consents.is_live(merchant.pk, "leads")


def test_3_6_the_order_by_person_is_off_until_somebody_agrees(browser, merchant):
    answer = browser.post("/me/leads/", {"order": LeadsOrder.REGION})

    assert answer.templates[0].name == "consent/ask.html"
    assert not LeadsPreference.objects.filter(person=merchant, order=LeadsOrder.REGION).exists()


@pytest.mark.parametrize("code", sorted(notices.OFFERED))
def test_3_7_the_words_on_the_screen_are_the_words_that_are_agreed_to(browser, merchant, code):
    address = reverse("consent:ask", args=[code])
    (form,) = [f for f in forms_of(browser.get(address).content.decode()) if f.action == address]

    browser.post(address, form.fields | {"answer": "agree"})

    event = ConsentEvent.objects.of(merchant.pk)[0]
    assert (event.code, event.decision) == (code, "agreed")
    assert event.sha256 == form.fields["sha256"] == consents.notice_for(code).sha256
    assert Served.objects.of(merchant.pk).filter(sha256=event.sha256).exists()


@pytest.mark.clause("C145")
@pytest.mark.parametrize("code", ["policy:privacy", *sorted(notices.OFFERED), "share:demo"])
def test_3_8_whatever_was_agreed_to_is_withdrawn_with_one_tap(browser, merchant, partner, code):
    if not code.startswith("policy:"):
        factories.give_consent(merchant, code)
    page = browser.get("/me/consents/").content.decode()
    forms = [f for f in forms_of(page) if f.fields.get("code") == code]

    (form,) = forms
    browser.post(form.action, form.fields)

    assert ConsentEvent.objects.of(merchant.pk)[0].decision == "withdrawn"
    assert not Consent.objects.of(merchant.pk).live().filter(code=code).exists()


def test_3_9_the_promised_days_are_the_days_that_are_counted(merchant):
    factories.publish_policies()
    now = timezone.now()

    asked = erasure.request(person=merchant, now=now)

    assert "3 个工作日" in in_force().body
    assert asked.due_at == deadline(Clock.DEACTIVATION, now).at


def test_3_9_a_separate_consent_promised_for_a_field_is_demanded_before_it_is_stored(merchant):
    factories.agree_to_privacy(merchant)
    application = factories.started(merchant)
    bank = steps.named(application.role, "bank")
    assert bank is not None

    with pytest.raises(ConsentMissing):
        applications.save_step(application=application, step=bank, values=BANK, by=merchant)

    assert "单独同意" in in_force().body
