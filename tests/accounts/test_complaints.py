"""Complaints: by anybody, sealed, answered in time, judged again by another, forgotten at last."""

from datetime import datetime, timedelta
from typing import cast

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import ledger
from accounts.actions import complaints, erasure, housekeeping
from accounts.clocks import SHANGHAI
from accounts.holders import Complaints
from accounts.models import Complaint, LedgerEntry
from accounts.personal.holders import Fate
from accounts.ports import sms
from accounts.states import ComplaintState
from tests import factories
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import messages

pytestmark = pytest.mark.django_db

WORDS = "昨天有人冒充你们的客服，说出了我的店名和电话。"
ANSWER = "已核实，不是我们的员工。相关号码已向12321举报。"
ADDRESS = "203.0.113.9"
NUMBER = "13700137000"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


def complain(by=None, *, topic="leak", contact="", now=None, address=ADDRESS):
    return complaints.take_in(
        topic=topic, words=WORDS, contact=contact, address=address, by=by, now=now
    )


def answered(officer, by=None, **given):
    found = complain(by, **given)
    complaints.answer(complaint=found, words=ANSWER, by=officer, now=given.get("now"))
    return found


@pytest.mark.clause("C109", "C174")
def test_anybody_reports_a_leak_without_signing_in_and_follows_it_by_its_code():
    browser = Client()

    sent = browser.post("/complaints/", {"topic": "leak", "words": WORDS, "contact": NUMBER})

    found = Complaint.objects.get()
    assert sent.headers["Location"] == f"/complaints/{found.code}/"
    page = browser.get(sent.headers["Location"])
    text = page.content.decode()
    assert "等待答复" in text
    assert "先保护账号" in text
    assert WORDS not in text
    assert NUMBER not in text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.clause("C109", "C173")
def test_the_page_names_the_hotline_the_address_and_the_authorities():
    text = Client().get("/complaints/").content.decode()

    assert 'href="tel:4001665151"' in text
    assert "信息保护专员" in text
    assert 'href="tel:12377"' in text
    assert 'href="tel:12315"' in text


@pytest.mark.clause("B97")
def test_a_guardian_has_a_way_of_their_own():
    Client().post("/complaints/", {"topic": "guardian", "words": "孩子用我的手机注册了账号"})

    assert Complaint.objects.get().topic == Complaint.Topic.GUARDIAN


def test_what_is_typed_badly_is_named_and_kept():
    page = Client().post("/complaints/", {"words": WORDS, "contact": "12345"})

    assert page.status_code == 422
    text = page.content.decode()
    assert "请选择是哪一类事。" in text
    assert "请填写 11 位手机号，或者留空。" in text
    assert WORDS in text
    assert not Complaint.objects.exists()


def test_what_people_write_is_sealed_at_rest():
    complain(contact=NUMBER)

    with connection.cursor() as cursor:
        cursor.execute("SELECT words, contact FROM accounts_complaint")
        raw = b"".join(bytes(value) for value in cursor.fetchone())

    assert WORDS.encode() not in raw
    assert NUMBER.encode() not in raw


@pytest.mark.clause("C175")
def test_the_answer_is_due_on_the_fifteenth_day():
    found = complain(now=MONDAY)

    assert found.due_at.astimezone(SHANGHAI).date().isoformat() == "2026-12-08"
    assert not found.is_late(found.due_at)
    assert found.is_late(found.due_at + timedelta(seconds=1))


def test_one_address_sends_five_an_hour_and_another_is_not_held_up():
    for _ in range(complaints.PER_HOUR):
        complain(now=MONDAY)

    with pytest.raises(complaints.TooMany):
        complain(now=MONDAY)
    complain(now=MONDAY, address="198.51.100.7")
    complain(now=MONDAY + timedelta(hours=1, seconds=1))

    assert Complaint.objects.count() == complaints.PER_HOUR + 2


def test_too_many_are_refused_with_the_words_kept():
    browser = Client(REMOTE_ADDR=ADDRESS)
    for _ in range(complaints.PER_HOUR):
        complain()

    page = browser.post("/complaints/", {"topic": "leak", "words": WORDS})

    assert page.status_code == 422
    assert "一小时后再提交" in page.content.decode()
    assert WORDS in page.content.decode()


