"""What was said: told first, sealed, never rewritten, seen by the merchant, gone in its time."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.actions import codes, contacts, export, housekeeping
from accounts.holders import Contacts
from accounts.models import (
    CallerCheck,
    Challenge,
    Complaint,
    ContactAddition,
    ContactEvidence,
    Erasure,
    LedgerEntry,
    SupportContact,
)
from accounts.personal.holders import Fate
from accounts.scans import DOCUMENT_MAX_BYTES, DocumentRefused
from accounts.states import ErasureState, PersonState
from tests.accounts import call_kit as kit
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import last_code, messages

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nwritten request"


@pytest.fixture
def desk(reviewer):
    return browser_of(reviewer, "StaffBackend")


def write(desk, **changes):
    """The record's address, after a call."""
    return desk.post(kit.on_the_line(desk), kit.FORM | changes).headers["Location"]


@pytest.mark.clause("B31", "C43", "C45", "A29", "A43")
def test_what_was_said_is_kept_with_the_result_and_shown_to_the_merchant(
    merchant, merchant_browser, desk
):
    write(desk, callback="13600136000")

    found = SupportContact.objects.get()
    assert found.told_at <= found.proven_at <= found.at
    assert (found.words.clear, found.result.clear) == (kit.WORDS, kit.RESULT)
    assert found.callback.clear == "13600136000"
    text = merchant_browser.get("/me/support/").content.decode()
    assert kit.WORDS in text
    assert kit.RESULT in text
    assert "先告诉了会记录" in text
    assert "念出发到登录手机号的验证码" in text


@pytest.mark.clause("B31", "A43")
def test_what_was_said_is_sealed_at_rest(merchant, reviewer):
    kit.recorded(reviewer, evidence=PDF)

    with connection.cursor() as cursor:
        cursor.execute("SELECT words, result FROM accounts_supportcontact")
        raw = b"".join(bytes(value) for value in cursor.fetchone())
        cursor.execute("SELECT sealed FROM accounts_contactevidence")
        raw += bytes(cursor.fetchone()[0])

    assert kit.WORDS.encode() not in raw
    assert PDF not in raw


def test_what_is_typed_badly_is_named_and_kept(merchant, desk):
    page = desk.post(kit.on_the_line(desk), kit.FORM | {"result": "", "callback": "123"})

    assert page.status_code == 422
    text = page.content.decode()
    assert "请写处理结果。" in text
    assert "请填写 11 位手机号，或者留空。" in text
    assert kit.WORDS in text


def test_a_check_older_than_an_hour_records_nothing(merchant, reviewer):
    now = timezone.now()
    check = kit.proven(reviewer, now=now)

    with pytest.raises(contacts.CheckOver):
        contacts.record(
            check=check,
            said=kit.said(),
            by=reviewer,
            session=kit.SESSION,
            now=now + timedelta(minutes=61),
        )


@pytest.mark.parametrize("elsewhere", ["session", "person"])
def test_a_check_records_nothing_elsewhere(merchant, reviewer, second_reviewer, elsewhere):
    check = kit.proven(reviewer)
    by = second_reviewer if elsewhere == "person" else reviewer
    session = "another" if elsewhere == "session" else kit.SESSION

    with pytest.raises(contacts.CheckOver):
        contacts.record(check=check, said=kit.said(), by=by, session=session)


def test_pressing_twice_leads_to_the_one_record(merchant, desk):
    address = kit.on_the_line(desk)

    first, second = (desk.post(address, kit.FORM).headers["Location"] for _ in range(2))

    assert first == second
    assert SupportContact.objects.count() == 1


# Reading and adding


def test_what_came_later_is_added_and_the_record_stays(merchant, merchant_browser, desk):
    address = write(desk)

    desk.post(address, {"words": "第二天回电，商家已经重新提交。"})

    assert SupportContact.objects.get().words.clear == kit.WORDS
    assert ContactAddition.objects.get().words.clear == "第二天回电，商家已经重新提交。"
    assert "第二天回电" in merchant_browser.get("/me/support/").content.decode()


