"""Guardians: heard without an account, judged by two officers, told nothing before that."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import complaints, guardians, housekeeping
from accounts.models import Complaint, Erasure, GuardianClaim, LedgerEntry
from accounts.scans import DOCUMENT_MAX_BYTES
from accounts.states import ClaimState, ComplaintState, ErasureState
from tests import factories
from tests.accounts import guardian_kit as kit
from tests.accounts.conftest import browser_of

pytestmark = pytest.mark.django_db

ADDRESS = "/complaints/guardian/"
SENT = kit.FORM | {"declared": "on"}


@pytest.fixture
def first_desk(officer):
    return browser_of(officer, "StaffBackend")


@pytest.fixture
def second_desk(second_officer):
    return browser_of(second_officer, "StaffBackend")


def at_desk(claim, act=""):
    return f"/desk/guardians/{claim.pk}/{act}"


@pytest.mark.clause("B97", "A83")
def test_a_guardian_asks_without_an_account_and_follows_it_by_a_code():
    visitor = Client()
    page = visitor.get(ADDRESS).content.decode()

    sent = visitor.post(ADDRESS, SENT)

    found = Complaint.objects.get()
    assert "15 天内答复" in page
    assert sent.headers["Location"] == f"/complaints/{found.code}/"
    assert found.topic == Complaint.Topic.GUARDIAN
    days = timezone.localtime(found.due_at).date() - timezone.localdate()
    assert days == timedelta(days=15)
    assert ADDRESS in visitor.get("/complaints/").content.decode()


@pytest.mark.clause("B97")
def test_nobody_learns_from_the_answer_whether_a_number_has_an_account(merchant):
    pages, counts = [], []
    for phone in (kit.CHILD_PHONE, "13700137000"):
        visitor = Client()
        with CaptureQueriesContext(connection) as asked:
            sent = visitor.post(ADDRESS, SENT | {"child_phone": phone})
        code = sent.headers["Location"].split("/")[-2]
        text = visitor.get(sent.headers["Location"]).content.decode()
        shown = text.replace(code, "").split("<main")[1].split("</main>")[0]
        pages.append(re.sub(r'datetime="[^"]+">[^<]+', "", shown))
        counts.append(len(asked))

    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    assert kit.CHILD_PHONE not in pages[0]


def test_nothing_is_taken_in_from_who_does_not_say_they_are_the_guardian():
    page = Client().post(ADDRESS, kit.FORM)

    assert page.status_code == 422
    assert "请先确认您是孩子的监护人。" in page.content.decode()
    assert kit.WORDS in page.content.decode()
    assert not Complaint.objects.exists()


def test_a_proof_that_is_too_big_is_never_left_out_silently():
    big = SimpleUploadedFile("a.pdf", kit.PDF + b"x" * DOCUMENT_MAX_BYTES)

    page = Client().post(ADDRESS, SENT | {"proof": big})

    assert page.status_code == 422
    assert "超过 10 MB" in page.content.decode()
    assert not Complaint.objects.exists()


def test_number_and_proof_are_sealed_at_rest():
    Client().post(ADDRESS, SENT | {"proof": SimpleUploadedFile("a.pdf", kit.PDF)})

    with connection.cursor() as cursor:
        cursor.execute("SELECT child_phone, sealed FROM accounts_guardianclaim")
        raw = b"".join(bytes(value) for value in cursor.fetchone())

    assert kit.CHILD_PHONE.encode() not in raw
    assert kit.PDF not in raw


def test_a_merchant_who_is_signed_in_gives_it_to_no_account(merchant_browser, merchant):
    merchant_browser.post(ADDRESS, SENT)

    assert Complaint.objects.get().owner != merchant.pk


# The desk


@pytest.mark.clause("A83", "B96", "B97", "B50")
def test_two_officers_have_the_account_of_a_child_erased_and_the_guardian_gets_the_receipt(
    merchant, first_desk, second_desk, officer, second_officer
):
    Client().post(ADDRESS, SENT | {"proof": SimpleUploadedFile("a.pdf", kit.PDF)})
    claim = GuardianClaim.objects.get()
    seen = first_desk.get(at_desk(claim, "proof/"))

    first_desk.post(at_desk(claim, "verify/"), {"seen": "uploaded", "checked": "on"})
    before = Erasure.objects.count()
    second_desk.post(at_desk(claim, "grant/"))

    assert seen.content == kit.PDF
    assert before == 0
    erasure = Erasure.objects.get()
    assert (erasure.person, erasure.state) == (merchant.pk, ErasureState.SCHEDULED)
    told = Client().get(f"/complaints/{claim.complaint.code}/").content.decode()
    assert f"/receipt/{erasure.code}/" in told
    assert "账号与登录 1 项" in told
    asked = LedgerEntry.objects.get(verb="erasure_requested")
    assert asked.actor == second_officer.pk
    assert str(claim.pk) in asked.body


@pytest.mark.clause("B97")
def test_what_was_shown_to_prove_it_goes_with_the_judgement(merchant, officer, second_officer):
    claim = kit.verified(officer, proof=kit.PDF)

    guardians.grant(claim=claim, by=second_officer)

    gone = kit.again(claim)
    assert (gone.child_phone, gone.sealed) == (None, None)


def test_who_verified_it_cannot_grant_it(merchant, officer, first_desk):
    claim = kit.verified(officer)

    page = first_desk.post(at_desk(claim, "grant/"), follow=True)

    assert "要由另一位同事同意" in page.content.decode()
    assert not Erasure.objects.exists()


def test_the_database_knows_that_two_people_judged(merchant, officer):
    claim = kit.verified(officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        GuardianClaim.objects.filter(pk=claim.pk).update(granted_by=officer)


def test_nothing_is_granted_that_nobody_verified(merchant, second_officer):
    claim = kit.taken_in()

    with pytest.raises(guardians.AlreadyJudged):
        guardians.grant(claim=claim, by=second_officer)

    assert not Erasure.objects.exists()


def test_a_verified_guardian_is_told_that_there_is_no_account(officer, second_officer):
    claim = kit.verified(officer, child_phone="13700137000")

    erasure = guardians.grant(claim=claim, by=second_officer)

    assert erasure is None
    assert "没有账号" in kit.again(claim).complaint.answer.clear


@pytest.mark.clause("A83")
def test_the_account_of_a_known_adult_is_no_childs(
    merchant, reviewer, officer, second_officer, second_desk
):
    factories.approved(merchant, reviewer, "agent")
    claim = kit.verified(officer)

    page = second_desk.post(at_desk(claim, "grant/"), follow=True)

    assert "不能按监护人的请求删除" in page.content.decode()
    assert not Erasure.objects.exists()
    assert kit.again(claim).state == ClaimState.VERIFIED


@pytest.mark.clause("B97")
def test_a_refusal_has_its_reason_and_an_appeal_that_somebody_else_judges(
    merchant, officer, second_officer, first_desk
):
    claim = kit.taken_in()

    first_desk.post(
        at_desk(claim, "refuse/"), {"reason": "no_proof", "words": "没有收到户口簿，请带原件来。"}
    )
    code = claim.complaint.code
    told = Client().get(f"/complaints/{code}/").content.decode()
    Client().post(f"/complaints/{code}/", {"words": "户口簿今天寄出了。"})
    appealed = kit.again(claim)
    with pytest.raises(complaints.NotYours):
        guardians.refuse(claim=appealed, reason="no_proof", words="还是没有。", by=officer)
    guardians.verify(claim=kit.again(claim), seen="in_person", by=officer)
    guardians.grant(claim=kit.again(claim), by=second_officer)

    assert "证明不了监护关系" in told
    assert "申诉一次" in told
    assert kit.again(claim).complaint.state == ComplaintState.CLOSED
    assert Erasure.objects.count() == 1


def test_an_appeal_against_what_was_granted_is_answered_by_somebody_else(
    merchant, officer, second_officer, first_desk
):
    claim = kit.verified(officer)
    guardians.grant(claim=claim, by=second_officer)
    complaints.appeal(complaint=kit.again(claim).complaint, words="还想知道给过谁。", by=None)

    first_desk.post(f"/desk/complaints/{claim.complaint.pk}/", {"words": "没有给过任何人。"})

    assert kit.again(claim).complaint.appeal_answer.clear == "没有给过任何人。"


def test_the_number_stays_masked_at_the_desk_and_reading_is_noted(merchant, first_desk, officer):
    claim = kit.taken_in()

    text = first_desk.get(at_desk(claim)).content.decode()

    assert "138****8000" in text
    assert kit.CHILD_PHONE not in text
    assert LedgerEntry.objects.filter(verb="complaint_read", actor=officer.pk).count() == 1


def test_the_list_of_complaints_leads_to_it(first_desk):
    claim = kit.taken_in()

    page = first_desk.get(f"/desk/complaints/{claim.complaint.pk}/")

    assert page.headers["Location"] == at_desk(claim)


@pytest.mark.parametrize("act", ["", "proof/"])
def test_only_officers_get_in(reviewer, merchant_browser, act):
    claim = kit.taken_in(proof=kit.PDF)

    assert browser_of(reviewer, "StaffBackend").get(at_desk(claim, act)).status_code == 403
    assert merchant_browser.get(at_desk(claim, act)).status_code == 403


def test_a_refused_request_is_forgotten_half_a_year_later(officer):
    now = timezone.now()
    claim = kit.taken_in(now=now, proof=kit.PDF)
    guardians.refuse(claim=claim, reason="no_proof", words="没有收到户口簿。", by=officer, now=now)

    housekeeping.clean_up(now=now + timedelta(days=179))
    kept = kit.again(claim).child_phone
    housekeeping.clean_up(now=now + timedelta(days=181))

    gone = kit.again(claim)
    assert kept is not None
    assert (gone.child_phone, gone.sealed, gone.complaint.words) == (None, None, None)
