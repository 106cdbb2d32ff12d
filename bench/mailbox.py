"""Full mailboxes to drain: partners with obligations waiting, as a day of erasures leaves them."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.utils import timezone

from consent.actions import partners
from consent.models import Delivery, Mailbox, Obligation, Partner, Receipt
from consent.protocol import webhooks
from consent.states import DeliveryState, ObligationState


def full(endpoint: str, size: int) -> Partner:
    """A partner listening at `endpoint` who still has to hear of `size` erasures."""
    partner = _partner(endpoint)
    now = timezone.now()
    obligations = Obligation.objects.bulk_create(
        Obligation(
            kind=Obligation.Kind.ERASURE,
            cause=uuid4(),
            partner=partner,
            person=uuid4(),
            identity=uuid4(),
            asked_at=now,
            due_at=now + timedelta(days=21),
        )
        for _ in range(size)
    )
    Delivery.objects.bulk_create(
        Delivery(id=row.pk, partner=partner, obligation=row, next_at=now) for row in obligations
    )
    Mailbox.objects.filter(partner=partner).update(next_at=now)
    return partner


def _partner(endpoint: str) -> Partner:
    return partners.register(
        slug=f"bench-{uuid4().hex[:12]}",
        secrets=[webhooks.new_secret()],
        scope={"contact": ["contact_phone"]},
        kind=Partner.Kind.AFFILIATE,
        legal_name="合作方",
        contact="400-000-0000",
        purpose="测量",
        purpose_class="processing",
        method="加密接口",
        contract="B-1",
        contract_until="2099-01-01",
        domain="partner.example",
        endpoint=endpoint,
    )


def waiting(partner: Partner) -> "QuerySet[Delivery, UUID]":
    """The messages still to be sent."""
    queued = Delivery.objects.filter(partner=partner, state=DeliveryState.QUEUED)
    return queued.values_list("pk", flat=True)


def delivered(partner: Partner) -> int:
    """How many were delivered once and are known by a receipt of their own to be accepted."""
    done = Delivery.objects.filter(partner=partner, state=DeliveryState.DELIVERED, attempts=1)
    accepted = done.filter(obligation__state=ObligationState.ACCEPTED)
    return accepted.filter(obligation__receipts__kind=Receipt.Kind.ACCEPTED).count()