def test_reading_a_record_is_noted(merchant, desk, reviewer):
    address = write(desk)

    desk.get(address)

    entry = LedgerEntry.objects.filter(verb="contact_read").last()
    assert (entry.stream, entry.actor) == (str(merchant.pk), reviewer.pk)


def test_a_colleague_reads_it_only_with_the_merchant_on_the_line(
    merchant, desk, second_reviewer, officer
):
    address = write(desk)
    colleague = browser_of(second_reviewer, "StaffBackend")

    before = colleague.get(address).status_code
    CallerCheck.objects.all().delete()
    Challenge.objects.all().delete()
    kit.on_the_line(colleague)

    assert before == 404
    assert colleague.get(address).status_code == 200
    assert browser_of(officer, "StaffBackend").get(address).status_code == 200


def test_nobody_sees_another_merchants_records(merchant, stranger, desk):
    address = write(desk, evidence=SimpleUploadedFile("a.pdf", PDF))
    other = browser_of(stranger, "MerchantBackend")

    assert kit.WORDS not in other.get("/me/support/").content.decode()
    own = address.replace("/desk/contacts/", "/me/support/") + "evidence/"
    assert other.get(own).status_code == 404


# Evidence


@pytest.mark.clause("B31", "C155")
def test_a_written_request_is_kept_sealed_and_given_back_to_its_owner(
    merchant, merchant_browser, desk
):
    address = write(desk, evidence=SimpleUploadedFile("a.pdf", PDF))

    of_staff = desk.get(f"{address}evidence/")
    own = address.replace("/desk/contacts/", "/me/support/") + "evidence/"
    of_owner = merchant_browser.get(own)

    assert of_staff.content == of_owner.content == PDF
    assert of_staff.headers["Content-Disposition"].startswith("attachment")
    assert LedgerEntry.objects.filter(verb="revealed").count() == 2


def test_what_is_no_document_is_refused_with_the_words_kept(merchant, desk):
    address = kit.on_the_line(desk)

    page = desk.post(address, kit.FORM | {"evidence": SimpleUploadedFile("a.pdf", b"MZ")})

    assert page.status_code == 422
    assert "只能是 PDF、JPG 或 PNG" in page.content.decode()
    assert kit.WORDS in page.content.decode()


def test_a_document_that_is_too_big_is_never_left_out_silently(merchant, desk):
    address = kit.on_the_line(desk)
    big = SimpleUploadedFile("a.pdf", PDF + b"x" * DOCUMENT_MAX_BYTES)

    page = desk.post(address, kit.FORM | {"evidence": big})

    assert page.status_code == 422
    assert "超过 10 MB" in page.content.decode()
    assert kit.WORDS in page.content.decode()
    assert not SupportContact.objects.exists()


def test_an_empty_document_is_refused(merchant, reviewer):
    with pytest.raises(DocumentRefused):
        kit.recorded(reviewer, evidence=b"")

    assert not SupportContact.objects.exists()


# Acting for whoever is on the line


@pytest.mark.clause("C132", "C133")
def test_a_request_by_phone_is_registered_and_due_in_fifteen_days(merchant, merchant_browser, desk):
    address = write(desk, subject="access")

    desk.post(f"{address}take-in/", {"topic": "rights"})

    taken = Complaint.objects.get()
    assert taken.owner == merchant.pk
    assert taken.words.clear == kit.WORDS
    days = timezone.localtime(taken.due_at).date() - timezone.localdate()
    assert days == timedelta(days=15)
    page = merchant_browser.get("/me/support/").content.decode()
    assert f"/complaints/{taken.code}/" in page
    entry = LedgerEntry.objects.get(verb="complained")
    assert entry.actor == SupportContact.objects.get().by_id


def test_it_is_registered_once(merchant, desk):
    address = write(desk)

    for _ in range(2):
        desk.post(f"{address}take-in/", {"topic": "service"})

    assert Complaint.objects.count() == 1