def test_an_address_is_counted_for_a_day_and_then_forgotten():
    found = complain(now=MONDAY)

    housekeeping.clean_up(now=MONDAY + timedelta(hours=23))
    found.refresh_from_db()
    kept = found.address_hash
    housekeeping.clean_up(now=MONDAY + timedelta(hours=25))
    found.refresh_from_db()

    assert kept
    assert ADDRESS not in kept
    assert found.address_hash == ""


@pytest.mark.clause("B31")
def test_an_officer_reads_answers_and_both_are_in_the_ledger(officer):
    found = complain()
    browser = browser_of(officer, "StaffBackend")

    read = browser.get(f"/desk/complaints/{found.pk}/")
    browser.post(f"/desk/complaints/{found.pk}/", {"words": ANSWER})

    assert WORDS in read.content.decode()
    assert ANSWER in Client().get(f"/complaints/{found.code}/").content.decode()
    verbs = LedgerEntry.objects.filter(stream=str(found.owner)).order_by("seq")
    told = [(entry.verb, entry.actor) for entry in verbs]
    assert told == [("complained", None), ("complaint_read", officer.pk), ("moved", officer.pk)]
    assert WORDS not in "".join(entry.body for entry in verbs)
    assert ledger.verify() is None


@pytest.mark.parametrize("name", ["reviewer", "ops", "merchant"])
def test_nobody_but_officers_reads_them(name, request):
    found = complain()
    person = request.getfixturevalue(name)
    backend = "MerchantBackend" if person.is_merchant else "StaffBackend"

    browser = factories.signed_in(person) if person.is_merchant else browser_of(person, backend)

    assert browser.get(f"/desk/complaints/{found.pk}/").status_code in {302, 403, 404}
    assert not LedgerEntry.objects.filter(verb="complaint_read").exists()


def test_of_two_answers_the_first_stands(officer, second_officer):
    found = complain()
    late = Complaint.objects.get(pk=found.pk)
    complaints.answer(complaint=found, words=ANSWER, by=officer)

    page = browser_of(second_officer, "StaffBackend").post(
        f"/desk/complaints/{late.pk}/", {"words": "另一个答复，晚了一步"}
    )

    with pytest.raises(complaints.AlreadyAnswered):
        complaints.answer(complaint=late, words="又一个答复", by=second_officer)
    assert page.status_code == 422
    assert Complaint.objects.get().answer.clear == ANSWER


def test_an_appeal_is_heard_once_within_fifteen_working_days_by_another(officer, second_officer):
    found = answered(officer, now=MONDAY)
    page = Client().post(f"/complaints/{found.code}/", {"words": "没有说明怎么泄露的"})
    again = Client().post(f"/complaints/{found.code}/", {"words": "再申诉一次行不行"})

    found.refresh_from_db()
    assert (page.status_code, again.status_code) == (302, 302)
    assert found.state == ComplaintState.APPEALED
    assert found.appeal.clear == "没有说明怎么泄露的"
    with pytest.raises(complaints.NotYours):
        complaints.answer(complaint=found, words=ANSWER, by=officer)
    complaints.answer(complaint=found, words="已换人复核，附调查经过。", by=second_officer)
    assert found.state == ComplaintState.CLOSED
    assert "附调查经过" in Client().get(f"/complaints/{found.code}/").content.decode()


def test_the_database_refuses_an_appeal_judged_by_who_answered(officer):
    found = answered(officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=found.pk).update(closed_by=officer)


def test_the_answer_is_told_once_to_the_number_left(officer):
    found = answered(officer, contact=NUMBER, now=MONDAY)

    for _ in range(2):
        complaints.tell(complaint_id=found.pk, now=MONDAY)

    assert [one["phone"] for one in messages()] == [NUMBER]
    assert found.code in messages()[0]["text"]
    assert complaints.to_tell(MONDAY + timedelta(days=1)) == []


def test_a_merchant_is_told_on_the_number_of_the_account(officer, merchant):
    found = answered(officer, merchant, now=MONDAY)

    complaints.tell(complaint_id=found.pk, now=MONDAY)

    assert [one["phone"] for one in messages()] == ["13800138000"]


