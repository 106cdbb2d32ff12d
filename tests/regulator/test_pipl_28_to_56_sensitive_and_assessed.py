"""个人信息保护法 28-56: sensitive information, the young, staying here, assessing first."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.actions import erasure
from accounts.models import DataKey, Session
from accounts.personal import ConsentMissing, Level, Retention
from consent import notices, purposes
from consent.actions import consents, partners
from consent.models import ImpactAssessment, Served
from onboarding.actions import papers
from onboarding.models import Application, Paper
from tests import factories
from tests.consent.sharing_kit import registered
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db

SENSITIVE = sorted(c for c, each in notices.PERMISSIONS.items() if each.level == Level.SENSITIVE)
TWELVE_AND_SIXTEEN = ["330702201401011228", "330702201001011229"]


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


# "risk" asks nobody: tests/onboarding/test_risk.py shows that nothing is looked at unassessed.
@pytest.mark.parametrize(
    "code", sorted(c for c, p in purposes.PURPOSES.items() if p.reasons and c != "risk")
)
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
