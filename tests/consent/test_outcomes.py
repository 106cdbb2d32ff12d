"""The outcome axis: whatever partners say in whatever order, an obligation only moves forward."""

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.actions import obligations
from consent.models import Obligation
from consent.protocol import outcomes
from consent.protocol.outcomes import Outcome
from consent.states import OBLIGATION_SETTLED, ObligationState
from tests.consent.sharing_kit import partner_at, shared

pytestmark = pytest.mark.django_db

FORWARD = ({"open"}, {"accepted"}, {"in_progress"}, {"refused", "failed"}, outcomes.SETTLED)


def rank(state: str) -> int:
    return next(place for place, states in enumerate(FORWARD) if state in states)


@pytest.fixture
def duty(merchant):
    partner = partner_at("http://127.0.0.1:9")
    shared(merchant, partner)
    obligations.oblige_withdrawal(person_id=merchant.pk, slug=partner.slug)
    return Obligation.objects.get()


def test_an_obligation_knows_every_outcome_a_partner_can_report():
    assert ObligationState.values == ["open", *Outcome]
    assert {one.value for one in OBLIGATION_SETTLED} == {one.value for one in outcomes.SETTLED}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(st.sampled_from(Outcome), max_size=8))
def test_no_order_of_words_ever_takes_an_obligation_back(duty, said):
    kept = [rank(duty.state)]
    with transaction.atomic():
        for outcome in said:
            obligations.advance(
                obligation=duty, outcome=outcome, evidence="receipt", now=timezone.now()
            )
            duty.refresh_from_db()
            kept.append(rank(duty.state))
        first_end = next((one for one in said if one in outcomes.SETTLED), None)
        transaction.set_rollback(True)
    ended, settled_at = duty.state, duty.settled_at
    duty.refresh_from_db()

    assert kept == sorted(kept)
    assert kept[-1] == max([0, *map(rank, said)])
    assert first_end is None or (ended == first_end and settled_at is not None)