def test_a_failed_message_is_sent_again_and_given_up_after_a_week(officer, monkeypatch):
    found = answered(officer, contact=NUMBER, now=MONDAY)

    def fail(*_args):
        raise sms.SmsFailed("gateway down")

    with monkeypatch.context() as broken:
        broken.setattr(sms, "send", fail)
        complaints.tell(complaint_id=found.pk, now=MONDAY)
    assert complaints.to_tell(MONDAY + timedelta(minutes=5)) == []
    assert complaints.to_tell(MONDAY + complaints.RETRY) == [found.pk]
    with monkeypatch.context() as broken:
        broken.setattr(sms, "send", fail)
        complaints.tell(complaint_id=found.pk, now=MONDAY + timedelta(days=8))

    assert complaints.to_tell(MONDAY + timedelta(days=30)) == []


def test_a_sender_killed_half_way_leaves_it_to_the_next_one(officer, monkeypatch):
    found = answered(officer, contact=NUMBER, now=MONDAY)

    def killed(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(sms, "send", killed)
        with pytest.raises(KeyboardInterrupt):
            complaints.tell(complaint_id=found.pk, now=MONDAY)
    complaints.tell(complaint_id=found.pk, now=MONDAY + complaints.LEASE)

    assert [one["phone"] for one in messages()] == [NUMBER]


def test_a_leaving_merchant_takes_the_words_along_and_the_fact_stays(officer, merchant):
    found = answered(officer, merchant)

    outcome = Complaints().erase(merchant.pk, found.pk)

    found.refresh_from_db()
    assert (outcome.fate, outcome.count) == (Fate.ANONYMISED, 1)
    assert found.state == ComplaintState.DROPPED
    assert [found.words, found.contact, found.answer] == [None, None, None]
    assert "账号已注销" in Client().get(f"/complaints/{found.code}/").content.decode()


def test_nothing_is_answered_behind_a_deactivation(officer, merchant):
    found = complain(merchant)
    asked = erasure.request(person=merchant)
    erasure.run(erasure_id=asked.pk, now=asked.starts_at)
    stale = Complaint(pk=found.pk, owner=merchant.pk, state="received", due_at=found.due_at)

    with pytest.raises(complaints.AlreadyAnswered):
        complaints.answer(complaint=stale, words=ANSWER, by=officer)

    assert Complaint.objects.get().answer is None


def test_a_closing_account_may_still_complain(merchant):
    browser = factories.signed_in(merchant)
    erasure.request(person=merchant)

    sent = browser.post("/complaints/", {"topic": "service", "words": "注销为什么要等三天"})

    assert sent.status_code == 302
    assert Complaint.objects.get().owner == merchant.pk


def test_words_go_half_a_year_after_the_answer_and_a_strangers_key_with_them(officer):
    found = answered(officer, now=MONDAY)

    early = housekeeping.clean_up(now=MONDAY + complaints.KEPT - timedelta(seconds=1))
    late = housekeeping.clean_up(now=MONDAY + complaints.KEPT)

    found.refresh_from_db()
    assert (early["complaints"], late["complaints"]) == (0, 1)
    assert [found.words, found.answer] == [None, None]
    assert found.topic == "leak"


def test_an_unanswered_complaint_is_never_forgotten():
    found = complain(now=MONDAY)

    housekeeping.clean_up(now=MONDAY + timedelta(days=4000))

    assert Complaint.objects.get(pk=found.pk).words.clear == WORDS


def test_a_merchant_sees_them_in_the_list_and_the_export(officer, merchant):
    answered(officer, merchant)

    held = {line.label: line.count for line in Complaints().inventory(merchant.pk)}
    (exported,) = cast(list[dict[str, str]], Complaints().export(merchant.pk)["complaints"])

    assert held == {"投诉和举报的内容": 1, "我们的答复": 1}
    assert exported["投诉和举报的内容"] == WORDS
    assert exported["我们的答复"] == ANSWER


def test_the_list_names_what_is_late_first_and_costs_the_same_for_three_as_for_one(officer):
    browser = browser_of(officer, "StaffBackend")
    browser.get("/desk/complaints/")
    complain(now=timezone.now() - timedelta(days=20))
    with CaptureQueriesContext(connection) as of_one:
        text = browser.get("/desk/complaints/").content.decode()
    for topic in ("service", "privacy"):
        complain(topic=topic)
    with CaptureQueriesContext(connection) as of_three:
        page = browser.get("/desk/complaints/")

    assert "1 份已超过承诺时间" in text
    assert len(of_three) == len(of_one)
    topics = [row["complaint"].topic for row in page.context["rows"]]
    assert (topics[0], len(topics)) == ("leak", 3)


def test_an_unknown_code_is_nobodys():
    assert Client().get("/complaints/nothing/").status_code == 404
