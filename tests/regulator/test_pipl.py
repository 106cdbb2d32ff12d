"""个人信息保护法, article by article: AC-13 to AC-31 as far as the portal does them."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.actions import erasure
from accounts.clocks import add_working_days
from accounts.models import DataKey, LedgerEntry, SealedRecord, Session
from accounts.personal import ConsentMissing, Level, PersonalModel, Retention, guard
from consent import bases, lint, notices, purposes
from consent.actions import consents, partners, sharing, transfers
from consent.bases import GROUNDS, Basis
from consent.models import Consent, ConsentEvent, Disclosure, ImpactAssessment, Served
from onboarding.actions import papers
from onboarding.models import Application, LeadsPreference, Paper
from tests import factories
from tests.conftest import make_staff
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import in_force, publish
from tests.consent.sharing_kit import CONTACT, agree, registered, shared
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db

SENSITIVE = sorted(c for c, each in notices.PERMISSIONS.items() if each.level == Level.SENSITIVE)
TWELVE_AND_SIXTEEN = ["330702201401011228", "330702201001011229"]


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


# 13-16: grounds, explicit consent, withdrawal, refusal


@pytest.mark.parametrize("basis", Basis)
def test_ac_13_every_ground_is_one_of_the_laws(basis):
    assert re.fullmatch(r"《.+法》第\d+条.*", str(GROUNDS[basis]))


@pytest.mark.parametrize("field", [f for f in personal_fields() if f.consent], ids=str)
def test_ac_13_what_stands_on_consent_cannot_be_done_without_it(merchant, field):
    with pytest.raises(ConsentMissing):
        guard.require(merchant.pk, field.consent)


def test_ac_14a_registering_takes_an_explicit_yes_to_a_named_version(visitor):
    answer = visitor.post("/sign-in/", {"phone": "13700137000", "agreed": "on"})

    assert answer.status_code == 400
    assert not ConsentEvent.objects.exists()


def test_ac_14b_a_new_version_is_asked_of_everybody_signed_in(browser, merchant):
    publish("2.0", effective_at=timezone.now())

    asked = browser.get("/me/")
    version = in_force()
    sent = {"answer": "agree", "version": version.pk, "sha256": version.sha256}
    browser.post("/policies/privacy/answer/", sent)

    assert asked.templates[0].name == "consent/policy_gate.html"
    assert browser.get("/me/").templates[0].name == "onboarding/me.html"


@pytest.mark.parametrize("code", ["id_photo", "bank_account", "marketing"])
def test_ac_15_withdrawing_takes_no_more_steps_than_giving(browser, merchant, code):
    def taps(act) -> int:
        """Requests that change something, between opening 权限与授权 and its effect."""
        page = browser.get("/me/consents/").content.decode()
        (form,) = [f for f in forms_of(page) if act(f)]
        browser.post(form.action, form.fields)
        return 1

    given = taps(lambda f: f.action == f"/consents/{code}/" and f.fields.get("answer") == "agree")
    agreed = ConsentEvent.objects.of(merchant.pk)[0]
    taken = taps(lambda f: f.fields.get("code") == code)
    withdrawn = ConsentEvent.objects.of(merchant.pk)[0]

    assert taken <= given
    assert (agreed.decision, withdrawn.decision) == ("agreed", "withdrawn")
    assert ConsentEvent.objects.filter(pk=agreed.pk).exists()


@pytest.mark.clause("C147")
def test_ac_15_what_was_done_before_a_withdrawal_stays_lawful_and_on_record(merchant, partner):
    factories.agree_to_privacy(merchant)
    given = shared(merchant, partner)

    consents.withdraw(person=merchant, code="share:demo")

    kept = Disclosure.objects.get()
    assert (kept, kept.basis) == (given, "consent")
    assert ConsentEvent.objects.get(pk=kept.consent_event).decision == "agreed"


@pytest.mark.parametrize("code", sorted(notices.OFFERED))
def test_ac_16_every_question_names_what_goes_on_and_another_way(code):
    notice = consents.notice_for(code)

    assert notice.refusing
    assert notice.alternative
    assert "无法继续" not in notice.refusing


# 17-25: telling, keeping, giving away, deciding, publishing


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
    partner = registered(**{fact: None if fact == "contract_until" else ""})

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


def test_ac_25_no_page_for_the_public_holds_anything_about_anybody(merchant, reviewer):
    factories.approved(merchant, reviewer)
    nobody = Client()
    typed = {*factories.STORE_ANSWERS.values(), "13800138000"}

    read = {path: nobody.get(path).content.decode(errors="replace") for path in addresses()}

    assert len(read) > 30
    assert [(path, v) for path, page in read.items() for v in typed if v in page] == []


# 28-31: sensitive information, and the young


@pytest.mark.parametrize("kind", ["id_front", "id_back"])
def test_ac_29_not_a_byte_of_an_id_photo_is_stored_before_its_own_consent(merchant, files, kind):
    factories.agree_to_privacy(merchant)
    factories.give_consent(merchant, "bank_account")
    application = factories.started(merchant)

    with pytest.raises(ConsentMissing):
        papers.attach(application=application, kind=kind, raw=factories.photo(), by=merchant)

    assert (files(), Paper.objects.count()) == ([], 0)


@pytest.mark.parametrize("code", SENSITIVE)
def test_ac_30_a_question_about_sensitive_information_tells_necessity_and_effect(code):
    notice = notices.PERMISSIONS[code].notice

    assert notice.necessity
    assert notice.impact


@pytest.mark.parametrize("number", TWELVE_AND_SIXTEEN)
def test_ac_31_somebody_too_young_is_turned_away_and_nothing_of_them_is_kept(
    browser, merchant, number
):
    factories.started(merchant, "agent")

    answer = browser.post("/apply/subject/", {**factories.AGENT_ANSWERS, "id_number": number})

    assert answer.status_code == 422
    assert "18" in words(answer.content.decode())
    assert Application.objects.get().id_number is None


# 55-56: assessed before it begins, kept afterwards


@pytest.mark.parametrize("code", sorted(c for c, p in purposes.PURPOSES.items() if p.reasons))
def test_ac_55_nothing_of_these_classes_is_asked_before_it_was_assessed(merchant, code):
    factories.agree_to_privacy(merchant)
    after = timezone.now() + timedelta(days=400)

    with pytest.raises((consents.NotOpen, consents.UnknownNotice)):
        consents.give(
            person=merchant, code=code, sha256=notices.PERMISSIONS[code].notice.sha256, now=after
        )

    assert not consents.is_live(merchant.pk, code)


def test_ac_55_no_recipient_is_active_before_it_was_assessed(officer):
    partner = registered()

    with pytest.raises(partners.Incomplete):
        partners.activate(partner=partner, by=officer)


@pytest.mark.parametrize("change", [{"necessity": "改过"}, None])
def test_ac_56_an_approved_assessment_is_neither_changed_nor_deleted(db, change):
    rows = ImpactAssessment.objects.filter(purpose="id_photo")

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert rows.get().necessity != "改过"


# What the portal's own logs add up to (C79, C80), and where everything stays (C104)


@pytest.mark.clause("C79", "C80", "B14")
def test_what_a_visit_leaves_is_treated_as_personal_once_it_is_about_somebody(merchant):
    browser = factories.signed_in(merchant)
    browser.get("/consents/id_photo/", REMOTE_ADDR="203.0.113.77")

    held = browser.get("/me/held/").content.decode()
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))
    erasure.run(erasure_id=asked.pk)

    assert "登录状态" in held
    assert "向您出示政策和告知的记录" in held
    assert Served.objects.get().address_prefix == "203.0.113.0/24"
    assert not Session.objects.exists()
    left = DataKey.objects.filter(person=merchant.pk, destroyed_at=None)
    assert set(left.values_list("retention", flat=True)) <= {Retention.REPLY}


@pytest.mark.clause("C5")
def test_what_a_firm_gives_is_sealed_and_listed_like_what_a_person_gives(merchant):
    application = factories.filled_in(merchant)
    raw = Application.objects.filter(pk=application.pk).values_list("name", "address").get()

    page = words(factories.signed_in(merchant).get("/me/held/").content.decode())

    typed = [factories.STORE_ANSWERS[name].encode() for name in ("name", "address")]
    assert [text for text in typed for value in raw if text in bytes(value)] == []
    assert "企业/个人名称" in page
    assert "企业信息" in page


@pytest.mark.clause("C104", "A84")
@pytest.mark.parametrize("country", ["US", "SG", "HK"])
def test_ac_38_nobody_outside_the_mainland_can_even_be_registered(country):
    with pytest.raises(IntegrityError), transaction.atomic():
        registered(country=country)


def test_ac_13_nothing_deemed_grounds_anything():
    assert not re.search(r"视为|视作|默认|认为合适", "".join(Basis.labels))
    assert "deemed" not in bases.DISCLOSING
