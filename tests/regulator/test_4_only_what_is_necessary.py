"""认定方法 第四条：违反必要原则，收集与服务无关的个人信息. 4.4 is also seen in a browser."""

import re

import pytest
from django.urls import reverse

from consent import notices
from consent.actions import consents
from consent.models import Consent, ConsentEvent
from consent.notices import Group
from onboarding import steps
from onboarding.models import Role
from onboarding.roles import REQUIREMENTS
from tests import factories, web_edition
from tests.consent.policy_kit import publish

pytestmark = pytest.mark.django_db

# A box to tick says nothing about anybody.
BELONGING_TO_EVERY_FORM = {"csrfmiddlewaretoken", "next", "told"}
WORKING = (
    "/",
    "/me/",
    "/apply/",
    "/apply/subject/",
    "/me/consents/",
    "/me/held/",
    "/me/shared/",
    "/me/export/",
    "/me/leads/",
    "/me/settings/",
    "/policies/privacy/",
)


def refuse(person, code):
    consents.refuse(person=person, code=code, sha256=consents.notice_for(code).sha256)


def templates_of(page) -> set[str]:
    return {template.name for template in page.templates}


@pytest.mark.parametrize("role", Role.values)
def test_4_1_a_form_asks_only_what_the_role_must_supply(browser, merchant, role):
    factories.started(merchant, role)
    factories.give_consent(merchant, "bank_account")
    asked = set()

    for step in steps.of_role(role):
        if step.fields:
            page = browser.get(reverse("onboarding:step", args=[step.code])).content.decode()
            form = page.partition('id="step"')[2].partition("</form>")[0]
            asked |= set(re.findall(r'name="(\w+)"', form)) - BELONGING_TO_EVERY_FORM

    assert asked - REQUIREMENTS[role].fields == set()
    assert {"name", "contact_phone"} <= asked


@pytest.mark.parametrize("code", sorted(notices.OFFERED))
def test_4_2_refusing_one_thing_closes_nothing_else(browser, merchant, code):
    factories.started(merchant)

    refuse(merchant, code)

    answers = {path: browser.get(path) for path in WORKING}
    assert {path: page.status_code for path, page in answers.items()} == dict.fromkeys(WORKING, 200)
    gates = {"consent/ask.html", "consent/policy_gate.html"}
    assert [path for path, page in answers.items() if templates_of(page) & gates] == []


def test_4_3_refusing_a_new_recipient_leaves_everything_agreed_to_before(
    browser, merchant, partner
):
    factories.filled_in(merchant)
    before = set(Consent.objects.of(merchant.pk).live().values_list("code", flat=True))

    refuse(merchant, "share:demo")

    assert set(Consent.objects.of(merchant.pk).live().values_list("code", flat=True)) == before
    assert browser.get("/apply/bank/").templates[0].name == "onboarding/step.html"


@pytest.mark.parametrize("path", ["/", "/me/consents/", "/me/held/", "/me/shared/", "/me/export/"])
def test_4_3_refusing_a_new_version_leaves_reading_rights_and_leaving(browser, merchant, path):
    version = publish("2.0")
    sent = {"answer": "refuse", "version": version.pk, "sha256": version.sha256}
    browser.post("/policies/privacy/answer/", sent)

    page = browser.get(path)

    assert ConsentEvent.objects.of(merchant.pk)[0].decision == "withdrawn"
    assert page.status_code == 200
    assert "consent/policy_gate.html" not in templates_of(page)


def test_4_4_no_script_reads_anything_of_the_device_again_and_again():
    timers = re.compile(r"setInterval|requestAnimationFrame")
    reading = re.compile(r"geolocation|OTPCredential|getUserMedia")

    both = [p for p, text in web_edition.scripts() if timers.search(text) and reading.search(text)]

    assert both == []


def test_4_5_nobody_needs_to_agree_to_improvement_marketing_or_recommendation(merchant):
    factories.agree_to_privacy(merchant)
    optional = [each.code for each in notices.OFFERED.values() if each.group == Group.OPTIONAL]
    for code in optional:
        refuse(merchant, code)

    application = factories.submitted(merchant)

    assert {"marketing", "usage_analysis", "leads"} <= set(optional)
    assert application.state == "submitted"


@pytest.mark.parametrize("extra", [{"code": "bank_account"}, {"codes": "id_photo,bank_account"}])
def test_4_6_one_answer_decides_one_thing(browser, merchant, extra):
    sent = {"answer": "agree", "sha256": notices.ID_PHOTO.sha256}

    browser.post(reverse("consent:ask", args=["id_photo"]), sent | extra)

    live = set(Consent.objects.of(merchant.pk).live().values_list("code", flat=True))
    assert live == {"policy:privacy", "id_photo"}


@pytest.mark.parametrize("code", ["id_photo,bank_account", "id_photo+bank_account", "all", "*"])
def test_4_6_there_is_no_code_for_many_things(browser, merchant, code):
    sent = {"answer": "agree", "sha256": notices.ID_PHOTO.sha256}

    answer = browser.post(reverse("consent:ask", args=[code]), sent)

    assert answer.status_code == 400
    assert ConsentEvent.objects.of(merchant.pk).count() == 1


def test_4_6_agreeing_to_the_policy_is_agreeing_to_nothing_else(browser, merchant):
    assert [code for code in notices.OFFERED if consents.is_live(merchant.pk, code)] == []
