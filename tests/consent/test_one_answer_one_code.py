"""Wherever a consent is asked for, one form answers one question, and no other form answers any."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.kinds import registered
from consent import notices
from consent.actions import consents
from consent.models import ConsentEvent
from tests import factories
from tests.consent.page_forms import PageForm, forms_of
from tests.consent.sharing_kit import demo_partner

pytestmark = pytest.mark.django_db

APPS = ("accounts", "consent", "onboarding", "config")
# What a form that answers a question may send, and what it must.
MUST, MAY = {"sha256"}, {"csrfmiddlewaretoken", "sha256", "asking", "next"}


@pytest.fixture
def pages(merchant):
    """Every page that asks a merchant for something, who has begun an application."""
    demo_partner()
    factories.started(merchant)
    factories.give_consent(merchant, "leads")
    browser = factories.signed_in(merchant)
    screens = ("contact", "bank", "licence", "id-front", "id-back")
    paths = [
        reverse("consent:mine"),
        reverse("onboarding:leads"),
        *(reverse("onboarding:step", args=[code]) for code in screens),
        *(reverse("consent:ask", args=[code]) for code in (*notices.OFFERED, "share:demo")),
    ]
    return {path: browser.get(path).content.decode() for path in paths}


def asks(form: PageForm) -> bool:
    return form.action.startswith("/consents/")


def code_of(form: PageForm) -> str:
    return form.action.removeprefix("/consents/").strip("/")


def test_every_form_that_answers_is_about_one_question_in_the_words_shown_today(pages):
    forms = [form for html in pages.values() for form in forms_of(html) if asks(form)]

    assert {code_of(form) for form in forms} == {*notices.OFFERED, "share:demo"}
    for form in forms:
        assert form.fields.keys() >= MUST
        assert form.fields.keys() <= MAY
        assert form.fields["sha256"] == consents.words_of(code_of(form)).sha256
        assert form.boxes == []


def test_every_form_that_answers_offers_both_answers(pages):
    forms = [form for html in pages.values() for form in forms_of(html) if asks(form)]

    assert {tuple(form.buttons) for form in forms} == {(("answer", "refuse"), ("answer", "agree"))}


def test_no_other_form_carries_an_answer_to_a_question(pages):
    words = {notice.sha256 for notice in notices.NOTICES.values()}
    others = [form for html in pages.values() for form in forms_of(html) if not asks(form)]

    assert [form for form in others if form.fields.get("sha256") in words] == []
    assert [form for form in others if "answer" in form.fields] == []


def test_sending_two_codes_at_once_answers_the_one_of_the_address(merchant):
    browser = factories.signed_in(merchant)

    browser.post(
        reverse("consent:ask", args=["camera"]),
        {
            "answer": "agree",
            "sha256": [notices.ALBUM.sha256, notices.CAMERA.sha256],
            "code": ["album", "location"],
        },
    )

    given = ConsentEvent.objects.of(merchant.pk).filter(kind="notice")
    assert list(given.values_list("code", flat=True)) == ["camera"]


# Purposes that are not pursued


def callers_of(owner: str, name: str) -> set[str]:
    """The modules that call owner.name()."""
    root = Path(settings.BASE_DIR)
    found = set()
    for path in (file for app in APPS for file in (root / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == name
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == owner
            ):
                found.add(str(path.relative_to(root)))
    return found


@pytest.mark.clause("B18")
def test_every_text_message_is_a_code_an_answer_or_an_event_and_none_is_marketing():
    # Whoever adds a sender decides here what it is; marketing asks consents.is_live first.
    assert callers_of("sms", "send") == {
        "accounts/actions/codes.py",
        "accounts/actions/complaints.py",
        "accounts/actions/erasure/replying.py",
        "accounts/actions/notifications.py",
    }
    # And whoever adds a kind: each is about something that happened to the account it goes to.
    assert {code for code, kind in registered().items() if kind.text} == {
        "agreement",
        "application_approved",
        "application_sent_back",
        "application_submitted",
        "ending",
        "incident",
        "phone_changed",
        "privacy_policy",
        "transfer",
    }
