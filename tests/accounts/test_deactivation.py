"""我的 - 设置 - 账号注销: from the consequences to the receipt, and back while it can be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import erasure, sign_in
from accounts.actions.erasure import requesting
from accounts.models import Challenge, Erasure, LedgerEntry, Person
from accounts.transitions import MoveRefused
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import last_code, messages

pytestmark = pytest.mark.django_db


def prove(browser):
    browser.post("/me/deactivate/")
    return browser.post("/me/deactivate/code/", {"code": last_code()})


def deactivate(browser):
    prove(browser)
    return browser.post("/me/deactivate/confirm/", {"understood": "on"})


@pytest.mark.clause("C148", "A87", "B83")
def test_a_merchant_deactivates_from_the_settings_with_a_code_and_a_yes(merchant_browser, merchant):
    settings = merchant_browser.get("/me/settings/").content.decode()
    proven = prove(merchant_browser)
    done = merchant_browser.post("/me/deactivate/confirm/", {"understood": "on"})

    merchant.refresh_from_db()
    assert "账号注销" in settings
    assert (proven.url, done.url) == ("/me/deactivate/confirm/", "/me/deactivate/scheduled/")
    assert merchant.state == "closing"
    assert Erasure.objects.get().state == "scheduled"


@pytest.mark.clause("B84")
def test_the_consequences_say_it_cannot_be_undone_what_goes_what_stays_and_until_when(
    merchant_browser,
):
    page = merchant_browser.get("/me/deactivate/").content.decode()

    for said in (
        "注销后无法恢复",
        "会删除什么",
        "手机号",
        "什么会依法保留",
        "3 个工作日",
        "也可以不注销",
    ):
        assert said in page


def test_no_more_is_asked_than_the_phone_code(merchant_browser):
    merchant_browser.post("/me/deactivate/")

    page = merchant_browser.get("/me/deactivate/code/")

    assert list(page.context["form"].fields) == ["code"]


def test_the_box_is_not_ticked_beforehand_and_without_it_nothing_happens(merchant_browser):
    prove(merchant_browser)
    page = merchant_browser.get("/me/deactivate/confirm/").content.decode()

    refused = merchant_browser.post("/me/deactivate/confirm/", {})

    assert "checked" not in page
    assert refused.status_code == 422
    assert not Erasure.objects.exists()


def test_without_a_code_there_is_no_confirmation(merchant_browser):
    response = merchant_browser.post("/me/deactivate/confirm/", {"understood": "on"})

    assert response.url == "/me/deactivate/"
    assert not Erasure.objects.exists()


def test_a_code_proven_in_one_browser_confirms_nothing_in_another(merchant_browser, merchant):
    prove(merchant_browser)

    elsewhere = browser_of(merchant, "MerchantBackend")
    response = elsewhere.post("/me/deactivate/confirm/", {"understood": "on"})

    assert response.url == "/me/deactivate/"


def test_a_proven_code_is_good_for_ten_minutes(merchant_browser):
    prove(merchant_browser)
    session = merchant_browser.session
    session["deactivate_proven"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()

    response = merchant_browser.post("/me/deactivate/confirm/", {"understood": "on"})

    assert response.url == "/me/deactivate/"


def test_a_wrong_code_is_told_at_the_field(merchant_browser):
    merchant_browser.post("/me/deactivate/")
    wrong = f"{(int(last_code()) + 1) % 1_000_000:06d}"

    page = merchant_browser.post("/me/deactivate/code/", {"code": wrong})

    assert page.status_code == 422
    assert "还可以再试 4 次" in page.content.decode()


def test_pressing_twice_on_a_right_code_goes_on(merchant_browser):
    prove(merchant_browser)

    again = merchant_browser.post("/me/deactivate/code/", {"code": "000000"})

    assert again.url == "/me/deactivate/confirm/"


def test_asking_twice_within_a_minute_is_told_how_long_to_wait(merchant_browser):
    merchant_browser.post("/me/deactivate/")

    again = merchant_browser.post("/me/deactivate/")

    assert again.status_code == 429
    assert "秒后再试" in again.content.decode()


@pytest.mark.clause("C150")
def test_the_date_by_which_it_is_done_and_the_receipt_are_shown(merchant_browser):
    deactivate(merchant_browser)
    found = Erasure.objects.get()

    page = merchant_browser.get("/me/deactivate/scheduled/").content.decode()

    due = timezone.localtime(found.due_at)
    assert f"{due.year}年{due.month}月{due.day}日" in page
    assert found.code in page
    assert f"/receipt/{found.code}/" in page


def test_it_can_be_taken_back_until_it_starts(merchant_browser, merchant):
    deactivate(merchant_browser)

    merchant_browser.post("/me/deactivate/cancel/")

    merchant.refresh_from_db()
    assert merchant.state == "open"
    assert Erasure.objects.get().state == "cancelled"


def test_too_late_to_take_it_back_is_said_plainly(merchant_browser, merchant, monkeypatch):
    deactivate(merchant_browser)
    found = Erasure.objects.get()
    monkeypatch.setattr(requesting, "move", _started_meanwhile)

    page = merchant_browser.post("/me/deactivate/cancel/", follow=True)

    assert "删除已经开始，无法撤回" in page.content.decode()
    assert Person.objects.filter(pk=found.person).exists()


def _started_meanwhile(row, to, **_):
    raise MoveRefused(row, "running", to)


def test_pressing_twice_asks_once(merchant_browser):
    deactivate(merchant_browser)

    again = merchant_browser.post("/me/deactivate/confirm/", {"understood": "on"})

    assert again.url == "/me/deactivate/scheduled/"
    assert Erasure.objects.count() == 1


def test_while_closing_one_may_look_but_start_nothing_new(merchant_browser):
    deactivate(merchant_browser)

    looking = merchant_browser.get("/me/settings/")
    business = merchant_browser.post("/apply/role/", {"role": "agent"})

    assert looking.status_code == 200
    assert business.status_code == 409
    assert "先撤回注销" in business.content.decode()


@pytest.mark.clause("C151", "C152")
def test_in_the_end_they_are_signed_out_told_and_gone(merchant_browser, merchant):
    deactivate(merchant_browser)
    found = Erasure.objects.get()

    erasure.run(erasure_id=found.pk, now=found.starts_at)

    assert merchant_browser.get("/me/settings/").status_code == 302
    assert not Person.objects.filter(pk=merchant.pk).exists()
    assert "您的账号已注销" in messages()[0]["text"]


def test_the_same_number_may_register_again_as_somebody_new(merchant_browser, merchant):
    deactivate(merchant_browser)
    found = Erasure.objects.get()
    erasure.run(erasure_id=found.pk, now=found.starts_at)

    person, is_new = sign_in.person_for(phone="13800138000")

    assert is_new
    assert person.pk != merchant.pk


def test_the_ledger_of_a_deactivation_names_nobody(merchant_browser):
    deactivate(merchant_browser)

    bodies = " ".join(LedgerEntry.objects.values_list("body", flat=True))
    assert "13800138000" not in bodies
    assert Challenge.objects.get().sealed_phone is None
