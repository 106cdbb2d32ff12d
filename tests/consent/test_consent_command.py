"""`manage.py consent rebuild`: the state of consents against the events that made it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from consent.actions import consents
from consent.models import Consent
from tests import factories
from tests.consent import consent_kit
from tests.consent.race_kit import overtaken

pytestmark = pytest.mark.django_db


def told(*arguments):
    out = StringIO()
    call_command("consent", "rebuild", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def answered(merchant, stranger):
    """Two people who agreed, refused and withdrew."""
    factories.agree_to_privacy(merchant)
    factories.give_consent(merchant, "bank_account")
    factories.give_consent(merchant, "id_photo")
    consents.withdraw(person=merchant, code="id_photo")
    factories.give_consent(stranger, "id_photo")
    return list(Consent.objects.order_by("pk").values())


def test_rebuilding_what_is_right_changes_nothing(answered):
    assert "全部与事件一致" in told("--check")
    assert "没有要改的" in told()
    assert list(Consent.objects.order_by("pk").values()) == answered


def test_a_state_that_says_more_than_its_events_is_found_and_mended(answered, merchant):
    Consent.objects.filter(person=merchant.pk, code="id_photo").update(decision="agreed")

    with pytest.raises(CommandError, match="1 条与事件不符"):
        told("--check")
    told()

    assert not consents.is_live(merchant.pk, "id_photo")
    assert list(Consent.objects.order_by("pk").values()) == answered


def test_a_state_that_was_lost_comes_back(answered, merchant):
    Consent.objects.filter(person=merchant.pk).delete()

    told()

    assert consents.is_live(merchant.pk, "bank_account")
    assert "全部与事件一致" in told("--check")


def test_a_person_who_left_is_not_missed(answered, stranger):
    Consent.objects.filter(person=stranger.pk).delete()
    stranger.delete()

    assert "全部与事件一致" in told("--check")


@pytest.mark.parametrize("wrong", [{"at": timezone.now()}, {"kind": "policy"}], ids=["at", "kind"])
def test_a_check_finds_whatever_a_rebuild_would_change(answered, merchant, wrong):
    Consent.objects.filter(person=merchant.pk, code="id_photo").update(**wrong)

    with pytest.raises(CommandError, match="1 条与事件不符"):
        told("--check")
    told()

    assert list(Consent.objects.order_by("pk").values()) == answered


def test_a_state_no_event_speaks_for_is_found_and_goes(answered, merchant):
    Consent.objects.create(
        person=merchant.pk, kind="notice", code="marketing", decision="agreed", event=1
    )

    with pytest.raises(CommandError, match="1 条与事件不符"):
        told("--check")
    told()

    assert list(Consent.objects.order_by("pk").values()) == answered
    assert "全部与事件一致" in told("--check")


@pytest.mark.django_db(transaction=True)
def test_an_answer_given_during_the_check_is_not_taken_for_a_fault(merchant):
    consent_kit.give(merchant)

    found, _event = overtaken(
        consents.astray,
        lambda: consent_kit.withdraw(merchant),
        before='SELECT "consent_consentevent"',
    )

    assert found == []


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_never_brings_back_what_is_withdrawn_meanwhile(merchant):
    consent_kit.give(merchant)
    Consent.objects.update(event=F("event") - 1)

    overtaken(
        lambda: consents.rebuild(merchant.pk),
        lambda: consent_kit.withdraw(merchant),
        before='SELECT "consent_consent"."',
    )

    assert not consents.is_live(merchant.pk, "id_photo")
    assert consents.astray() == []
