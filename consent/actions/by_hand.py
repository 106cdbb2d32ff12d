"""What takes two people: one does it and records it with its proof, a second one confirms it.

Partners without an interface; and any partner's claim that the person authorised it by itself.
Nothing counts before the second person's word; what the first one says moves nothing.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from accounts.personal import KeyGone
from accounts.transitions import move
from consent import packing
from consent.actions import mailboxes, obligations, partners
from consent.models import (
    Attestation,
    Delivery,
    Disclosure,
    DisclosureContent,
    PartnerIdentity,
)
from consent.states import AttestationState, DeliveryState

Outcome = Attestation.Outcome


class NotWaiting(Exception):
    """Nothing is to be done or judged here: somebody else was faster, or it was taken back."""


class NothingToHand(Exception):
    """The content is gone, or nothing may go to this partner any more."""


class SamePerson(Exception):
    """Whoever recorded it cannot confirm it."""


class WrongProof(Exception):
    """The file the second person has before them is not the one that was recorded."""


class WrongOutcome(Exception):
    """This cannot be the outcome of such a thing."""


@dataclass(frozen=True, slots=True)
class Package:
    """The encrypted file, once, in memory; it says nothing of its content when printed."""

    raw: bytes = field(repr=False)
    sha256: str


def outcomes(delivery: Delivery) -> tuple[Outcome, ...]:
    """What can have come of it: a disclosure is handed over; a duty to delete has five ends.

    A partner that answers for itself needs people for one of them only: what it cannot prove alone.
    """
    if delivery.disclosure_id:
        return (Outcome.HANDED,)
    if not delivery.partner.is_manual:
        return (Outcome.EXEMPT_INDEPENDENT_CONSENT,)
    return (
        Outcome.COMPLETED,
        Outcome.NO_MATCH,
        Outcome.EXEMPT_LEGAL,
        Outcome.EXEMPT_INDEPENDENT_CONSENT,
        Outcome.REFUSED,
    )


def numbers(deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """What its partner, and no other, knows each person as; in one look."""
    people = {d.disclosure.person for d in deliveries if d.disclosure}
    known = {
        (row.partner_id, row.person): row.identity
        for row in PartnerIdentity.objects.filter(person__in=people)
    }
    return {
        d.pk: str(d.obligation.identity if d.obligation else known[d.partner_id, _person(d)])
        for d in deliveries
    }


def number(delivery: Delivery) -> str:
    """What this partner, and no other, knows the person as."""
    return numbers([delivery])[delivery.pk]


@transaction.atomic
def pack(*, delivery: Delivery, by: Person, now: datetime | None = None) -> Package:
    """What is to be handed over, encrypted with the passphrase agreed with this partner.

    Kept nowhere; each making of it is in the ledger. Raises NotWaiting, NothingToHand, BeingErased.
    """
    at = now or timezone.now()
    disclosure = _disclosure(delivery)
    Person.objects.hold(disclosure.person)
    fresh = _waiting(delivery)
    content = DisclosureContent.objects.filter(disclosure=disclosure).first()
    secrets = partners.secrets_of(fresh.partner)
    is_open = fresh.partner.may_receive(timezone.localdate(at)) and secrets
    if content is None or content.values is None or not is_open:
        raise NothingToHand(delivery.pk)
    try:
        values = json.loads(content.values.clear)
    except KeyGone as gone:
        raise NothingToHand(delivery.pk) from gone
    raw = packing.pack({"handed-over.txt": _letter(fresh, values, at)}, secrets[0])
    package = Package(raw, hashlib.sha256(raw).hexdigest())
    body = {"delivery": str(fresh.pk), "partner": fresh.partner.slug, "sha256": package.sha256}
    ledger.append("packed", stream=disclosure.person, by=by.pk, body=body, now=at)
    return package


@transaction.atomic
def record(
    *,
    delivery: Delivery,
    outcome: str,
    done_on: date,
    reference: str,
    file_sha256: str,
    by: Person,
    reason: str = "",
    now: datetime | None = None,
) -> Attestation:
    """Put down what was done and where its proof lies; raises NotWaiting, WrongOutcome."""
    fresh = _waiting(delivery)
    if outcome not in outcomes(fresh):
        raise WrongOutcome(outcome)
    if fresh.attestations.filter(state=AttestationState.RECORDED).exists():
        raise NotWaiting(fresh.pk)
    made = Attestation(
        delivery=fresh,
        outcome=outcome,
        done_on=done_on,
        reference=reference,
        reason=reason,
        file_sha256=file_sha256,
        recorded_by=by.pk,
        recorded_at=now or timezone.now(),
    )
    made.sha256 = made.fingerprint()
    made.save(force_insert=True)
    body = {"delivery": str(fresh.pk), "outcome": outcome, "sha256": made.sha256}
    ledger.append("recorded_by_hand", stream=made.ledger_stream(), by=by.pk, body=body, now=now)
    return made


@transaction.atomic
def attest(
    *, attestation: Attestation, file_sha256: str, by: Person, now: datetime | None = None
) -> None:
    """The second person's word, with the same proof in hand: transport and outcome move on it.

    Raises WrongProof, SamePerson, NotWaiting.
    """
    at = now or timezone.now()
    if file_sha256 != attestation.file_sha256:
        raise WrongProof(attestation.pk)
    fresh = _judged(attestation, AttestationState.ATTESTED, by, at)
    delivery = fresh.delivery
    if delivery.state == DeliveryState.QUEUED and delivery.partner.is_manual:
        move(
            delivery,
            DeliveryState.DELIVERED,
            by=by,
            now=at,
            note=f"attested {fresh.sha256}",
            delivered_at=at,
        )
    if delivery.disclosure_id:
        DisclosureContent.objects.filter(disclosure=delivery.disclosure_id).delete()
    if delivery.obligation:
        obligations.advance(
            obligation=delivery.obligation,
            outcome=fresh.outcome,
            evidence=f"attested {fresh.sha256}",
            reason=fresh.reason,
            now=at,
            by=by,
        )


@transaction.atomic
def reject(*, attestation: Attestation, by: Person, now: datetime | None = None) -> None:
    """The proof does not show it: it is to be done, or recorded, again. Raises as `attest`.

    What was taken back meanwhile cannot be done again, and is cancelled.
    """
    fresh = _judged(attestation, AttestationState.REJECTED, by, now or timezone.now())
    if fresh.delivery.disclosure:
        gone = Disclosure.objects.filter(pk=fresh.delivery.disclosure.pk, content=None)
        mailboxes.drop_unsent(gone)


def _judged(attestation: Attestation, to: str, by: Person, at: datetime) -> Attestation:
    _waiting(attestation.delivery)
    fresh = Attestation.objects.select_related("delivery__partner", "delivery__obligation").get(
        pk=attestation.pk
    )
    if fresh.is_by(by.pk):
        raise SamePerson(fresh.pk)
    if fresh.state != AttestationState.RECORDED:
        raise NotWaiting(fresh.pk)
    move(fresh, to, by=by, now=at, note=fresh.sha256, judged_by=by.pk, judged_at=at)
    return fresh


def _waiting(delivery: Delivery) -> Delivery:
    """The row, held: of two people at once the second finds what the first did."""
    Delivery.objects.select_for_update().get(pk=delivery.pk)
    found = Delivery.objects.by_hand().filter(pk=delivery.pk).first()
    if found is None:
        raise NotWaiting(delivery.pk)
    return found


def _disclosure(delivery: Delivery) -> Disclosure:
    if delivery.disclosure is None:
        raise NothingToHand(delivery.pk)
    return delivery.disclosure


def _person(delivery: Delivery) -> UUID:
    return _disclosure(delivery).person


def _letter(delivery: Delivery, values: dict[str, str], at: datetime) -> str:
    """What the partner reads: the number to keep for deletions, the purpose, each item."""
    words = {
        name: label for fields in partners.SHAREABLE.values() for name, label in fields.items()
    }
    disclosure = _disclosure(delivery)
    return "\r\n".join(
        [
            f"接收方：{delivery.partner.legal_name}",
            f"编号：{number(delivery)}（以后通知删除时用这个编号，请一并保存）",
            f"用途：{disclosure.purpose}",
            f"提供时间：{timezone.localtime(at):%Y-%m-%d %H:%M}",
            "",
            *(f"{words[name]}：{value}" for name, value in values.items()),
            "",
            "只能用于上述用途；收到删除通知后删除，并书面回复。",
        ]
    )
