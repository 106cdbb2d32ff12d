"""Guardians' requests: taken in like a complaint, judged by two officers, answered in its terms.

No account is looked up before both are satisfied; until then nobody, not even they, learns whether
there is one. What was shown to prove the relation goes with the judgement that needed it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions import complaints, erasure
from accounts.models import Complaint, Erasure, GuardianClaim, Person
from accounts.personal import holders, open_bytes, seal_bytes
from accounts.personal.classes import Retention
from accounts.personal.holders import KnowsAdults
from accounts.scans import media_type
from accounts.states import ClaimState
from accounts.transitions import MoveRefused, move


class AlreadyJudged(Exception):
    """Somebody judged it meanwhile, or it is over."""


class SamePerson(Exception):
    """The second judgement is somebody else's."""


class KnownAdult(Exception):
    """The account was approved as a grown person's or a firm's: it is no child's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a guardian says, and may show at once."""

    relation: str
    age: str
    child_phone: str
    words: str
    contact: str
    proof: bytes | None = None


def take_in(*, claimed: Claimed, address: str, now: datetime | None = None) -> Complaint:
    """Keep a request; it is of its own, whoever is signed in. Raises TooMany, DocumentRefused."""
    kind = media_type(claimed.proof) if claimed.proof is not None else ""
    with transaction.atomic():
        complaint = complaints.take_in(
            topic=Complaint.Topic.GUARDIAN,
            words=claimed.words,
            contact=claimed.contact,
            address=address,
            by=None,
            now=now,
        )
        claim = GuardianClaim(
            complaint=complaint,
            owner=complaint.pk,
            relation=claimed.relation,
            age=claimed.age,
            child_phone=claimed.child_phone,
        )
        if claimed.proof is not None:
            claim.media_type = kind
            claim.sha256 = hashlib.sha256(claimed.proof).hexdigest()
            claim.sealed = seal_bytes(
                person=claim.owner,
                retention=Retention.MESSAGES,
                context=claim.sealing_context,
                plain=claimed.proof,
            )
        claim.save(force_insert=True)
    return complaint


def read_proof(*, claim: GuardianClaim, by: Person) -> bytes:
    """The proof that was uploaded, ledgered. Raises KeyGone."""
    body = {"row": claim._meta.label, "id": str(claim.pk), "field": "sealed", "reason": "guardian"}
    ledger.append("revealed", stream=claim.owner, by=by.pk, body=body)
    return open_bytes(
        person=claim.owner,
        retention=Retention.MESSAGES,
        context=claim.sealing_context,
        sealed=bytes(claim.sealed or b""),
    )


@transaction.atomic
def verify(*, claim: GuardianClaim, seen: str, by: Person, now: datetime | None = None) -> None:
    """The first officer saw the proof: relation and age are right. Raises AlreadyJudged."""
    at = now or timezone.now()
    if not claim.complaint.is_owed:
        raise AlreadyJudged
    _moved(claim, ClaimState.VERIFIED, by, at, seen=seen, verified_at=at, verified_by=by)


@transaction.atomic
def grant(*, claim: GuardianClaim, by: Person, now: datetime | None = None) -> Erasure | None:
    """The second officer agrees: the account is looked up now, and erased in the ordinary way.

    The guardian is told what was held and gets the receipt; None when there is no such account.
    Raises SamePerson, AlreadyJudged, KnownAdult, complaints.NotYours.
    """
    at = now or timezone.now()
    if claim.verified_by_id == by.pk:
        raise SamePerson
    person = _account_of(claim)
    if person and _is_known_adult(person):
        raise KnownAdult
    told = _told(person)
    scheduled = (
        erasure.request(person=person, asked_of=by, on_record=claim.pk, now=at) if person else None
    )
    _moved(
        claim,
        ClaimState.GRANTED,
        by,
        at,
        granted_at=at,
        granted_by=by,
        child_phone=None,
        sealed=None,
    )
    receipt = f"{settings.PORTAL_URL}/receipt/{scheduled.code}/" if scheduled else ""
    words = told + (f"账号已申请删除，回执：{receipt}" if receipt else "")
    _answered(claim.complaint, words, by, at)
    return scheduled


def _account_of(claim: GuardianClaim) -> Person | None:
    if not claim.child_phone:
        raise AlreadyJudged
    merchants = Person.objects.with_phone(claim.child_phone.clear)
    found: Person | None = merchants.filter(kind=Person.Kind.MERCHANT).first()
    return found


def _is_known_adult(person: Person) -> bool:
    known = (one for one in holders.upward() if isinstance(one, KnowsAdults))
    return any(holder.is_known_adult(person.pk) for holder in known)


def _told(person: Person | None) -> str:
    """What a verified guardian learns we hold: kinds and numbers, on lawful request."""
    if person is None:
        return "监护关系已核实。这个号码在我们这里没有账号，我们没有它的信息。"
    counted = [
        (holder.label, sum(line.count for line in holder.inventory(person.pk)))
        for holder in holders.upward()
    ]
    held = "、".join(f"{label} {count} 项" for label, count in counted if count)
    return f"监护关系已核实。我们存有：{held}。"


@transaction.atomic
def refuse(
    *,
    claim: GuardianClaim,
    reason: str,
    words: str,
    by: Person,
    now: datetime | None = None,
) -> None:
    """One officer is not satisfied: answered with the reason, open to one appeal.

    Raises AlreadyJudged, complaints.NotYours.
    """
    at = now or timezone.now()
    is_appeal = claim.complaint.appealed_at is not None
    _moved(claim, ClaimState.REFUSED, by, at, reason=reason)
    label = GuardianClaim.Reason(reason).label
    way_on = "" if is_appeal else "不同意的，可以在这一页申诉一次，由另一个人重新核实。"
    _answered(claim.complaint, f"没有办理：{label}。{words}{way_on}", by, at)


def _answered(complaint: Complaint, words: str, by: Person, at: datetime) -> None:
    try:
        complaints.answer(complaint=complaint, words=words, by=by, now=at)
    except complaints.AlreadyAnswered as answered:
        raise AlreadyJudged from answered


def _moved(claim: GuardianClaim, to: str, by: Person, at: datetime, **fields: Any) -> None:
    try:
        move(claim, to, by=by, now=at, **fields)
    except MoveRefused as refused:
        raise AlreadyJudged from refused
