"""Who declines to type a bank account hands it over on paper at signing, as the notice promises."""

import re

import pytest

from onboarding.actions import application as applications
from onboarding.actions import review
from onboarding.models import Application, Role
from onboarding.states import ApplicationState
from tests import factories

pytestmark = pytest.mark.django_db
ON_PAPER = "签约时当面书面提供"


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.fixture
def without_bank(merchant):
    """Everything filled in but the bank account, about which nothing was said yet."""
    factories.agree_to_privacy(merchant)
    factories.give_consent(merchant, "id_photo")
    return factories.fill(factories.started(merchant, Role.FOUR_S), merchant, skipping={"bank"})


def test_nothing_said_leaves_the_account_to_be_asked_for(without_bank):
    assert [step.code for step in applications.missing(without_bank)] == ["bank"]


@pytest.mark.clause("C64", "C68")
def test_who_declines_hands_in_without_an_account_and_is_approved(without_bank, merchant, reviewer):
    factories.refuse_consent(merchant, "bank_account")

    handed_in = factories.hand_in(without_bank)
    review.approve(application=handed_in, seen_round=handed_in.round, by=reviewer)

    found = Application.objects.get()
    assert found.state == ApplicationState.APPROVED
    assert found.bank_account is None


def test_the_list_the_check_and_the_desk_say_how_it_comes(without_bank, merchant, reviewer):
    factories.refuse_consent(merchant, "bank_account")
    browser = factories.signed_in(merchant)
    tasks, check = (text_of(browser.get(path)) for path in ("/apply/", "/apply/check/"))
    handed_in = factories.hand_in(without_bank)

    desk = text_of(factories.signed_in(reviewer).get(f"/desk/applications/{handed_in.pk}/"))

    assert "收款账户 签约时提供" in tasks
    assert check.count(ON_PAPER) == 3
    assert desk.count(ON_PAPER) == 3


def test_agreeing_after_all_asks_for_the_account_again(without_bank, merchant):
    factories.refuse_consent(merchant, "bank_account")
    factories.give_consent(merchant, "bank_account")

    assert [step.code for step in applications.missing(without_bank)] == ["bank"]


def test_what_a_reviewer_sent_back_is_still_to_be_answered(without_bank, merchant, reviewer):
    factories.refuse_consent(merchant, "bank_account")
    handed_in = factories.hand_in(without_bank)
    review.send_back(
        application=handed_in,
        seen_round=handed_in.round,
        remarks={"bank_account": ("other", "请尽快提供")},
        by=reviewer,
    )

    assert [step.code for step in applications.missing(Application.objects.get())] == ["bank"]
