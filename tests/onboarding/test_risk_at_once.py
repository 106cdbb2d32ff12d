"""Looks, wishes, judgements and answers at the same moment, in real threads."""

import pytest

from accounts.actions import complaints
from accounts.models import Complaint, LedgerEntry
from onboarding.actions import review, risk
from onboarding.models import Application, RiskLook
from tests import factories
from tests.onboarding.risk_kit import double
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HOW = "看了执照原件和授权书，打电话问过经办人。"


def test_two_workers_look_once(merchant):
    factories.submitted(merchant)
    look = RiskLook.objects.get()

    outcomes = at_once(*[lambda: risk.look(look_id=look.pk) for _ in range(2)])

    assert outcomes == [None, None]
    assert LedgerEntry.objects.filter(verb="risk_looked").count() == 1


def test_two_taps_are_one_wish(merchant):
    application = factories.submitted(merchant)

    outcomes = at_once(
        *[lambda: risk.ask_a_person(application=application, by=merchant) for _ in range(2)]
    )

    assert {type(outcome) for outcome in outcomes} == {Complaint, risk.NothingToLookAt}
    assert Complaint.objects.count() == 1


def test_a_look_and_a_judgement_at_once_leave_no_half(merchant, stranger, reviewer):
    factories.submitted(merchant)
    application = factories.submitted(stranger)
    look = RiskLook.objects.of_round(application)

    _look, judged = at_once(
        lambda: risk.look(look_id=look.pk),
        lambda: review.approve(application=application, seen_round=1, by=reviewer),
    )

    look.refresh_from_db()
    state = Application.objects.get(pk=application.pk).state
    if isinstance(judged, risk.NotChecked):
        assert (state, look.looked_at is None) == ("submitted", False)
    else:
        assert (state, look.looked_at) == ("approved", None)


def test_judging_and_answering_at_once_nobody_answers_about_themselves(
    merchant, stranger, reviewer
):
    application, _look = double(merchant, stranger)
    wish = risk.ask_a_person(application=application, by=stranger)

    judged, answered = at_once(
        lambda: review.approve(application=application, seen_round=1, by=reviewer, how_checked=HOW),
        lambda: complaints.answer(complaint=wish, words="已经重新看过，没有问题。", by=reviewer),
    )

    stored = Complaint.objects.get()
    assert isinstance(judged, Application)
    if isinstance(answered, complaints.NotYours):
        assert (stored.about, stored.answered_by) == (reviewer, None)
    else:
        assert (answered, stored.about, stored.answered_by) == (None, None, reviewer)
