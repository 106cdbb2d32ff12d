"""What was said with whom we know to be on the line: recorded, added to, acted on, forgotten.

A record is made once per check and never rewritten. Acting on it needs the check to be live.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions import callers, codes, complaints, erasure
from accounts.clocks import Clock, deadline
from accounts.models import (
    CallerCheck,
    Challenge,
    Complaint,
    ContactAddition,
    ContactEvidence,
    Erasure,
    Person,
    SupportContact,
)
from accounts.personal import open_bytes, seal_bytes
from accounts.personal.classes import Retention
from accounts.scans import media_type

SPENT_AT_ONCE: Final = 500


class CheckOver(Exception):
    """This caller was proven too long ago, or to somebody else."""


class AlreadyRecorded(Exception):
    """This conversation has its record; what comes later is an addition."""


class AlreadyTakenIn(Exception):
    """A complaint was made of this record before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the member of staff wrote down."""

    channel: str
    subject: str
    words: str
    result: str
    callback: str = ""
    evidence: bytes | None = None


def record(
    *, check: CallerCheck, said: Said, by: Person, session: str, now: datetime | None = None
) -> SupportContact:
    """Keep what was said. Raises CheckOver, AlreadyRecorded, DocumentRefused, BeingErased."""
    at = now or timezone.now()
    _refuse_foreign(check, by, session)
    if at - check.proven_at > callers.RECORDED_WITHIN:
        raise CheckOver
    kind = media_type(said.evidence) if said.evidence is not None else ""
    contact = SupportContact(
        person=check.person,
        check_id=check.pk,
        channel=said.channel,
        subject=said.subject,
        way=check.way,
        told_at=check.told_at,
        proven_at=check.proven_at,
        by=by,
        at=at,
        kept_until=deadline(Clock.SUPPORT_RECORD, at).at,
        words=said.words,
        result=said.result,
        callback=said.callback,
    )
    try:
        with transaction.atomic():
            Person.objects.hold(check.person)
            contact.save(force_insert=True)
            if said.evidence is not None:
                _keep_evidence(contact, said.evidence, kind)
            body = {"contact": str(contact.pk), "check": str(check.pk), "subject": said.subject}
            ledger.append("contact_recorded", stream=check.person, by=by.pk, body=body, now=at)
    except IntegrityError as known:
        raise AlreadyRecorded from known
    return contact


def _keep_evidence(contact: SupportContact, raw: bytes, kind: str) -> None:
    evidence = ContactEvidence(
        contact=contact,
        person=contact.person,
        media_type=kind,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        at=contact.at,
    )
    evidence.sealed = seal_bytes(
        person=contact.person,
        retention=Retention.MESSAGES,
        context=evidence.sealing_context,
        plain=raw,
    )
    evidence.save(force_insert=True)


@transaction.atomic
def add(
    *, contact: SupportContact, words: str, by: Person, now: datetime | None = None
) -> ContactAddition:
    """Write down what came later. Raises BeingErased."""
    at = now or timezone.now()
    Person.objects.hold(contact.person)
    addition = ContactAddition(contact=contact, person=contact.person, by=by, at=at, words=words)
    addition.save(force_insert=True)
    until = deadline(Clock.SUPPORT_RECORD, at).at
    SupportContact.objects.filter(pk=contact.pk).update(kept_until=until)
    body = {"contact": str(contact.pk), "addition": str(addition.pk)}
    ledger.append("contact_added_to", stream=contact.person, by=by.pk, body=body, now=at)
    return addition


def open_for(*, contact: SupportContact, by: Person, now: datetime | None = None) -> None:
    """Note that a member of staff read it; call it before showing the words."""
    body = {"contact": str(contact.pk)}
    ledger.append("contact_read", stream=contact.person, by=by.pk, body=body, now=now)


@transaction.atomic
def read_evidence(*, evidence: ContactEvidence, by: Person) -> bytes:
    """The document itself, for staff or the merchant, ledgered. Raises KeyGone."""
    body = {"row": evidence._meta.label, "id": str(evidence.pk), "field": "sealed"}
    ledger.append("revealed", stream=evidence.person, by=by.pk, body=body | {"reason": "contact"})
    return open_bytes(
        person=evidence.person,
        retention=Retention.MESSAGES,
        context=evidence.sealing_context,
        sealed=bytes(evidence.sealed),
    )


def take_in(
    *,
    contact: SupportContact,
    topic: str,
    by: Person,
    session: str,
    now: datetime | None = None,
) -> Complaint:
    """Make a complaint or request of a record, with its own deadline and appeal.

    Raises CheckOver, AlreadyTakenIn, BeingErased.
    """
    at = now or timezone.now()
    _refuse_unproven(contact, by, session, at)
    with transaction.atomic():
        merchant = Person.objects.hold(contact.person)
        fresh = SupportContact.objects.select_for_update().get(pk=contact.pk)
        if fresh.complaint_id is not None:
            raise AlreadyTakenIn
        taken = complaints.take_in(
            topic=topic,
            words=fresh.words.clear,
            contact=fresh.callback.clear if fresh.callback else "",
            address=f"contact:{fresh.pk}",
            by=merchant,
            taken_by=by,
            now=at,
        )
        fresh.complaint = taken
        fresh.save(update_fields=["complaint"])
    return taken


def ask_to_close(
    *, contact: SupportContact, by: Person, session: str, now: datetime | None = None
) -> Challenge:
    """Send the code that says what it is for: closing the account. Raises CheckOver, NotSent."""
    _refuse_unproven(contact, by, session, now)
    return codes.send(
        purpose=Challenge.Purpose.CALL_CLOSE,
        phone=Person.objects.get(pk=contact.person).phone.clear,
        bound_to=session,
        address=f"staff:{by.pk}",
        now=now,
    )


def close(
    *,
    contact: SupportContact,
    challenge_id: UUID,
    code: str,
    by: Person,
    session: str,
    now: datetime | None = None,
) -> Erasure:
    """Ask for the deactivation the caller wants: the ordinary one, which they can take back.

    Raises CheckOver and codes.CodeRefused.
    """
    _refuse_unproven(contact, by, session, now)
    phone = codes.check(
        challenge_id=challenge_id,
        code=code,
        purpose=Challenge.Purpose.CALL_CLOSE,
        bound_to=session,
        now=now,
    )
    merchant = Person.objects.with_phone(phone).filter(pk=contact.person).first()
    if merchant is None:
        raise CheckOver
    return erasure.request(person=merchant, asked_of=by, on_record=contact.pk, now=now)


def on_the_line(
    *, person: UUID, by: Person, session: str, now: datetime | None = None
) -> CallerCheck | None:
    """The live check of this merchant in this session, if there is one."""
    mine = CallerCheck.objects.of(by, callers.bound_hash(session))
    return mine.filter(person=person, ends_at__gt=now or timezone.now()).first()


def _refuse_unproven(
    contact: SupportContact, by: Person, session: str, now: datetime | None
) -> None:
    if on_the_line(person=contact.person, by=by, session=session, now=now) is None:
        raise CheckOver


def _refuse_foreign(check: CallerCheck, by: Person, session: str) -> None:
    if (check.by_id, check.bound_hash) != (by.pk, callers.bound_hash(session)):
        raise CheckOver


def drop(person: UUID) -> int:
    """Forget everything said with a leaving merchant; returns how many conversations."""
    CallerCheck.objects.filter(person=person).delete()
    return _delete(list(SupportContact.objects.of(person).values_list("pk", flat=True)))


def discard(now: datetime) -> int:
    """What was said goes half a year after the last word of it."""
    spent = SupportContact.objects.spent(now).values_list("pk", flat=True)
    return _delete(list(spent[:SPENT_AT_ONCE]))


@transaction.atomic
def _delete(ids: list[UUID]) -> int:
    ContactAddition.objects.filter(contact__in=ids).delete()
    ContactEvidence.objects.filter(contact__in=ids).delete()
    gone, _per_model = SupportContact.objects.filter(pk__in=ids).delete()
    return gone
