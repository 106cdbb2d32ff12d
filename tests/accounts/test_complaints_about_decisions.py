"""Complaints about what a member of staff decided are answered by somebody else."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actions import complaints
from accounts.models import Complaint
from tests.accounts.inbox import messages
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db

WORDS = "我想请另一位工作人员再看一次我的申请。"
ANSWER = "重新核对了执照和地址，退回的理由成立。"


@pytest.fixture
def second_officer(db):
    return make_staff("officer2", "officer")


def about(officer, merchant):
    return complaints.take_in(
        topic="human_look", words=WORDS, contact="", address=None, by=merchant, about=officer
    )


@pytest.mark.clause("C154")
def test_nobody_answers_about_a_decision_of_their_own(merchant, officer, second_officer):
    found = about(officer, merchant)

    with pytest.raises(complaints.NotYours):
        complaints.answer(complaint=found, words=ANSWER, by=officer)
    complaints.answer(complaint=found, words=ANSWER, by=second_officer)
    complaints.appeal(complaint=found, words="还是不对", by=merchant)
    with pytest.raises(complaints.NotYours):
        complaints.answer(complaint=found, words=ANSWER, by=officer)


def test_the_database_knows_no_answer_by_who_decided(merchant, officer):
    found = about(officer, merchant)

    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=found.pk).update(
            answered_by=officer, answered_at=found.received_at
        )


def test_whoever_decides_after_an_answer_is_not_made_to_have_given_it(merchant, officer):
    found = complaints.take_in(topic="service", words=WORDS, contact="", address=None, by=merchant)
    complaints.answer(complaint=found, words=ANSWER, by=officer)

    complaints.set_apart(complaint_id=found.pk, about=officer)

    assert Complaint.objects.get().about is None


def test_the_text_message_says_what_was_answered(merchant, officer, second_officer):
    found = about(officer, merchant)
    complaints.answer(complaint=found, words=ANSWER, by=second_officer)

    complaints.tell(complaint_id=found.pk)

    assert "您的人工复核请求已有答复" in messages()[0]["text"]
    assert "人工复核的进度" in Client().get(f"/complaints/{found.code}/").content.decode()
