"""What partners must do after us, on two axes: where the message is, and what the partner did.

An obligation ends only on a verified receipt; a delivery never ends in "discarded".
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models.stateful import Stateful
from consent.models.disclosures import Disclosure
from consent.models.partners import Partner
from consent.states import (
    DELIVERY_MOVES,
    OBLIGATION_MOVES,
    OBLIGATION_SETTLED,
    DeliveryState,
    ObligationState,
)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Reads over obligations."""

    def for_cause(self, cause: UUID) -> "ObligationQuerySet":
        """All that one erasure gave rise to, by partner."""
        return self.filter(cause=cause).select_related("partner").order_by("partner__slug")

    def of(self, person: UUID) -> "ObligationQuerySet":
        """Of one person, newest first."""
        return self.filter(person=person).order_by("-asked_at")

    def open(self) -> "ObligationQuerySet":
        """Not settled yet: refused and failed ones are still open."""
        return self.exclude(state__in=OBLIGATION_SETTLED)


class Obligation(Stateful):
    """One partner's duty to delete what it got of one person. `state` is its outcome."""

    class Kind(models.TextChoices):
        ERASURE = "erasure", "删除"
        WITHDRAWAL = "withdrawal", "撤回同意"
        CONTRACT_END = "contract_end", "合同到期"

    MOVES = OBLIGATION_MOVES
    PLAIN = (
        "id",
        "kind",
        "cause",
        "partner",
        "person",
        "identity",
        "state",
        "asked_at",
        "due_at",
        "expected_at",
        "reason",
        "settled_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    cause = models.UUIDField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    person = models.UUIDField()
    identity = models.UUIDField()
    state = models.CharField(max_length=30, choices=ObligationState, default=ObligationState.OPEN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")
    settled_at = models.DateTimeField(null=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="obligation_once_per_cause", fields=["kind", "cause", "partner"]
            ),
            models.CheckConstraint(
                name="obligation_settled_has_a_date",
                condition=Q(state__in=sorted(OBLIGATION_SETTLED), settled_at__isnull=False)
                | (~Q(state__in=sorted(OBLIGATION_SETTLED)) & Q(settled_at=None)),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "partner"], name="obligation_of_whom")]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.person)

    @property
    def is_settled(self) -> bool:
        """Whether the partner has proven, or lawfully excused, its part."""
        return self.state in OBLIGATION_SETTLED


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Reads over deliveries."""

    def due(self, partner_id: int, now: datetime) -> "DeliveryQuerySet":
        """What the courier should send one partner now, longest waiting first."""
        return self.filter(
            partner=partner_id, state=DeliveryState.QUEUED, next_at__lte=now
        ).order_by("next_at")

    def for_people(self) -> "DeliveryQuerySet":
        """Whatever people deal with: partners without interface, and claims to be authorised."""
        claims = Receipt.objects.filter(
            obligation=OuterRef("obligation"), outcome=ObligationState.EXEMPT_INDEPENDENT_CONSENT
        )
        return self.filter(Q(partner__protocol=Partner.Protocol.MANUAL) | Exists(claims))

    def by_hand(self) -> "DeliveryQuerySet":
        """What people, not the courier, still have to do: the nearest deadline first."""
        is_unsent = Q(disclosure__isnull=False, state=DeliveryState.QUEUED)
        is_owed = Q(obligation__isnull=False) & ~Q(obligation__state__in=OBLIGATION_SETTLED)
        return (
            self.for_people()
            .filter(is_unsent | is_owed)
            .select_related("partner", "obligation", "disclosure")
            .order_by(F("obligation__due_at").asc(nulls_last=True), "next_at")
        )


class Delivery(Stateful):
    """One message to one partner. `state` is the transport axis, `id` its webhook-id for ever."""

    MOVES = DELIVERY_MOVES
    PLAIN = (
        "id",
        "partner",
        "obligation",
        "disclosure",
        "state",
        "next_at",
        "attempts",
        "needs_attention",
        "last_problem",
        "delivered_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    obligation = models.OneToOneField(Obligation, on_delete=models.PROTECT, null=True)
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=20, choices=DeliveryState, default=DeliveryState.QUEUED)
    next_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    needs_attention = models.BooleanField(default=False)
    last_problem = models.CharField(max_length=40, default="")
    delivered_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="delivery_carries_one_thing",
                condition=Q(obligation=None, disclosure__isnull=False)
                | Q(obligation__isnull=False, disclosure=None),
            ),
        ]
        indexes: ClassVar = [
            # Claims walk this index in due order and never sort the queue.
            models.Index(
                fields=["partner", "next_at"],
                name="delivery_due",
                condition=Q(state="queued"),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return f"partner:{self.partner.slug}"


class Mailbox(models.Model):
    """One partner's queue as one claimable row: a dead partner costs one slot, not the courier."""

    PLAIN = ("partner", "next_at", "lease_until", "lease_token", "failures")

    partner = models.OneToOneField(Partner, on_delete=models.PROTECT, primary_key=True)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_at"], name="mailbox_due")]

    def __str__(self) -> str:
        return f"mailbox {self.partner_id}"


class Attempt(models.Model):
    """One try of one delivery. Append-only; bodies by hash."""

    PLAIN = ("id", "delivery", "at", "ms", "http_status", "problem", "request_sha256")

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    ms = models.PositiveIntegerField()
    http_status = models.PositiveSmallIntegerField()
    problem = models.CharField(max_length=40)
    request_sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.http_status}"


class Receipt(models.Model):
    """A partner's signed word about an obligation, kept as received. Append-only."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "已受理"
        CALLBACK = "callback", "回执"

    PLAIN = (
        "id",
        "obligation",
        "kind",
        "outcome",
        "raw",
        "sha256",
        "message_id",
        "sent_at",
        "signature",
        "key_id",
        "received_at",
    )

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=10, choices=Kind)
    outcome = models.CharField(max_length=30)
    raw = models.TextField()
    sha256 = models.CharField(max_length=64)
    message_id = models.CharField(max_length=128)
    sent_at = models.BigIntegerField(help_text="webhook-timestamp, unix seconds")
    signature = models.TextField()
    key_id = models.CharField(max_length=32)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="receipt_once_per_message", fields=["obligation", "kind", "message_id"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.outcome}"
