"""Sentences: beside every box stands what not to write, and numbers in our own words are masked."""

import pytest

from accounts.actions import complaints
from accounts.forms import AnswerForm, AppealForm, ComplaintForm
from accounts.guardian_forms import GuardianForm, RefuseClaimForm
from accounts.models import Complaint, SupportContact
from accounts.personal.masks import in_words
from accounts.support_forms import AdditionForm, ContactForm
from onboarding.models import Remark
from tests import factories
from tests.accounts import call_kit

FORMS = (
    ComplaintForm,
    AppealForm,
    AnswerForm,
    GuardianForm,
    RefuseClaimForm,
    ContactForm,
    AdditionForm,
)


@pytest.mark.clause("B34")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_beside_every_box_of_sentences_stands_not_to_write_numbers_of_others(form):
    assert "也不要写别人的号码" in str(form()["words"].help_text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("身份证330702198503121239不对", "身份证3****************9不对"),
        ("请打 13757912345 找我", "请打 137****2345 找我"),
        ("请打137 5791 2345", "请打137****2345"),
        ("卡号 6228 4804 0256 4890 018。", "卡号 **** **** **** 0018。"),
        ("尾号33070219850312123X", "尾号3****************X"),
        ("拨打 400-166-5151 或 0579-82345678", "拨打 400-166-5151 或 0579-82345678"),
        ("2026-11-28 前补齐，编号 20261128001", "2026-11-28 前补齐，编号 20261128001"),
        ("91330702MA28TYWA41 写错了", "91330702MA28TYWA41 写错了"),
    ],
)
def test_numbers_of_people_are_masked_and_nothing_else(typed, kept):
    assert in_words(typed) == kept


@pytest.mark.django_db
def test_a_reviewers_remark_holds_no_number(merchant, reviewer):
    remarks = {"name": (Remark.Reason.OTHER, "和 330702198503121239 的姓名不一致")}

    factories.sent_back(merchant, reviewer, remarks)

    assert Remark.objects.get().note.clear == "和 3****************9 的姓名不一致"


@pytest.mark.django_db
def test_what_staff_write_of_a_call_or_in_an_answer_holds_no_number(merchant, reviewer, officer):
    call_kit.recorded(reviewer, words="他说朋友的号码是13757912345。")
    complaint = complaints.take_in(
        topic="service", words="审核太慢了", contact="", address="203.0.113.9", by=merchant
    )
    complaints.answer(complaint=complaint, words="请联系 13757912345。", by=officer)

    assert SupportContact.objects.get().words.clear == "他说朋友的号码是137****2345。"
    assert Complaint.objects.get().answer.clear == "请联系 137****2345。"
