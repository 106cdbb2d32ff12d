"""Waking the courier: the row is the promise, the message after commit only hurries it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import after_commit, ledger
from accounts.models import Person
from consent import tasks
from consent.models import Delivery, Mailbox, Partner
from consent.states import DeliveryState


def hurry(partner_id: int, at: datetime) -> None:
    """Make a partner's mailbox due at `at`, and send the courier there after commit.

    A broker that is away costs the time until the next sweep and nothing else.
    """
    Mailbox.objects.get_or_create(partner_id=partner_id)
    Mailbox.objects.filter(Q(next_at=None) | Q(next_at__gt=at), partner=partner_id).update(
        next_at=at
    )
    after_commit.send(tasks.drain, partner_id=partner_id)


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
        hurry(partner.pk, at)
        actor = by.pk if by else None
        body = {"partner": partner.slug, "waiting": waiting}
        ledger.append("retried", stream=partner.ledger_stream(), by=actor, body=body, now=at)
    return waiting
