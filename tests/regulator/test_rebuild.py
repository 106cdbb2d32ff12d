"""After a life with everything in it, what is in force is still exactly what the events say."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts import ledger
from consent import notices
from consent.actions import consents, sharing
from consent.models import Consent, ConsentEvent, Served
from tests import factories
from tests.consent.policy_kit import in_force, publish
from tests.consent.sharing_kit import shared

pytestmark = pytest.mark.django_db


def test_rebuilding_after_a_whole_life_changes_nothing(browser, merchant, reviewer, partner):
    factories.approved(merchant, reviewer)
    shared(merchant, partner)
    for code in sorted(notices.OFFERED):
        browser.get(f"/consents/{code}/")
        browser.post(
            f"/consents/{code}/", {"answer": "agree", "sha256": consents.notice_for(code).sha256}
        )
    for code in ("share:demo", "marketing", "id_photo"):
        browser.post("/me/consents/", {"code": code})
    publish("2.0")
    version = in_force()
    sent = {"answer": "refuse", "version": version.pk, "sha256": version.sha256}
    browser.post("/policies/privacy/answer/", sent)
    before = list(Consent.objects.order_by("pk").values())

    told = StringIO()
    call_command("consent", "rebuild", "--check", stdout=told)
    call_command("consent", "rebuild", stdout=told)

    assert "全部与事件一致" in told.getvalue()
    assert list(Consent.objects.order_by("pk").values()) == before
    assert ledger.verify() is None
    shown = set(Served.objects.of(merchant.pk).values_list("sha256", flat=True))
    answered = ConsentEvent.objects.of(merchant.pk).filter(code__in=notices.OFFERED)
    by_page = answered.filter(asking="page", decision="agreed", address_prefix__gt="")
    assert set(by_page.values_list("sha256", flat=True)) <= shown
    with pytest.raises(sharing.NoConsent):
        sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=partner.purpose,
            content={"contact": {"contact_name": "欧阳明月"}},
            by=merchant,
        )
