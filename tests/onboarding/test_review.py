"""Judging: looking in with a reason, approving, sending back, and two reviewers at once."""

import json
from threading import Barrier, Thread

import pytest
from django.db import connections

from accounts.actions.reveal import reason_of
from accounts.models import LedgerEntry
from consent.actions import consents
from onboarding.actions import application as applications
from onboarding.actions import review
from onboarding.models import Application, Remark
from onboarding.permissions import NotAllowed
from tests import factories
from tests.conftest import make_staff


def judge_at_once(*judgements):
    """Start every judgement in a thread of its own at the same moment; what each came to."""
    start, results = Barrier(len(judgements)), {}

    def run(number, judgement):
        start.wait()
        try:
            results[number] = judgement()
        except review.AlreadyJudged as lost:
            results[number] = lost
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(judgements)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(judgements))]


@pytest.mark.django_db
@pytest.mark.clause("C20")
def test_approving_writes_who_and_when(merchant, reviewer):
    application = factories.approved(merchant, reviewer)

    stored = Application.objects.get(pk=application.pk)
    assert (stored.state, stored.decided_by) == ("approved", reviewer)
    assert stored.decided_at is not None


@pytest.mark.django_db
def test_the_second_of_two_reviewers_is_told_who_was_first(merchant, reviewer, second_reviewer):
    application = factories.submitted(merchant)
    review.approve(application=application, seen_round=1, by=reviewer)

    with pytest.raises(review.AlreadyJudged) as lost:
        review.approve(application=application, seen_round=1, by=second_reviewer)

    assert lost.value.message_zh == ("这份申请已由 reviewer 处理：通过。您的操作没有生效。")


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_pressing_at_once_exactly_one_wins(merchant):
    first, second = make_staff("shenhe1", "reviewer"), make_staff("shenhe2", "reviewer")
    application = factories.submitted(merchant)

    outcomes = judge_at_once(
        lambda: review.approve(application=application, seen_round=1, by=first),
        lambda: review.send_back(
            application=application,
            seen_round=1,
            remarks={"name": (Remark.Reason.MISMATCH, "")},
            by=second,
        ),
    )

    stored = Application.objects.get(pk=application.pk)
    losers = [outcome for outcome in outcomes if isinstance(outcome, review.AlreadyJudged)]
    assert [loser.by for loser in losers] == [stored.decided_by]
    assert stored.state == ("approved" if stored.decided_by == first else "sent_back")
    assert Remark.objects.count() == (0 if stored.state == "approved" else 1)
    judged = LedgerEntry.objects.filter(verb="moved", actor__in=[first.pk, second.pk])
    assert judged.count() == 1


@pytest.mark.django_db
def test_what_was_not_seen_is_not_judged(merchant, reviewer):
    application = factories.sent_back(merchant, reviewer)
    Remark.objects.update(answered_at=application.decided_at)
    factories.hand_in(application)

    with pytest.raises(review.AlreadyJudged) as lost:
        review.approve(application=application, seen_round=1, by=reviewer)

    assert lost.value.message_zh == "商家已经撤回或重新提交了这份申请，请刷新后再看。"


@pytest.mark.django_db
def test_a_withdrawn_application_is_not_judged(merchant, reviewer):
    application = factories.submitted(merchant)
    applications.withdraw(application=application, by=merchant)

    with pytest.raises(review.AlreadyJudged):
        review.approve(application=application, seen_round=1, by=reviewer)


@pytest.mark.django_db
def test_an_application_that_lost_a_consent_is_not_approved(merchant, reviewer):
    application = factories.submitted(merchant)
    consents.withdraw(person=merchant, code="id_photo")

    with pytest.raises(review.NoLongerComplete):
        review.approve(application=application, seen_round=1, by=reviewer)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["merchant", "officer", "ops"])
def test_nobody_but_a_reviewer_judges(merchant, who, request):
    application = factories.submitted(merchant)
    person = request.getfixturevalue(who)

    with pytest.raises(NotAllowed):
        review.approve(application=application, seen_round=1, by=person)
    with pytest.raises(NotAllowed):
        review.send_back(application=application, seen_round=1, remarks={}, by=person)


@pytest.mark.django_db
def test_sending_back_keeps_a_reason_for_every_item(merchant, reviewer):
    factories.sent_back(
        merchant,
        reviewer,
        {"name": (Remark.Reason.MISMATCH, ""), "id_front": (Remark.Reason.OTHER, "请去掉证件套")},
    )

    remarks = {row.field: (row.reason, row.note and row.note.clear) for row in Remark.objects.all()}
    assert remarks == {"name": ("mismatch", None), "id_front": ("other", "请去掉证件套")}


@pytest.mark.django_db
def test_sending_back_without_a_reason_is_refused(merchant, reviewer):
    application = factories.submitted(merchant)

    with pytest.raises(review.NothingSentBack):
        review.send_back(application=application, seen_round=1, remarks={}, by=reviewer)


@pytest.mark.django_db
def test_a_revealed_value_is_in_the_ledger_with_its_reason(merchant, reviewer):
    application = factories.submitted(merchant)

    value = review.reveal_field(
        application=application, field="bank_account", reason="bank", by=reviewer
    )

    entry = LedgerEntry.objects.get(verb="revealed")
    assert value == "1208014109200098765"
    assert (entry.stream, entry.actor, reason_of(entry)) == (
        str(merchant.pk),
        reviewer.pk,
        "bank",
    )
    assert value not in entry.body


@pytest.mark.django_db
def test_a_shown_id_photo_is_in_the_ledger_with_its_reason(merchant, reviewer):
    paper = factories.submitted(merchant).papers.get(kind="id_front")

    review.reveal_paper(paper=paper, reason="compare", by=reviewer)

    entry = LedgerEntry.objects.get(verb="revealed")
    assert json.loads(entry.body) == {
        "row": "onboarding.Paper",
        "id": str(paper.pk),
        "field": "id_front",
        "reason": "compare",
    }


@pytest.mark.django_db
def test_nothing_is_revealed_after_the_review(merchant, reviewer):
    application = factories.approved(merchant, reviewer)

    with pytest.raises(NotAllowed, match="审核已结束"):
        review.reveal_field(
            application=application, field="bank_account", reason="bank", by=reviewer
        )
