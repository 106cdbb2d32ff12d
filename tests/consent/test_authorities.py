"""What authorities demand: registered with a document, judged by two, handed over encrypted."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
import pyzipper
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.models import BeingErased, LedgerEntry
from accounts.transitions import MoveRefused, move
from consent import packing
from consent.actions import authorities, handing_over, subjects
from consent.actions.authorities import (
    AlreadyRegistered,
    DocumentRefused,
    NotWaiting,
    ReviewedBefore,
    TooMuch,
)
from consent.actions.officers import NotAnOfficer
from consent.models import (
    AuthorityDocument,
    AuthorityRequest,
    AuthorityReview,
    Delivery,
    Disclosure,
    DisclosureContent,
    Partner,
)
from consent.states import AuthorityRequestState, PartnerState
from tests import factories
from tests.conftest import make_staff
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db
AES_256 = 3  # the strength byte of WinZip's AES


@pytest.fixture
def second_officer(db):
    return make_staff("officer2", "officer")


def body_of(verb):
    return json.loads(LedgerEntry.objects.get(verb=verb).body)


def opened(package, passphrase):
    with pyzipper.AESZipFile(BytesIO(package.raw)) as archive:
        archive.setpassword(passphrase.encode())
        return archive.read("handed-over.txt").decode("utf-8-sig")


# Finding somebody


@pytest.mark.clause("C99")
def test_somebody_is_found_by_the_whole_phone_number_or_credit_code_only(merchant, stranger):
    factories.filled_in(merchant)

    assert subjects.find("account.phone", "13800138000") == merchant.pk
    assert subjects.find("application.credit_code", "91330702MA28TYWA41") == merchant.pk
    assert subjects.find("application.credit_code", "91330702ma28tywa41") == merchant.pk
    for part in ("1380013800", "138", "13800138%", "", "_" * 11):
        assert subjects.find("account.phone", part) is None
        assert subjects.find("application.credit_code", part) is None


def test_a_number_that_two_merchants_have_names_nobody(merchant, stranger):
    factories.filled_in(merchant)
    factories.filled_in(stranger)

    assert subjects.find("application.credit_code", "91330702MA28TYWA41") is None


def test_staff_are_never_the_subject(officer):
    assert subjects.find("account.phone", "") is None


# Registering


@pytest.mark.clause("B62", "C99")
@pytest.mark.parametrize("scan", [b"", b"GIF89a", b"PK\x03\x04", b"<html>", b" %PDF-"])
def test_without_a_scanned_document_nothing_is_registered(merchant, officer, scan):
    with pytest.raises(DocumentRefused):
        authorities.register(person_id=merchant.pk, demand=kit.demand(), scan=scan, by=officer)

    assert AuthorityRequest.objects.count() == 0


def test_a_scan_that_is_too_big_is_refused(merchant, officer):
    scan = kit.PDF + b"x" * authorities.DOCUMENT_MAX_BYTES

    with pytest.raises(DocumentRefused):
        authorities.register(person_id=merchant.pk, demand=kit.demand(), scan=scan, by=officer)


@pytest.mark.clause("B62")
def test_the_scan_and_the_words_are_sealed_before_they_are_stored(merchant, officer):
    request = kit.registered(merchant, officer)

    document = AuthorityDocument.objects.get()
    raw = AuthorityRequest.objects.values_list("wording", flat=True).get()
    assert kit.PDF not in bytes(document.sealed)
    assert b"13800138000" not in bytes(document.sealed)
    assert kit.WORDING.encode() not in bytes(raw)
    assert authorities.read_document(request=request, by=officer) == (kit.PDF, "application/pdf")


def test_every_opening_of_the_scan_is_in_the_ledger(merchant, officer):
    request = kit.registered(merchant, officer)

    authorities.read_document(request=request, by=officer)

    entry = LedgerEntry.objects.get(verb="revealed", stream=str(merchant.pk))
    assert entry.actor == officer.pk
    assert json.loads(entry.body)["id"] == str(request.document.pk)


def test_the_ledger_names_nobody(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)

    written = "".join(LedgerEntry.objects.values_list("body", flat=True))
    assert "13800138000" not in written
    assert kit.WORDING not in written


def test_the_same_document_about_the_same_person_is_registered_once(merchant, officer):
    kit.registered(merchant, officer)

    with pytest.raises(AlreadyRegistered):
        kit.registered(merchant, officer)

    assert AuthorityRequest.objects.count() == 1
    assert AuthorityDocument.objects.count() == 1


def test_after_a_refusal_the_authority_may_come_again(merchant, officer):
    first = kit.registered(merchant, officer)
    authorities.refuse(request=first, reason="no_document", by=officer)

    again = kit.registered(merchant, officer)

    assert again.state == AuthorityRequestState.REGISTERED


def test_one_document_may_be_about_two_merchants(merchant, stranger, officer):
    kit.registered(merchant, officer)
    kit.registered(stranger, officer)

    assert Partner.objects.filter(kind=Partner.Kind.AUTHORITY).count() == 1


def test_an_authority_is_never_an_active_partner(merchant, officer):
    request = kit.registered(merchant, officer)

    assert request.authority.state == PartnerState.DRAFT
    assert request.authority.allowed == {}


def test_nobody_else_handles_what_authorities_demand(merchant, officer, ops, reviewer):
    request = kit.registered(merchant, officer)

    for stranger in (ops, reviewer, merchant):
        with pytest.raises(NotAnOfficer):
            kit.registered(merchant, stranger, number="2")
        with pytest.raises(NotAnOfficer):
            authorities.grant(request=request, items=kit.ITEMS, by=stranger)
        with pytest.raises(NotAnOfficer):
            authorities.refuse(request=request, reason="no_law", by=stranger)
        with pytest.raises(NotAnOfficer):
            authorities.read_document(request=request, by=stranger)


# Judging


@pytest.mark.clause("B62", "C99")
def test_nothing_can_be_handed_over_before_two_people_granted_it(merchant, officer, second_officer):
    request = kit.registered(merchant, officer)
    with pytest.raises(NotWaiting):
        kit.hand_over(request, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)
    with pytest.raises(NotWaiting):
        kit.hand_over(request, second_officer)

    authorities.grant(request=request, items=kit.ITEMS, by=second_officer)

    assert kit.hand_over(request, officer).sha256
    assert Disclosure.objects.count() == 1


@pytest.mark.clause("B62")
def test_the_same_person_cannot_grant_twice(merchant, officer):
    request = kit.registered(merchant, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)

    with pytest.raises(ReviewedBefore):
        authorities.grant(request=request, items=kit.ITEMS, by=officer)

    request.refresh_from_db()
    assert request.state == AuthorityRequestState.SECONDED


@pytest.mark.clause("B62")
@pytest.mark.parametrize("reason", ["no_document", "no_power", "no_law", "too_wide", "not_sure"])
def test_one_reasoned_refusal_is_enough(merchant, officer, second_officer, reason):
    request = kit.registered(merchant, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)

    refused = authorities.refuse(
        request=request, reason=reason, note="没有骑缝章", by=second_officer
    )

    review = AuthorityReview.objects.get(by=second_officer)
    assert refused.state == AuthorityRequestState.REFUSED
    assert refused.granted_items == []
    assert (review.reason, review.note.clear) == (reason, "没有骑缝章")
    with pytest.raises(NotWaiting):
        kit.hand_over(request, officer)


def test_nothing_more_is_judged_once_it_is_decided(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)
    third = make_staff("officer3", "officer")

    with pytest.raises(NotWaiting):
        authorities.grant(request=request, items=kit.ITEMS, by=third)
    with pytest.raises(NotWaiting):
        authorities.refuse(request=request, reason="too_wide", by=third)


@pytest.mark.clause("B62", "C112")
def test_only_what_both_grant_is_granted(merchant, officer, second_officer):
    request = kit.registered(merchant, officer)
    less = ("account.phone", "application.name")
    authorities.grant(request=request, items=less, by=officer)

    with pytest.raises(TooMuch):
        authorities.grant(request=request, items=kit.ITEMS, by=second_officer)
    fresh = authorities.grant(request=request, items=("account.phone",), by=second_officer)

    assert fresh.granted_items == ["account.phone"]


@pytest.mark.parametrize("items", [(), ("application.id_number",), ("account.password",)])
def test_nothing_beyond_what_was_asked_is_granted(merchant, officer, items):
    request = kit.registered(merchant, officer)

    with pytest.raises(TooMuch):
        authorities.grant(request=request, items=items, by=officer)


# Handing over


@pytest.mark.clause("A59", "B62", "C99", "C112")
def test_exactly_what_was_granted_is_handed_over_encrypted(merchant, officer, second_officer):
    factories.filled_in(merchant)
    request = kit.registered(merchant, officer)
    for by in (officer, second_officer):
        authorities.grant(request=request, items=("account.phone", "application.name"), by=by)
    passphrase = packing.new_passphrase()

    package = kit.hand_over(request, officer, passphrase)

    text = opened(package, passphrase)
    assert "手机号：13800138000" in text
    assert "商家名称：金华婺城星辰汽车销售有限公司" in text
    for absent in ("330702198503121239", "1208014109200098765", "13757912345", "诸葛晓敏"):
        assert absent not in text
    assert b"13800138000" not in package.raw


@pytest.mark.clause("B62")
def test_the_file_is_aes_256_and_opens_with_its_passphrase_only(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)

    package = kit.hand_over(request, officer, "right-passphrase")

    with pyzipper.AESZipFile(BytesIO(package.raw)) as archive:
        (entry,) = archive.infolist()
        assert (entry.wz_aes_strength, entry.is_encrypted) == (AES_256, True)
    with pytest.raises(RuntimeError, match="Bad password"):
        opened(package, "wrong-passphrase")


@pytest.mark.clause("A61", "C99")
def test_handing_over_is_a_disclosure_on_a_legal_basis_with_its_document(
    merchant, officer, second_officer
):
    request = kit.granted(merchant, officer, second_officer)

    package = kit.hand_over(request, officer)

    request.refresh_from_db()
    disclosure = Disclosure.objects.get()
    assert request.disclosure == disclosure
    assert disclosure.partner.legal_name == "金华市公安局"
    assert (disclosure.basis, disclosure.scale) == ("crime", 1)
    assert disclosure.document == "金华市公安局 金公调证〔2026〕12号，《刑事诉讼法》第五十四条"
    assert json.loads(disclosure.categories) == {"account": ["account.phone"]}
    assert body_of("handed_over") == {
        "request": str(request.pk),
        "items": ["account.phone"],
        "sha256": package.sha256,
    }
    assert request.file_sha256 == package.sha256


@pytest.mark.clause("B62")
def test_neither_file_nor_passphrase_nor_values_are_kept(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)
    passphrase = packing.new_passphrase()

    package = kit.hand_over(request, officer, passphrase)

    written = "".join(LedgerEntry.objects.values_list("body", flat=True))
    assert passphrase not in written
    assert passphrase not in repr(package)
    assert repr(package.raw) not in repr(package)
    assert (DisclosureContent.objects.count(), Delivery.objects.count()) == (0, 0)


def test_what_was_handed_over_is_not_handed_over_twice(merchant, officer, second_officer):
    request = kit.handed(merchant, officer, second_officer)

    with pytest.raises(NotWaiting):
        kit.hand_over(request, second_officer)

    assert Disclosure.objects.count() == 1


def test_when_nothing_is_held_nothing_is_recorded_as_handed_over(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer, items=("application.name",))

    with pytest.raises(handing_over.NothingHeld):
        kit.hand_over(request, officer)

    assert Disclosure.objects.count() == 0


def test_passphrases_are_long_and_never_the_same():
    made = {packing.new_passphrase() for _ in range(200)}

    assert len(made) == 200
    assert {len(one.replace("-", "")) for one in made} == {25}


# The lifecycle in the database


def test_no_state_is_skipped(merchant, officer):
    request = kit.registered(merchant, officer)

    for state in (AuthorityRequestState.GRANTED, AuthorityRequestState.HANDED):
        with pytest.raises(MoveRefused):
            move(request, state, by=officer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": ""},
        {"number": ""},
        {"basis": "consent"},
        {"secrecy_law": "《反间谍法》第三十二条"},
        {"file_sha256": "0" * 64},
        {"handed_at": timezone.now()},
    ],
)
def test_the_database_refuses_a_demand_that_does_not_add_up(merchant, officer, wrong):
    request = kit.registered(merchant, officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityRequest.objects.filter(pk=request.pk).update(**wrong)


@pytest.mark.parametrize("wrong", [{"granted": "[]"}, {"reason": "no_law"}])
def test_the_database_refuses_a_judgement_that_does_not_add_up(merchant, officer, wrong):
    authorities.grant(request=kit.registered(merchant, officer), items=kit.ITEMS, by=officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        AuthorityReview.objects.update(**wrong)


# Somebody who is leaving


def test_nothing_is_judged_or_handed_over_about_somebody_being_erased(
    merchant, officer, second_officer
):
    request = kit.granted(merchant, officer, second_officer)
    waiting = kit.registered(merchant, officer, number="金公调证〔2026〕13号")
    erasure = erasures.request(person=merchant)
    erasures.start_now(erasure=erasure, by=officer)
    erasures.run(erasure_id=erasure.pk, now=timezone.now() + timedelta(days=2))

    with pytest.raises(BeingErased):
        kit.hand_over(request, officer)
    with pytest.raises(BeingErased):
        authorities.grant(request=waiting, items=kit.ITEMS, by=second_officer)
    with pytest.raises(BeingErased):
        kit.registered(merchant, officer, number="金公调证〔2026〕14号")
