"""Claiming a mailbox: one short transaction, a lease, and a token that fences late writers out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone

from consent.models import Delivery, Mailbox
from consent.states import DeliveryState

LEASE = timedelta(seconds=120)
# No new batch begins when less than this is left of the lease: a batch must end inside it.
BATCH_TIME = timedelta(seconds=60)
BACKOFF_S = (0, 5, 30, 120, 600, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one partner's messages until `until`."""

    partner_id: int
    token: UUID
    until: datetime

    def has_time(self) -> bool:
        """Whether another batch still fits."""
        return timezone.now() + BATCH_TIME < self.until


def due(now: datetime | None = None) -> list[int]:
    """Partners whose mailbox is due and held by nobody, longest waiting first."""
    at = now or timezone.now()
    _wake(at)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rows = Mailbox.objects.filter(free, next_at__lte=at).order_by("next_at")
    return list(rows.values_list("partner_id", flat=True))


def _wake(at: datetime) -> None:
    """Wake mailboxes that sleep over a due message.

    A message written while its mailbox was being given back is seen by neither side. Mailboxes
    that wait because the partner was unreachable go on waiting.
    """
    waiting = Delivery.objects.filter(
        partner=OuterRef("partner"), state=DeliveryState.QUEUED, next_at__lte=at
    )
    asleep = Q(next_at=None) | Q(next_at__gt=at)
    Mailbox.objects.filter(asleep, Exists(waiting), lease_until=None, failures=0).update(next_at=at)


def claim(partner_id: int, now: datetime | None = None) -> Lease | None:
    """Take the mailbox, or None when it is not due or another courier holds it."""
    at = now or timezone.now()
    lease = Lease(partner_id, uuid4(), at + LEASE)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    taken = Mailbox.objects.filter(free, partner=partner_id, next_at__lte=at).update(
        lease_until=lease.until, lease_token=lease.token
    )
    return lease if taken else None


def holds(lease: Lease) -> bool:
    """Whether the lease is still ours; called first inside the transaction that records a batch."""
    return bool(
        Mailbox.objects.filter(partner=lease.partner_id, lease_token=lease.token).update(
            lease_token=lease.token
        )
    )


def release(lease: Lease, *, failed: bool, now: datetime | None = None) -> None:
    """Give the mailbox back, due when its next message is.

    After a batch in which the partner could not be reached at all the mailbox waits as a whole,
    longer each time, so a dead partner costs one try per wait and not one per message.
    """
    at = now or timezone.now()
    queued = Delivery.objects.filter(partner=lease.partner_id, state=DeliveryState.QUEUED)
    next_at = queued.aggregate(first=Min("next_at"))["first"]
    box = Mailbox.objects.filter(partner=lease.partner_id, lease_token=lease.token)
    failures = (box.values_list("failures", flat=True).first() or 0) + 1 if failed else 0
    if failed and next_at is not None:
        wait = BACKOFF_S[min(failures, len(BACKOFF_S) - 1)]
        next_at = max(next_at, at + timedelta(seconds=wait))
    box.update(next_at=next_at, lease_until=None, lease_token=None, failures=failures)
