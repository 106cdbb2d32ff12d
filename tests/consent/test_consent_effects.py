"""What follows from an answer: what may be stored, who is told, what erasure leaves."""

import pytest

from accounts.personal import ConsentMissing, guard, holders
from consent.actions import answers, consents
from consent.models import Consent, ConsentEvent
from tests import factories
from tests.consent.consent_kit import give, refuse, withdraw

pytestmark = pytest.mark.django_db


# What follows from it


def test_a_consent_lets_the_kernel_store_and_its_withdrawal_stops_that_at_once(merchant):
    give(merchant)
    guard.require(merchant.pk, "id_photo")
    withdraw(merchant)

    with pytest.raises(ConsentMissing):
        guard.require(merchant.pk, "id_photo")


def test_one_persons_consent_is_nobody_elses_and_for_nothing_else(merchant, stranger):
    give(merchant)

    assert consents.is_live(merchant.pk, "id_photo")
    assert not consents.is_live(merchant.pk, "bank_account")
    assert not consents.is_live(stranger.pk, "id_photo")


def test_agreeing_to_other_words_than_todays_is_no_consent_today(merchant):
    old = answers.Question(kind="notice", code="id_photo", version="0", sha256="0" * 64)
    answers.record(merchant.pk, old, "agreed", way="button")

    assert not consents.is_live(merchant.pk, "id_photo")
    assert Consent.objects.get().is_live


def test_agreeing_to_the_policy_is_no_separate_consent(merchant):
    factories.agree_to_privacy(merchant)

    assert not consents.is_live(merchant.pk, "id_photo")
    assert not consents.is_live(merchant.pk, "policy:privacy")


class _Keeper:
    """A holder that keeps something on the ground of a consent."""

    name = label = "keeper"

    def __init__(self):
        self.told = []

    def withdrawn(self, person, code):
        self.told.append((person, code))


@pytest.fixture
def keeper(monkeypatch):
    keeper = _Keeper()
    monkeypatch.setitem(holders._registered, "keeper", keeper)  # noqa: SLF001 - put back afterwards
    return keeper


def test_holders_are_told_of_a_withdrawal_once(merchant, keeper):
    give(merchant)
    refuse(merchant, "bank_account")
    withdraw(merchant)
    withdraw(merchant)
    give(merchant)
    refuse(merchant)

    assert keeper.told == [(merchant.pk, "id_photo")] * 2


# The holder


def consents_holder():
    return holders.named("consents")


def test_answers_are_listed_and_exported(merchant):
    give(merchant)
    withdraw(merchant)

    (line,) = consents_holder().inventory(merchant.pk)
    exported = consents_holder().export(merchant.pk)["consents"]
    assert line.count == 2
    assert [row["decision"] for row in exported] == ["agreed", "withdrawn"]


def test_erasure_removes_the_state_and_leaves_events_about_nobody(merchant, stranger):
    give(merchant)
    give(stranger)

    outcome = consents_holder().erase(merchant.pk, merchant.pk)
    again = consents_holder().erase(merchant.pk, merchant.pk)

    assert (outcome.fate, outcome.count) == ("anonymised", 1)
    assert "第69条" in outcome.law
    assert again == outcome
    assert not consents.is_live(merchant.pk, "id_photo")
    assert consents.is_live(stranger.pk, "id_photo")
    assert ConsentEvent.objects.count() == 2


def test_somebody_who_answered_nothing_has_nothing_to_erase(merchant):
    assert consents_holder().inventory(merchant.pk) == []
    assert consents_holder().erase(merchant.pk, merchant.pk).fate == "nothing"
