"""Calls are a question of their own beside the contact; nobody is called who has not agreed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import LedgerEntry
from consent import notices
from consent.actions import consents
from onboarding.models import Application
from tests import factories
from tests.consent.page_forms import answering, forms_of

pytestmark = pytest.mark.django_db

CONTACT = reverse("onboarding:step", args=["contact"])
ANSWERS = {
    "contact_name": "诸葛晓敏",
    "contact_phone": "13757912345",
    "told": factories.told("contact"),
}
NOTICE = notices.SERVICE_CONTACT


@pytest.fixture
def browser(merchant):
    factories.started(merchant)
    return factories.signed_in(merchant)


def card(browser) -> bool:
    """Whether the question comes up by itself, as a card."""
    return f"<h2>{NOTICE.title}</h2>" in browser.get(CONTACT).content.decode()


def refuse(merchant, ago: timedelta) -> None:
    now = datetime.now(UTC) - ago
    consents.refuse(person=merchant, code=NOTICE.code, sha256=NOTICE.sha256, now=now)


@pytest.mark.clause("C69", "C123")
def test_the_question_stands_beside_the_number_in_a_form_of_its_own(browser):
    page = browser.get(CONTACT).content.decode()

    (asked,) = answering(page)
    (step,) = [form for form in forms_of(page) if "contact_phone" in form.fields]
    assert asked.fields["sha256"] == NOTICE.sha256
    assert not {"answer", "sha256"} & step.fields.keys()
    assert page.index('name="contact_phone"') < page.index(NOTICE.title)


@pytest.mark.clause("A24")
def test_the_step_is_saved_whatever_becomes_of_the_question(browser, merchant):
    unanswered = browser.post(CONTACT, ANSWERS)
    refuse(merchant, timedelta())
    refused = browser.post(CONTACT, ANSWERS)

    assert unanswered.url == refused.url == reverse("onboarding:step", args=["bank"])
    assert Application.objects.get().contact_name.clear == "诸葛晓敏"


@pytest.mark.parametrize(
    ("ago", "comes_up"),
    [
        (timedelta(hours=47, minutes=59), False),
        (timedelta(hours=48, minutes=1), True),
    ],
)
def test_after_a_refusal_the_card_keeps_away_for_48_hours(browser, merchant, ago, comes_up):
    refuse(merchant, ago)

    assert card(browser) is comes_up
    assert "改主意" in browser.get(CONTACT).content.decode() or comes_up


def test_what_was_agreed_to_is_no_card(browser, merchant):
    assert card(browser)
    factories.give_consent(merchant, NOTICE.code)

    assert not card(browser)


def test_answering_without_a_script_leads_back_to_the_step(browser, merchant):
    address = reverse("consent:ask", args=[NOTICE.code])
    (asked,) = answering(browser.get(f"{address}?next={CONTACT}").content.decode())

    refused = browser.post(asked.action, asked.fields | {"answer": "refuse"}, follow=True)

    assert refused.context["onwards"] == CONTACT
    assert not consents.is_live(merchant.pk, NOTICE.code)


def test_a_refusal_where_the_gate_asked_does_not_lead_back_to_the_gate(browser):
    (asked,) = answering(browser.get("/apply/bank/").content.decode())

    refused = browser.post(asked.action, asked.fields | {"answer": "refuse"}, follow=True)

    assert refused.context["onwards"] == "/me/"


# The desk


@pytest.fixture
def application(merchant):
    return factories.submitted(merchant)


@pytest.fixture
def desk(reviewer):
    return factories.signed_in(reviewer)


def reveal(desk, application):
    address = reverse("onboarding:desk_reveal", args=[application.pk])
    return desk.post(address, {"field": "contact_phone", "reason": "call"})


@pytest.mark.clause("C75", "C146")
def test_nobody_looks_a_number_up_to_call_whoever_has_not_agreed(desk, application, merchant):
    never_asked = reveal(desk, application)
    factories.give_consent(merchant, NOTICE.code)
    agreed = reveal(desk, application)
    consents.withdraw(person=merchant, code=NOTICE.code)
    withdrawn = reveal(desk, application)

    assert (never_asked.status_code, agreed.status_code, withdrawn.status_code) == (409, 302, 409)
    assert "没有同意客服打电话联系" in withdrawn.content.decode()
    assert LedgerEntry.objects.filter(verb="revealed").count() == 1


def test_the_desk_offers_the_reason_only_where_it_counts(desk, application, merchant):
    address = reverse("onboarding:desk_application", args=[application.pk])
    before = desk.get(address).content.decode()
    factories.give_consent(merchant, NOTICE.code)
    after = desk.get(address).content.decode()

    assert 'value="call"' not in before
    assert "商家没有同意电话联系" in before
    assert 'value="call"' in after
