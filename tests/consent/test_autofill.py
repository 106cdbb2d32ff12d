"""自动填入: the browser may read the code of this site, asked for first; typing always works."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from consent import notices
from consent.actions import consents
from consent.models import ConsentEvent
from tests import factories
from tests.accounts import inbox
from tests.consent.page_forms import answering

pytestmark = pytest.mark.django_db

ASK = reverse("consent:ask", args=["sms_autofill"])
CODE_PAGE = reverse("accounts:deactivate_code")


@pytest.fixture
def stepping_up(merchant):
    """A merchant's browser on the page that takes a code before an act."""
    browser = factories.signed_in(merchant)
    browser.post(reverse("accounts:deactivate"))
    return browser


@pytest.mark.django_db(transaction=True)
def test_a_message_ends_with_the_line_that_binds_its_code_to_this_site(client):
    factories.publish_policies()
    ask_for_a_code(client)

    lines = inbox.messages()[0]["text"].splitlines()

    assert lines[-1] == f"@{urlsplit(settings.PORTAL_URL).hostname} #{inbox.last_code()}"
    assert len(lines) == 2


def ask_for_a_code(client) -> None:
    page = client.get(reverse("consent:sign_in")).context
    version = page["version"]
    client.post(
        reverse("consent:sign_in"),
        {
            "phone": "13611112222",
            "agreed": "on",
            "version": version.pk,
            "sha256": version.sha256,
        },
    )


@pytest.mark.django_db(transaction=True)
def test_before_signing_in_the_notice_stays_on_the_device(client):
    factories.publish_policies()
    ask_for_a_code(client)

    page = client.get(reverse("consent:sign_in_code")).content.decode()
    answered = client.post(ASK, {"answer": "agree", "sha256": notices.SMS_AUTOFILL.sha256})

    assert "data-on-device" in page
    assert notices.SMS_AUTOFILL.title in page
    assert answered.url.startswith(reverse("consent:sign_in"))
    assert ConsentEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("C76", "C77")
def test_whoever_refuses_types_the_code_and_goes_on(stepping_up, merchant):
    (asked,) = answering(stepping_up.get(CODE_PAGE).content.decode())
    stepping_up.post(
        asked.action,
        asked.fields | {"answer": "refuse"},
        headers={"Accept": "application/json"},
    )

    typed = stepping_up.post(CODE_PAGE, {"code": inbox.last_code()})

    assert typed.url == reverse("accounts:deactivate_confirm")
    assert ConsentEvent.objects.of(merchant.pk).first().decision == "refused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("C76")
def test_after_signing_in_the_decision_is_recorded_and_not_asked_again(stepping_up, merchant):
    (asked,) = answering(stepping_up.get(CODE_PAGE).content.decode())
    stepping_up.post(
        asked.action,
        asked.fields | {"answer": "agree"},
        headers={"Accept": "application/json"},
    )

    page = stepping_up.get(CODE_PAGE).content.decode()

    assert consents.is_live(merchant.pk, "sms_autofill")
    assert answering(page) == []
    assert "data-autofill-agreed" in page


@pytest.mark.django_db(transaction=True)
def test_the_button_is_shown_by_a_script_alone_and_the_field_is_typed_in_as_ever(stepping_up):
    page = stepping_up.get(CODE_PAGE).content.decode()

    assert re.search(r'data-autofill="id_code"\s+hidden', page)
    assert 'autocomplete="one-time-code"' in page
