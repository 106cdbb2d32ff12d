"""Waking the courier: the row is the promise, the message after commit only hurries it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import after_commit, ledger
from accounts.models import Person
from accounts.transitions import move
from consent import tasks
from consent.models import (
    Attestation,
    Delivery,
    Disclosure,
    DisclosureContent,
    Mailbox,
    Partner,
)
from consent.states import AttestationState, DeliveryState


def hurry(partner: Partner, at: datetime) -> None:
    """Make a partner's mailbox due at `at`, and send the courier there after commit.

    A broker that is away costs the time until the next sweep and nothing else. A partner that is
    dealt with by hand has no mailbox: the courier never comes by, people do.
    """
    if partner.is_manual:
        return
    Mailbox.objects.get_or_create(partner=partner)
    Mailbox.objects.filter(Q(next_at=None) | Q(next_at__gt=at), partner=partner).update(next_at=at)
    after_commit.send(tasks.drain, partner_id=partner.pk)


@transaction.atomic
def drop_unsent(unsent: QuerySet[Disclosure]) -> None:
    """Drop the content of these; what was to be handed over by hand is then cancelled.

    Unless somebody says it was handed over already: a second person decides that. What the courier
    was to send it cancels itself: it may be sending it just now.
    """
    DisclosureContent.objects.filter(disclosure__in=unsent).delete()
    waiting = Delivery.objects.select_for_update(of=("self",)).filter(
        disclosure__in=unsent,
        state=DeliveryState.QUEUED,
        partner__protocol=Partner.Protocol.MANUAL,
    )
    # Held before it is asked who said so: whoever records it meanwhile comes before, or too late.
    held = list(waiting.select_related("partner").order_by("pk"))
    recorded = Attestation.objects.filter(
        state=AttestationState.RECORDED, delivery__disclosure__in=unsent
    )
    said = set(recorded.values_list("delivery", flat=True))
    for delivery in held:
        if delivery.pk not in said:
            move(delivery, DeliveryState.CANCELLED, by=None, note="content gone")


@transaction.atomic
def retry_now(*, partner: Partner, by: Person | None, now: datetime | None = None) -> int:
    """Try everything that waits for a partner again at once, because it is back; returns how many.

    Whoever mended a partner need not sit out the waits its failures had earned it.
    """
    at = now or timezone.now()
    queued = Delivery.objects.filter(partner=partner, state=DeliveryState.QUEUED)
    waiting = queued.update(next_at=at, needs_attention=False)
    if waiting:
        Mailbox.objects.filter(partner=partner).update(failures=0)
        hurry(partner, at)
        actor = by.pk if by else None
        body = {"partner": partner.slug, "waiting": waiting}
        ledger.append("retried", stream=partner.ledger_stream(), by=actor, body=body, now=at)
    return waiting
