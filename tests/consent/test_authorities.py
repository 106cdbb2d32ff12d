"""What authorities demand: registered with a document, never beyond its lifecycle."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import LedgerEntry
from accounts.scans import DOCUMENT_MAX_BYTES, DocumentRefused
from accounts.transitions import MoveRefused, move
from consent.actions import authorities, subjects
from consent.actions.authorities import AlreadyRegistered
from consent.actions.officers import NotAnOfficer
from consent.models import AuthorityDocument, AuthorityRequest, AuthorityReview, Partner
from consent.states import AuthorityRequestState, PartnerState
from tests import factories
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db


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
    scan = kit.PDF + b"x" * DOCUMENT_MAX_BYTES

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
