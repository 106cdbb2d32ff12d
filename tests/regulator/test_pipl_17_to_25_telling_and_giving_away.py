"""个人信息保护法 17-25: telling, keeping, giving away, deciding, publishing."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.actions import erasure
from accounts.clocks import add_working_days
from accounts.models import DataKey, LedgerEntry, SealedRecord
from accounts.personal import PersonalModel, Retention
from consent import lint
from consent.actions import partners, sharing, transfers
from consent.models import Consent
from onboarding.models import Application, LeadsPreference
from tests import factories
from tests.conftest import make_staff
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import in_force, publish
from tests.consent.sharing_kit import CONTACT, agree, registered
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db


def personal_fields():
    models = [model for model in apps.get_models() if issubclass(model, PersonalModel)]
    return [field for model in models for field in model.personal_fields()]


def addresses(patterns=None, prefix="/"):
    """Every address of the portal that takes no argument."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and "<" not in str(entry.pattern):
            yield prefix + str(entry.pattern)


def test_ac_17_the_policy_is_public_printable_and_downloadable(visitor):
    version = in_force()
    page = visitor.get(f"/policies/privacy/{version.number}/").content.decode()

    file = visitor.get(f"/policies/privacy/{version.number}/text.md")

    assert "data-print" in page
    assert file["Content-Disposition"].startswith("attachment")
    assert lint.problems(file.content.decode()) == []


def test_ac_17_what_changed_is_told_with_the_news_that_it_will(browser):
    publish("2.0", effective_at=timezone.now() + timedelta(days=8), extra="新的一句话。")

    popup = browser.get("/").content.decode()
    changes = browser.get("/policies/privacy/2.0/changes/").content.decode()

    assert "/policies/privacy/2.0/changes/" in popup
    assert "新的一句话" in words(changes)


@pytest.mark.parametrize("field", personal_fields(), ids=str)
def test_ac_19_every_personal_field_is_kept_and_destroyed_with_a_class_of_its_own(field):
    assert field.retention in Retention


def test_ac_19_what_the_law_keeps_is_erased_when_its_time_is_over(merchant, reviewer):
    factories.approved(merchant, reviewer)
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))
    erasure.run(erasure_id=asked.pk)
    sealed = SealedRecord.objects.get()

    early = erasure.erase_expired(now=timezone.now())
    late = erasure.erase_expired(now=timezone.now() + timedelta(days=366 * 3 + 2))

    assert sealed.law
    assert (early, late) == (0, 1)
    assert not DataKey.objects.filter(person=merchant.pk, destroyed_at=None).exclude(
        retention=Retention.REPLY
    )


@pytest.mark.parametrize("fact", ["contract", "contract_until", "sub_processing"])
def test_ac_21_nobody_works_for_us_without_a_contract_its_end_and_its_limits(officer, fact):
    facts: dict[str, Any] = {fact: None if fact == "contract_until" else ""}
    partner = registered(**facts)

    with pytest.raises(partners.Incomplete):
        partners.activate(partner=partner, by=officer)


def test_ac_22_a_takeover_is_public_thirty_working_days_before_it_happens(visitor, officer):
    second = make_staff("officer2", "officer")
    day = transfers.earliest().at.date()
    told: dict[str, Any] = {
        "successor": "杭州之江汽车服务有限公司",
        "contact": "0571-88880000",
        "why": "merger",
        "passes": "账号信息",
    }

    with pytest.raises(transfers.TooSoon):
        transfers.draft(by=officer, effect_date=day - timedelta(days=1), **told)
    notice = transfers.draft(by=officer, effect_date=day, **told)
    transfers.publish(notice=notice, by=second)

    home = words(visitor.get("/").content.decode())
    assert day >= add_working_days(timezone.localdate(), 30)
    assert "杭州之江汽车服务有限公司" in home


@pytest.mark.clause("B47")
def test_ac_23_giving_away_takes_a_consent_for_this_recipient_and_writes_its_line(
    merchant, partner
):
    agree(merchant, partner)

    given = sharing.share(
        person_id=merchant.pk,
        partner=partner,
        purpose=partner.purpose,
        content=CONTACT,
        by=merchant,
    )

    entry = json.loads(LedgerEntry.objects.get(verb="shared").body)
    assert (entry["disclosure"], entry["basis"]) == (str(given.pk), "consent")
    assert Consent.objects.of(merchant.pk).get(code="share:demo").event == given.consent_event


def test_ac_23_the_question_about_a_recipient_is_never_part_of_another(browser, partner):
    page = browser.get("/consents/share:demo/").content.decode()

    questions = [form for form in forms_of(page) if ("answer", "agree") in form.buttons]
    assert [form.action for form in questions] == ["/consents/share:demo/"]
    assert questions[0].boxes == []


def test_ac_24_no_application_is_judged_but_by_a_person(merchant, reviewer):
    factories.approved(merchant, reviewer)
    judged = Application.objects.filter(decided_by=reviewer)

    with pytest.raises(IntegrityError), transaction.atomic():
        judged.update(decided_by=None)

    moves = LedgerEntry.objects.filter(stream=str(merchant.pk), body__contains='"to":"approved"')
    assert moves.get().actor == judged.get().decided_by_id == reviewer.pk


def test_ac_24_what_is_recommended_by_person_can_be_switched_off(merchant):
    browser = factories.signed_in(merchant)
    factories.give_consent(merchant, "leads")
    browser.post("/me/leads/", {"order": "region"})
    before = LeadsPreference.objects.get(person=merchant).order

    browser.post("/me/consents/", {"code": "leads"})

    assert before == "region"
    assert not LeadsPreference.objects.filter(person=merchant, order="region").exists()


@pytest.mark.clause("B33")
def test_ac_25_no_page_for_the_public_holds_anything_about_anybody(merchant, reviewer):
    factories.approved(merchant, reviewer)
    nobody = Client()
    typed = {*factories.STORE_ANSWERS.values(), "13800138000"}

    read = {path: nobody.get(path).content.decode(errors="replace") for path in addresses()}

    assert len(read) > 30
    assert [(path, v) for path, page in read.items() for v in typed if v in page] == []
