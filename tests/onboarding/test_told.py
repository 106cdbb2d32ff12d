"""What a merchant is told by text message of an application."""

import pytest
from django.utils import timezone

from accounts.actions import notifications
from accounts.models import Notification
from onboarding import kinds
from onboarding.actions import review
from onboarding.models import Remark
from onboarding.roles import Role
from tests import factories
from tests.accounts.inbox import messages

pytestmark = pytest.mark.django_db

REASON = "请写到门牌号"


def texts():
    notifications.send_due(now=timezone.now())
    return [one["text"] for one in reversed(messages())]


def test_sent_back_and_approved_are_told_and_handed_in_only_on_request(merchant, reviewer):
    application = factories.sent_back(merchant, reviewer)
    factories.fill(application, merchant)
    notifications.switch(by=merchant, kind=kinds.SUBMITTED.code, is_on=True)
    application = factories.hand_in(application)
    review.approve(application=application, seen_round=application.round, by=reviewer)

    told = texts()

    wanted = [kinds.SENT_BACK, kinds.SUBMITTED, kinds.SUBMITTED, kinds.APPROVED]
    assert sorted(told) == sorted(kind.words for kind in wanted)


def test_a_text_holds_neither_reason_nor_name_nor_number(merchant, reviewer):
    factories.sent_back(merchant, reviewer, {"address": (Remark.Reason.INCOMPLETE, REASON)})

    (text,) = texts()

    answers = factories.answers(Role.FOUR_S).values()
    assert not [value for value in (*answers, REASON, "13800138000") if value in text]


def test_each_round_is_told_once(merchant, reviewer):
    application = factories.sent_back(merchant, reviewer)
    factories.fill(application, merchant)
    application = factories.hand_in(application)
    review.send_back(
        application=application,
        seen_round=application.round,
        remarks={"address": (Remark.Reason.INCOMPLETE, "")},
        by=reviewer,
    )

    about = Notification.objects.filter(kind=kinds.SENT_BACK.code).values_list("about", flat=True)
    assert sorted(about) == [f"{application.pk}:1", f"{application.pk}:2"]


def test_a_judgement_that_lost_the_race_tells_nothing(merchant, reviewer, second_reviewer):
    application = factories.submitted(merchant)
    review.approve(application=application, seen_round=1, by=reviewer)

    with pytest.raises(review.AlreadyJudged):
        review.send_back(
            application=application,
            seen_round=1,
            remarks={"address": (Remark.Reason.INCOMPLETE, "")},
            by=second_reviewer,
        )

    told = Notification.objects.exclude(kind=kinds.SUBMITTED.code)
    assert [row.kind for row in told] == [kinds.APPROVED.code]