def test_without_somebody_on_the_line_nothing_is_done_for_them(merchant, desk):
    address = write(desk)
    CallerCheck.objects.update(ends_at=timezone.now())

    page = desk.post(f"{address}take-in/", {"topic": "service"}, follow=True)
    again = desk.post(f"{address}close/", follow=True)

    assert "请重新核验身份" in page.content.decode()
    assert "请重新核验身份" in again.content.decode()
    assert not Complaint.objects.exists()


@pytest.mark.clause("C149", "C150", "B83")
def test_an_account_is_closed_by_phone_with_a_code_that_says_so(
    merchant, merchant_browser, desk, reviewer
):
    address = write(desk, subject="close")

    desk.post(f"{address}close/")
    text = messages()[0]["text"]
    done = desk.post(f"{address}close/code/", {"code": last_code()})

    assert "用于请客服注销您的账号" in text
    assert done.headers["Location"] == address
    erasure = Erasure.objects.get()
    assert (erasure.person, erasure.state) == (merchant.pk, ErasureState.SCHEDULED)
    entry = LedgerEntry.objects.get(verb="erasure_requested")
    assert entry.actor == reviewer.pk
    assert str(SupportContact.objects.get().pk) in entry.body
    merchant_browser.post("/me/deactivate/cancel/")
    merchant.refresh_from_db()
    assert merchant.state == PersonState.OPEN


def test_the_code_of_the_check_does_not_close_an_account(merchant, reviewer):
    contact = kit.recorded(reviewer)
    checked = last_code()
    asked = contacts.ask_to_close(contact=contact, by=reviewer, session=kit.SESSION)

    with pytest.raises(codes.CodeRefused):
        contacts.close(
            contact=contact,
            challenge_id=asked.pk,
            code=checked,
            by=reviewer,
            session=kit.SESSION,
        )

    assert not Erasure.objects.exists()


# Listed, exported, erased, forgotten


@pytest.mark.clause("B31", "C43")
def test_a_contact_is_listed_exported_and_erased(merchant, reviewer):
    contact = kit.recorded(reviewer, evidence=PDF)
    contacts.add(contact=contact, words="后来又打来一次。", by=reviewer)
    holder = Contacts()

    listed = [line.label for line in holder.inventory(merchant.pk)]
    copy = str(export.export(person=merchant))
    outcome = holder.erase(merchant.pk, merchant.pk)

    assert listed == ["和客服谈的内容", "客服的处理结果", "客服的补充记录", "您交给客服的材料"]
    assert kit.WORDS in copy
    assert "后来又打来一次。" in copy
    assert (outcome.fate, outcome.count) == (Fate.ERASED, 1)
    assert not SupportContact.objects.exists()
    assert not ContactEvidence.objects.exists()
    assert holder.erase(merchant.pk, merchant.pk).fate == Fate.NOTHING


@pytest.mark.clause("A43", "B31")
def test_what_was_said_goes_half_a_year_after_the_last_word(merchant, reviewer):
    now = timezone.now()
    contact = kit.recorded(reviewer, now=now)
    later = now + timedelta(days=100)
    contacts.add(contact=contact, words="后来又打来一次。", by=reviewer, now=later)

    housekeeping.clean_up(now=now + timedelta(days=186))
    kept = SupportContact.objects.count()
    housekeeping.clean_up(now=later + timedelta(days=186))

    assert kept == 1
    assert not SupportContact.objects.exists()
    assert not ContactAddition.objects.exists()


def test_a_complaint_made_of_a_call_outlives_the_record(merchant, reviewer):
    now = timezone.now()
    contact = kit.recorded(reviewer, now=now)
    contacts.take_in(contact=contact, topic="service", by=reviewer, session=kit.SESSION, now=now)

    housekeeping.clean_up(now=now + timedelta(days=186))

    assert not SupportContact.objects.exists()
    assert Complaint.objects.get().words.clear == kit.WORDS


def test_nothing_said_is_in_the_ledger(merchant, reviewer):
    contact = kit.recorded(reviewer)
    contacts.add(contact=contact, words="后来又打来一次。", by=reviewer)

    written = "".join(LedgerEntry.objects.values_list("body", flat=True))

    assert kit.WORDS not in written
    assert "后来" not in written
