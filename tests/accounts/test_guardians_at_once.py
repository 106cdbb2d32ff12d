"""Officers judging a guardian's request at the same moment; against the real locks."""

import pytest

from accounts.actions import guardians
from accounts.models import Erasure
from tests.accounts import guardian_kit as kit
from tests.conftest import make_staff
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def names(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_two_officers_verifying_at_once_are_one_judgement(merchant, officer, second_officer):
    claim = kit.taken_in()

    outcomes = at_once(
        *[
            lambda by=by: guardians.verify(claim=kit.again(claim), seen="in_person", by=by)
            for by in (officer, second_officer)
        ]
    )

    assert names(outcomes) == ["AlreadyJudged", "NoneType"]


def test_two_officers_granting_at_once_erase_once(merchant, officer, second_officer):
    claim = kit.verified(officer)
    third = make_staff("officer3", "officer")

    outcomes = at_once(
        *[
            lambda by=by: guardians.grant(claim=kit.again(claim), by=by)
            for by in (second_officer, third)
        ]
    )

    assert names(outcomes) == ["AlreadyJudged", "Erasure"]
    assert Erasure.objects.count() == 1


def test_a_grant_and_a_refusal_at_once_are_one_answer(merchant, officer, second_officer):
    claim = kit.verified(officer)
    third = make_staff("officer3", "officer")

    outcomes = at_once(
        lambda: guardians.grant(claim=kit.again(claim), by=second_officer),
        lambda: guardians.refuse(
            claim=kit.again(claim), reason="no_proof", words="没有收到证明。", by=third
        ),
    )

    assert "AlreadyJudged" in names(outcomes)
    granted = "Erasure" in names(outcomes)
    assert Erasure.objects.count() == int(granted)
