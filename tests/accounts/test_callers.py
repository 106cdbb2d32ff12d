"""Who is on the line: nothing of an account before a code is read out; all numbers are alike."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import callers, codes, housekeeping
from accounts.models import CallerCheck, Challenge, LedgerEntry, SupportContact
from tests.accounts import call_kit as kit
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import last_code, messages

pytestmark = pytest.mark.django_db

NOBODYS = "13700137000"


@pytest.fixture
def desk(reviewer):
    return browser_of(reviewer, "StaffBackend")


def phrase_on(page):
    return re.search(r'<p class="spoken">(\S+)</p>', page.content.decode())[1]


@pytest.mark.clause("B30", "C44", "C156")
def test_the_account_is_seen_once_the_caller_read_the_code_out(merchant, desk):
    sent = kit.dialled(desk)
    code = last_code()
    right = desk.post("/desk/callers/code/", {"code": code})
    page = desk.get(right.headers["Location"])

    assert sent.headers["Location"] == "/desk/callers/code/"
    text = page.content.decode()
    assert "核验通过" in text
    assert "10 分钟内有效" in text
    assert "138****8000" in text
    assert kit.PHONE not in text
    entry = LedgerEntry.objects.get(verb="caller_proven")
    assert (entry.stream, entry.actor) == (str(merchant.pk), page.wsgi_request.user.pk)


@pytest.mark.clause("B30", "C156")
def test_without_a_check_of_this_session_there_is_nothing_to_see(merchant, reviewer, desk):
    address = kit.on_the_line(desk)
    same_person_elsewhere = browser_of(reviewer, "StaffBackend")

    assert same_person_elsewhere.get(address).status_code == 404
    assert desk.get("/desk/callers/").content.decode().count("138****8000") == 0


def test_a_colleague_cannot_use_somebody_elses_check(merchant, desk, second_reviewer):
    address = kit.on_the_line(desk)

    assert browser_of(second_reviewer, "StaffBackend").get(address).status_code == 404


def test_a_number_without_an_account_is_answered_alike(merchant, desk):
    with CaptureQueriesContext(connection) as known:
        one = kit.dialled(desk)
    with CaptureQueriesContext(connection) as unknown:
        other = kit.dialled(desk, NOBODYS)
    page = desk.get("/desk/callers/code/").content.decode()
    wrong = desk.post("/desk/callers/code/", {"code": "000000"}).content.decode()

    assert (one.status_code, one.headers["Location"]) == (
        other.status_code,
        other.headers["Location"],
    )
    assert len(known) == len(unknown)
    assert [message["phone"] for message in messages()] == [NOBODYS, kit.PHONE]
    assert "没有账号" not in page + wrong


def test_only_who_holds_the_number_learns_that_it_has_no_account(desk):
    kit.dialled(desk, NOBODYS)

    answer = desk.post("/desk/callers/code/", {"code": last_code()}, follow=True)

    assert "它没有账号" in answer.content.decode()
    assert not CallerCheck.objects.exists()


def test_a_part_of_a_number_finds_nobody(merchant, desk):
    page = kit.dialled(desk, "1380013")

    assert page.status_code == 422
    assert "手机号是 11 位数字" in page.content.decode()
    assert not Challenge.objects.exists()


@pytest.mark.clause("C45")
def test_nothing_begins_before_the_caller_was_told_of_the_record(merchant, desk):
    page = desk.post("/desk/callers/", {"phone": kit.PHONE})

    assert page.status_code == 422
    assert "请先告诉对方，再勾选。" in page.content.decode()
    assert kit.PHONE in page.content.decode()
    assert not Challenge.objects.exists()


@pytest.mark.clause("C45")
def test_the_message_with_the_code_tells_of_the_record_too(merchant, desk):
    kit.dialled(desk)

    assert "谈话会用文字记下" in messages()[0]["text"]


def test_the_caller_hears_the_phrase_of_their_message_first(merchant, desk):
    kit.dialled(desk)

    phrase = phrase_on(desk.get("/desk/callers/code/"))

    assert f"暗语“{phrase}”" in messages()[0]["text"]


def test_a_spoken_code_is_not_offered_to_any_browser(merchant, desk):
    kit.dialled(desk)

    assert "\n@" not in messages()[0]["text"]


@pytest.mark.clause("B30", "C44")
def test_a_merchant_who_is_signed_in_reads_out_the_code_of_their_page(
    merchant, merchant_browser, desk
):
    code, phrase = kit.shown_code(merchant_browser)

    answer = kit.dialled(desk, code=code)
    page = desk.get(answer.headers["Location"])

    assert phrase_on(page) == phrase
    assert CallerCheck.objects.get().way == "page"
    assert messages() == []


@pytest.mark.parametrize("phone", [kit.PHONE, NOBODYS])
def test_a_wrong_page_code_and_an_unknown_number_are_refused_in_one_way(
    merchant, merchant_browser, desk, phone
):
    code, _phrase = kit.shown_code(merchant_browser)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    page = kit.dialled(desk, phone, code=wrong)

    assert page.status_code == 422
    assert "号码和核验码对不上，或者核验码已经过期" in page.content.decode()


def test_the_code_of_a_page_works_once_and_a_new_one_ends_it(merchant, merchant_browser, desk):
    old, _phrase = kit.shown_code(merchant_browser)
    code, _phrase = kit.shown_code(merchant_browser)

    answers = [kit.dialled(desk, code=one).status_code for one in (old, code, code)]

    assert answers == [422, 302, 422]


def test_page_codes_are_limited_and_never_use_up_the_messages_of_a_number(merchant, desk):
    for _ in range(codes.SHOWN_PER_HOUR):
        callers.show_code(person=merchant)

    with pytest.raises(codes.TooMany):
        callers.show_code(person=merchant)
    assert kit.dialled(desk).status_code == 302


def test_calls_are_counted_by_member_of_staff_and_not_by_their_office(reviewer, second_reviewer):
    now = timezone.now()
    for n in range(20):
        callers.ask(phone=f"137001370{n:02d}", desk=kit.desk(reviewer), now=now)

    with pytest.raises(codes.TooMany):
        callers.ask(phone=kit.PHONE, desk=kit.desk(reviewer), now=now)
    callers.ask(phone=kit.PHONE, desk=kit.desk(second_reviewer), now=now)


@pytest.mark.clause("C44")
def test_after_ten_minutes_the_account_is_hidden_and_the_record_can_still_be_written(
    merchant, reviewer, desk
):
    address = kit.on_the_line(desk)
    CallerCheck.objects.update(ends_at=timezone.now())

    page = desk.get(address).content.decode()
    saved = desk.post(address, kit.FORM)

    assert "138****8000" not in page
    assert "核验已到期" in page
    assert saved.status_code == 302
    assert SupportContact.objects.count() == 1


def test_only_those_who_talk_with_merchants_get_in(merchant, ops, merchant_browser):
    ops_browser = browser_of(ops, "StaffBackend")

    assert ops_browser.get("/desk/callers/").status_code == 403
    assert merchant_browser.get("/desk/callers/").status_code == 403
    assert Client().get("/desk/callers/").status_code == 302


def test_checks_go_after_a_day(merchant, reviewer):
    now = timezone.now()
    kit.proven(reviewer, now=now)

    housekeeping.clean_up(now=now + timedelta(hours=25))

    assert not CallerCheck.objects.exists()


def test_no_number_and_no_code_is_in_the_session_or_the_ledger(merchant, desk):
    kit.dialled(desk)
    code = last_code()
    kept = str(dict(desk.session))
    desk.post("/desk/callers/code/", {"code": code})

    written = kept + "".join(LedgerEntry.objects.values_list("body", flat=True))
    assert kit.PHONE not in written
    assert code not in written
