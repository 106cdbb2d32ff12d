"""What an authority demands of us: registered with its document, then judged by two people.

Nothing leaves unless two different officers grant it, and then only what both of them grant.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from accounts.personal import open_bytes, seal_bytes
from accounts.personal.classes import Retention
from accounts.scans import media_type
from accounts.transitions import move
from consent.actions import officers, partners
from consent.bases import Basis
from consent.models import AuthorityDocument, AuthorityRequest, AuthorityReview
from consent.models.requests import items_text
from consent.states import AUTHORITY_REQUEST_WAITS_FOR_REVIEW, AuthorityRequestState


class AlreadyRegistered(Exception):
    """This document about this person is under way or was answered."""


class ReviewedBefore(Exception):
    """This person has judged it already: the second judgement is somebody else's."""


class NotWaiting(Exception):
    """Nothing is to be judged or handed over here any more."""


class TooMuch(Exception):
    """Something was about to be granted that was not asked for, or that the first refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What the document says, as the officer copied it. `items` are codes of subjects.items()."""

    authority: str
    contact: str
    number: str
    basis: Basis
    law: str
    items: Collection[str]
    wording: str
    due_date: date
    secrecy_law: str = ""
    secrecy_reason: str = ""
    secrecy_review_date: date | None = None


@transaction.atomic
def register(
    *, person_id: UUID, demand: Demand, scan: bytes, by: Person, now: datetime | None = None
) -> AuthorityRequest:
    """Enter a demand about one person, with its document sealed under that person's key.

    Raises NotAnOfficer, DocumentRefused, AlreadyRegistered, BeingErased.
    """
    at = now or timezone.now()
    officers.check(by)
    kind = media_type(scan)
    Person.objects.hold(person_id)
    request = AuthorityRequest(
        person=person_id,
        authority=partners.authority(legal_name=demand.authority, contact=demand.contact),
        number=demand.number,
        basis=demand.basis,
        law=demand.law,
        asked=items_text(demand.items),
        granted=items_text(demand.items),
        wording=demand.wording,
        due_date=demand.due_date,
        secrecy_law=demand.secrecy_law,
        secrecy_reason=demand.secrecy_reason,
        secrecy_review_date=demand.secrecy_review_date,
        registered_at=at,
        registered_by=by,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as known:
        raise AlreadyRegistered from known
    document = _keep_document(request, scan, kind)
    body = {
        "request": str(request.pk),
        "authority": request.authority.slug,
        "items": request.asked_items,
        "document_sha256": document.sha256,
        "is_secret": request.is_secret,
    }
    ledger.append("authority_asked", stream=person_id, by=by.pk, body=body, now=at)
    return request


def _keep_document(request: AuthorityRequest, scan: bytes, kind: str) -> AuthorityDocument:
    document = AuthorityDocument(
        request=request,
        person=request.person,
        media_type=kind,
        sha256=hashlib.sha256(scan).hexdigest(),
        size=len(scan),
    )
    document.sealed = seal_bytes(
        person=request.person,
        retention=Retention.ACCOUNT,
        context=document.sealing_context,
        plain=scan,
    )
    document.save(force_insert=True)
    return document


def contents(document: AuthorityDocument) -> bytes:
    """The scan itself; raises KeyGone."""
    return open_bytes(
        person=document.person,
        retention=Retention.ACCOUNT,
        context=document.sealing_context,
        sealed=bytes(document.sealed),
    )


@transaction.atomic
def read_document(*, request: AuthorityRequest, by: Person) -> tuple[bytes, str]:
    """The scan and its media type, for an officer, ledgered. Raises NotAnOfficer, KeyGone."""
    officers.check(by)
    document = request.document
    body = {"row": document._meta.label, "id": str(document.pk), "field": "sealed"}
    reason = {"reason": "authority_request"}
    ledger.append("revealed", stream=document.person, by=by.pk, body=body | reason)
    return contents(document), document.media_type


@transaction.atomic
def grant(
    *,
    request: AuthorityRequest,
    items: Collection[str],
    by: Person,
    note: str = "",
    now: datetime | None = None,
) -> AuthorityRequest:
    """Judge that these items may be handed over: the first of two, or the second.

    Raises NotAnOfficer, NotWaiting, ReviewedBefore, TooMuch, BeingErased.
    """
    at = now or timezone.now()
    fresh = _waiting(request, by)
    if not items or set(items) - set(fresh.granted_items):
        raise TooMuch
    _write_review(fresh, AuthorityReview.Reason.LAWFUL, items, note, by, at)
    is_second = fresh.state == AuthorityRequestState.SECONDED
    to = AuthorityRequestState.GRANTED if is_second else AuthorityRequestState.SECONDED
    move(fresh, to, by=by, now=at, granted=items_text(items))
    return fresh


@transaction.atomic
def refuse(
    *,
    request: AuthorityRequest,
    reason: str,
    by: Person,
    note: str = "",
    now: datetime | None = None,
) -> AuthorityRequest:
    """Judge that nothing may be handed over: one such judgement is enough.

    Raises NotAnOfficer, NotWaiting, ReviewedBefore, BeingErased.
    """
    at = now or timezone.now()
    fresh = _waiting(request, by)
    _write_review(fresh, reason, (), note, by, at)
    move(fresh, AuthorityRequestState.REFUSED, by=by, now=at, granted="[]", note=reason)
    return fresh


@transaction.atomic
def keep_secret_until(
    *, request: AuthorityRequest, review_date: date, by: Person, now: datetime | None = None
) -> None:
    """The silence was looked at and must last: until this day. NotAnOfficer, NotWaiting."""
    _change_secrecy(request, by, now, review_date=review_date)


@transaction.atomic
def end_secrecy(*, request: AuthorityRequest, by: Person, now: datetime | None = None) -> None:
    """No law binds us to silence any more: the person may see it. NotAnOfficer, NotWaiting."""
    _change_secrecy(request, by, now, review_date=None)


def _change_secrecy(
    request: AuthorityRequest, by: Person, now: datetime | None, review_date: date | None
) -> None:
    officers.check(by)
    Person.objects.hold(request.person)
    fresh = AuthorityRequest.objects.select_for_update().get(pk=request.pk)
    if not fresh.is_secret:
        raise NotWaiting
    fresh.secrecy_review_date = review_date
    fresh.secrecy_law = fresh.secrecy_law if review_date else ""
    fresh.save(update_fields=["secrecy_law", "secrecy_review_date"])
    body = {"request": str(fresh.pk), "until": str(review_date) if review_date else None}
    ledger.append("secrecy_reviewed", stream=fresh.person, by=by.pk, body=body, now=now)


def _waiting(request: AuthorityRequest, by: Person) -> AuthorityRequest:
    """The row as it is now, locked, if this person may judge it."""
    officers.check(by)
    Person.objects.hold(request.person)
    fresh: AuthorityRequest = AuthorityRequest.objects.select_for_update().get(pk=request.pk)
    if fresh.state not in AUTHORITY_REQUEST_WAITS_FOR_REVIEW:
        raise NotWaiting
    if fresh.reviews.filter(by=by).exists():
        raise ReviewedBefore
    return fresh


def _write_review(
    request: AuthorityRequest,
    reason: str,
    items: Collection[str],
    note: str,
    by: Person,
    at: datetime,
) -> None:
    AuthorityReview(
        request=request,
        person=request.person,
        by=by,
        reason=reason,
        granted=items_text(items),
        note=note,
        at=at,
    ).save(force_insert=True)
