"""Obligations of partners: made when a person leaves, closed by the partner's own verified word."""

import json
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.clocks import Clock, deadline
from accounts.models import Person
from accounts.transitions import MoveRefused, move
from consent.actions import mailboxes
from consent.bases import Basis
from consent.models import (
    Delivery,
    Disclosure,
    Obligation,
    Partner,
    PartnerIdentity,
    Receipt,
)
from consent.protocol.outcomes import Outcome
from consent.protocol.statuses import Status
from consent.protocol.webhooks import Verified
from consent.states import OBLIGATION_SETTLED, ObligationState


@transaction.atomic
def oblige_all(*, person_id: UUID, cause: UUID, now: datetime | None = None) -> int:
    """One obligation to delete for every partner that was ever given something; returns how many.

    Safe to repeat: a partner already obliged for this cause is not asked twice (C142). Authorities
    are not asked: what the law made us hand over they keep by the law.
    """
    at = now or timezone.now()
    given = Disclosure.objects.of(person_id).exclude(partner__kind=Partner.Kind.AUTHORITY)
    partner_ids = set(given.values_list("partner_id", flat=True))
    for partner in Partner.objects.filter(pk__in=partner_ids):
        _oblige(partner, person_id, Obligation.Kind.ERASURE, cause, at)
    return len(partner_ids)


@transaction.atomic
def oblige_withdrawal(*, person_id: UUID, slug: str, now: datetime | None = None) -> bool:
    """The person withdrew the consent for one partner: it must delete what it got (PIPL 47).

    What had not been sent yet is never sent. What went, or goes, on a ground of the law stays: it
    never stood on the consent. False when this partner never got anything else.
    """
    given = Disclosure.objects.of(person_id).filter(partner__slug=slug, basis=Basis.CONSENT)
    return bool(_take_back(person_id, given, now or timezone.now()))


@transaction.atomic
def oblige_withdrawal_of(
    *, person_id: UUID, categories: Collection[str], now: datetime | None = None
) -> int:
    """The person withdrew what these categories stand on: whoever received any must delete it.

    What had not been sent yet is never sent. Returns how many partners are obliged.
    """
    rows = Disclosure.objects.of(person_id).filter(basis=Basis.CONSENT)
    given = [row.pk for row in rows if not json.loads(row.categories).keys().isdisjoint(categories)]
    return _take_back(person_id, rows.filter(pk__in=given), now or timezone.now())


@transaction.atomic
def oblige_contract_end(*, partner: Partner, person_id: UUID, now: datetime | None = None) -> None:
    """The partner's contract is over: it must delete what it got of this person (PIPL 21)."""
    at = now or timezone.now()
    _oblige(partner, person_id, Obligation.Kind.CONTRACT_END, uuid4(), at)
    mailboxes.drop_unsent(Disclosure.objects.of(person_id).filter(partner=partner))


def _take_back(person_id: UUID, given: QuerySet[Disclosure], at: datetime) -> int:
    partners = Partner.objects.filter(pk__in=given.values("partner_id"))
    cause = uuid4()
    for partner in partners:
        _oblige(partner, person_id, Obligation.Kind.WITHDRAWAL, cause, at)
    mailboxes.drop_unsent(given)
    return len(partners)


def _oblige(partner: Partner, person_id: UUID, kind: str, cause: UUID, at: datetime) -> None:
    identity, _is_new = PartnerIdentity.objects.get_or_create(partner=partner, person=person_id)
    obligation, is_new = Obligation.objects.get_or_create(
        kind=kind,
        cause=cause,
        partner=partner,
        defaults={
            "person": person_id,
            "identity": identity.identity,
            "asked_at": at,
            "due_at": deadline(Clock.DELETION, at).at,
        },
    )
    if is_new:
        Delivery.objects.create(
            id=obligation.pk, partner=partner, obligation=obligation, next_at=at
        )
        mailboxes.hurry(partner, at)


@transaction.atomic
def receive(
    *,
    obligation: Obligation,
    kind: str,
    status: Status,
    raw: bytes,
    sha256: str,
    verified: Verified,
    signature: str,
    now: datetime | None = None,
) -> bool:
    """Keep a partner's verified message and let it move the outcome forward; False for a repeat.

    Only a receipt that exists moves an outcome; a late or lower one is kept and moves nothing. That
    the person authorised the partner itself is its claim: a refusal, until two people confirmed it
    with the evidence before them (C124, C143; `by_hand`).
    """
    at = now or timezone.now()
    try:
        with transaction.atomic():
            Receipt.objects.create(
                obligation=obligation,
                kind=kind,
                outcome=status.outcome,
                raw=raw.decode(),
                sha256=sha256,
                message_id=verified.message_id,
                sent_at=verified.timestamp,
                signature=signature,
                key_id=verified.key_id,
                received_at=at,
            )
    except IntegrityError:
        return False
    advance(
        obligation=obligation,
        outcome=_believed(status.outcome),
        evidence=f"receipt {sha256}",
        now=at,
        status=status,
    )
    return True


def _believed(outcome: Outcome) -> Outcome:
    """What a partner's own word is good for."""
    return Outcome.REFUSED if outcome is Outcome.EXEMPT_INDEPENDENT_CONSENT else outcome


def _reason(status: Status) -> str:
    if status.outcome is Outcome.EXEMPT_INDEPENDENT_CONSENT:
        claim = status.reason_text or status.evidence_url or ""
        return f"对方称另有您的授权，我们在核实：{claim}"
    return status.legal_basis or status.reason_text or ""


def advance(
    *,
    obligation: Obligation,
    outcome: str,
    evidence: str,
    now: datetime,
    status: Status | None = None,
    reason: str = "",
    by: Person | None = None,
) -> None:
    """Move an obligation forward, never backward, on evidence: "receipt" or "attested", and a hash.

    `by` is who confirmed what was done by hand; nobody, where a partner signed.
    """
    fields: dict[str, object] = {"reason": reason}
    if status is not None:
        fields["reason"] = _reason(status)[:200]
        if status.expected_at:
            fields["expected_at"] = status.expected_at
    if ObligationState(outcome) in OBLIGATION_SETTLED:
        fields["settled_at"] = now
    # Held: of two words at once the second is judged by what the first one made of it.
    held = Obligation.objects.select_for_update(no_key=True)
    obligation.refresh_from_db(fields=["state"], from_queryset=held)
    try:
        move(
            obligation,
            ObligationState(outcome),
            by=by,
            now=now,
            note=evidence,
            **fields,
        )
    except MoveRefused:
        return
    if obligation.is_settled and obligation.kind == Obligation.Kind.ERASURE:
        # After commit: the receipt is kept whatever becomes of this, and the sweep settles too.
        cause = obligation.cause

        def settle() -> None:
            erasures.settle(erasure_id=cause)

        transaction.on_commit(settle, robust=True)
