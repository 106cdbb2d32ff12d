"""What reviewers and merchants see of signals: explained, checked in words, asked about again."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import complaints
from accounts.models import Complaint, LedgerEntry
from onboarding.actions import review, risk
from onboarding.models import Application, RiskLook
from onboarding.views import desk, desk_risk
from tests import factories
from tests.conftest import make_staff
from tests.onboarding.risk_kit import double, looked_at

pytestmark = pytest.mark.django_db
HOW = "看了执照原件和授权书，打电话问过经办人。"
ANSWER = "重新核对了执照和地址，退回的理由成立：请补上门牌号再提交。"
DOUBLE = "另一个账号提交的申请用了同一个统一社会信用代码"


def page(answer):
    return answer.content.decode()


@pytest.fixture
def browser(reviewer):
    return factories.signed_in(reviewer)


@pytest.fixture
def flagged(merchant, stranger):
    """The stranger's application, of the merchant's firm; looked at."""
    application, _look = double(merchant, stranger)
    return application


@pytest.fixture
def address(flagged):
    return f"/desk/applications/{flagged.pk}/"


# The reviewer


@pytest.mark.clause("C82", "A50")
def test_every_signal_is_explained_beside_the_application(browser, address):
    text = page(browser.get(address))

    assert DOUBLE in text
    assert "对照了：统一社会信用代码" in text
    assert "重点核实" in text
    assert "由您决定" in text


def test_the_panel_names_nobody_else(browser, address, merchant):
    text = page(browser.get(address))

    assert str(merchant.pk) not in text
    assert "13800138000" not in text


def test_before_the_look_the_panel_says_that_nobody_need_wait(browser, merchant):
    application = factories.submitted(merchant)

    assert desk_risk.UNDER_WAY in page(browser.get(f"/desk/applications/{application.pk}/"))


def test_that_nothing_was_found_is_said(browser, merchant, monkeypatch):
    application = factories.submitted(merchant)
    type(merchant).objects.update(joined_at=merchant.joined_at - timedelta(days=1))
    looked_at(application)

    assert desk_risk.NOTHING in page(browser.get(f"/desk/applications/{application.pk}/"))


@pytest.mark.clause("C38")
def test_an_approval_without_a_word_is_asked_for_it(browser, address, flagged):
    answer = browser.post(f"{address}approve/", {"seen_round": 1})

    assert answer.status_code == 422
    assert "写明怎样核实的，才能通过" in page(answer)
    assert Application.objects.get(pk=flagged.pk).state == "submitted"


def test_an_approval_with_a_word_keeps_it(browser, address, flagged):
    browser.post(f"{address}approve/", {"seen_round": 1, "how_checked": HOW})

    look = RiskLook.objects.get(application=flagged)
    assert Application.objects.get(pk=flagged.pk).state == "approved"
    assert look.how_checked.clear == HOW
    assert "reviewer 于" in page(browser.get(address))


def test_what_was_typed_stays_when_it_is_too_short_or_out_of_date(
    browser, address, flagged, second_reviewer
):
    short = page(browser.post(f"{address}approve/", {"seen_round": 1, "how_checked": "看过"}))
    wrong_round = page(browser.post(f"{address}approve/", {"seen_round": 9, "how_checked": HOW}))
    review.send_back(
        application=flagged, seen_round=1, remarks={"name": ("mismatch", "")}, by=second_reviewer
    )
    beaten = page(browser.post(f"{address}approve/", {"seen_round": 1, "how_checked": HOW}))

    assert ">\n看过</textarea>" in short
    assert f">\n{HOW}</textarea>" in wrong_round
    assert HOW in beaten


def test_a_signal_that_came_after_the_page_is_shown_before_the_approval(
    browser, merchant, stranger
):
    factories.submitted(merchant)
    application = factories.submitted(stranger)
    address = f"/desk/applications/{application.pk}/"
    seen = page(browser.get(address))
    looked_at(application)

    answer = browser.post(f"{address}approve/", {"seen_round": 1})

    assert DOUBLE not in seen
    assert (answer.status_code, DOUBLE in page(answer)) == (422, True)


def test_after_the_judgement_signals_are_not_shown(browser, address, flagged, reviewer):
    review.send_back(
        application=flagged, seen_round=1, remarks={"name": ("mismatch", "")}, by=reviewer
    )

    text = page(browser.get(address))

    assert DOUBLE not in text
    assert desk_risk.OVER in text


@pytest.mark.parametrize("count", [1, 3])
def test_signals_take_no_more_queries_however_many(browser, address, count, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", count)

    answer = browser.get(address)

    assert page(answer).count('class="risks__item"') == len(
        RiskLook.objects.get(looked_at__isnull=False).found()
    )


# The merchant


@pytest.fixture
def mine(stranger):
    return factories.signed_in(stranger)


@pytest.mark.clause("C153")
def test_the_explanation_says_what_was_looked_at_by_which_rules_and_who_decides(mine, flagged):
    text = page(mine.get("/me/risk/"))

    assert "由人决定" in text
    assert "没有分数，不打标签" in text
    assert "没有完全由程序作出的决定" in text
    assert "从注册到提交不到两分钟，工作人员会多看一眼" in text
    assert "不看银行账户、证件照片、位置和浏览记录" in text
    assert "/me/risk/" in page(mine.get("/me/"))


@pytest.mark.clause("C153")
def test_the_explanation_is_the_same_whether_somebody_else_is_here_or_not(
    mine, flagged, merchant, browser
):
    others = factories.signed_in(merchant)
    looked_at(Application.objects.get(person=merchant))
    review_page = page(mine.get("/me/risk/"))

    alone = page(others.get("/me/risk/"))

    assert outcomes(review_page) == outcomes(alone) == (4, 1)
    assert "另一个账号提交的申请用了" not in review_page


def outcomes(text):
    """What is said of rules that look at others."""
    return text.count(">不显示</span>"), text.count("不管有没有，说出来都会泄露别人的信息")


def test_before_handing_in_the_rules_can_be_read(merchant):
    browser = factories.signed_in(merchant)

    before = page(browser.get("/me/risk/"))
    factories.filled_in(merchant)

    assert "您还没有提交申请" in before
    assert "请人工复核</button>" not in before
    assert "/me/risk/" in page(browser.get("/apply/submit/"))


def test_a_stranger_to_the_house_is_asked_to_sign_in():
    assert Client().get("/me/risk/").status_code == 302


@pytest.mark.clause("C154")
def test_one_tap_asks_for_another_person_and_the_desk_sees_it(mine, browser, flagged, address):
    answer = mine.post("/me/risk/ask/", {}, follow=True)

    request = Complaint.objects.get()
    assert "已登记。另一位工作人员最迟" in page(answer)
    assert (request.due_at - request.received_at).days == 15
    assert "商家请人工复核" in page(browser.get(address))
    assert f"{address}human-look/" in page(browser.get("/desk/"))
    assert LedgerEntry.objects.filter(verb="human_look_asked").count() == 1


def test_a_second_tap_asks_nothing_new(mine, flagged):
    mine.post("/me/risk/ask/", {})

    again = mine.post("/me/risk/ask/", {}, follow=True)

    assert "没有重复登记" in page(again)
    assert Complaint.objects.count() == 1


def test_many_merchants_behind_one_address_may_all_ask(mine, flagged, merchant):
    for _ in range(complaints.PER_HOUR):
        complaints.take_in(topic="service", words="慢", contact="", address="127.0.0.1", by=None)

    mine.post("/me/risk/ask/", {"words": "请看营业执照"})

    assert Complaint.objects.get(topic="human_look").words.clear == "请看营业执照"


@pytest.mark.clause("C154")
def test_somebody_else_than_who_judged_answers_in_words(
    mine, flagged, address, reviewer, second_reviewer, stranger
):
    review.send_back(
        application=flagged, seen_round=1, remarks={"address": ("incomplete", "")}, by=reviewer
    )
    mine.post("/me/risk/ask/", {})
    own, other = factories.signed_in(reviewer), factories.signed_in(second_reviewer)

    refused = own.post(f"{address}human-look/", {"words": ANSWER})
    taken = other.post(f"{address}human-look/", {"words": ANSWER})

    request = Complaint.objects.get()
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert desk_risk.NOT_BY_THE_SAME in page(refused)
    assert (request.answered_by, request.answer.clear) == (second_reviewer, ANSWER)
    assert ANSWER in page(mine.get(f"/complaints/{request.code}/"))
    assert "查看答复" in page(mine.get("/me/risk/"))


def test_who_judges_after_the_wish_does_not_answer_it_either(
    mine, flagged, reviewer, second_reviewer
):
    mine.post("/me/risk/ask/", {})
    review.approve(application=flagged, seen_round=1, by=reviewer, how_checked=HOW)
    request = Complaint.objects.get()

    with pytest.raises(complaints.NotYours):
        complaints.answer(complaint=request, words=ANSWER, by=reviewer)
    complaints.answer(complaint=request, words=ANSWER, by=second_reviewer)

    assert Complaint.objects.get().answered_by == second_reviewer


def test_a_wish_shows_its_signals_again_until_it_is_answered(
    mine, browser, flagged, address, reviewer, second_reviewer
):
    review.send_back(
        application=flagged, seen_round=1, remarks={"name": ("mismatch", "")}, by=reviewer
    )
    mine.post("/me/risk/ask/", {})
    asked = page(browser.get(address))
    complaints.answer(complaint=Complaint.objects.get(), words=ANSWER, by=second_reviewer)

    assert DOUBLE in asked
    assert DOUBLE not in page(browser.get(address))


def test_reading_a_wish_is_ledgered_and_looking_at_the_application_is_not(
    mine, browser, flagged, address, reviewer
):
    mine.post("/me/risk/ask/", {"words": "请看营业执照"})
    application = page(browser.get(address))
    before = LedgerEntry.objects.filter(verb="complaint_read").count()

    wish = page(browser.get(f"{address}human-look/"))

    assert "请看营业执照" not in application
    assert "请看营业执照" in wish
    assert before == 0
    assert LedgerEntry.objects.filter(verb="complaint_read", actor=reviewer.pk).count() == 1


def test_what_was_typed_at_the_wish_stays_when_it_is_too_short(mine, browser, flagged, address):
    mine.post("/me/risk/ask/", {})

    answer = browser.post(f"{address}human-look/", {"words": "好"})

    assert answer.status_code == 422
    assert ">\n好</textarea>" in page(answer)


@pytest.mark.parametrize("who", ["officer", "ops", "stranger"])
def test_nobody_but_reviewers_reads_a_wish_beside_its_application(
    mine, flagged, address, who, request
):
    mine.post("/me/risk/ask/", {})

    answer = factories.signed_in(request.getfixturevalue(who)).get(f"{address}human-look/")

    assert answer.status_code == 403


def test_an_officer_answers_it_among_the_complaints_too(mine, flagged, reviewer):
    mine.post("/me/risk/ask/", {})
    both = make_staff("both", "officer")

    browser = factories.signed_in(both)
    listed = page(browser.get("/desk/complaints/"))
    browser.post(f"/desk/complaints/{Complaint.objects.get().pk}/", {"words": ANSWER})

    assert "请人工复核申请" in listed
    assert Complaint.objects.get().answered_by == both


def test_the_public_form_does_not_offer_it():
    assert 'value="human_look"' not in page(Client().get("/complaints/"))


def test_another_mans_application_cannot_be_asked_about(flagged, merchant):
    with pytest.raises(risk.NothingToLookAt):
        risk.ask_a_person(application=flagged, by=merchant)
