"""What people did with a partner that has no interface, seen by one and confirmed by another.

The one rule: nothing counts before a second person confirmed it; from then on it never changes.
"""

import hashlib
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.stateful import Stateful
from consent.models.obligations import Delivery
from consent.states import ATTESTATION_MOVES, AttestationState, ObligationState


class Attestation(Stateful):
    """One record of what was handed over, or of what a partner says it did, and its proof.

    Beside Receipt, which a machine signs. The proof itself stays in the operator's files: here are
    its reference and its SHA-256, and of no person anything. `recorded_by` and `judged_by` are
    staff numbers without a foreign key, as in the ledger.
    """

    class Outcome(models.TextChoices):
        HANDED = "handed", "已移交"
        COMPLETED = ObligationState.COMPLETED.value, "对方已删除"
        NO_MATCH = ObligationState.NO_MATCH.value, "对方未持有"
        EXEMPT_LEGAL = ObligationState.EXEMPT_LEGAL.value, "对方依法保留"
        EXEMPT_INDEPENDENT_CONSENT = (
            ObligationState.EXEMPT_INDEPENDENT_CONSENT.value,
            "商家另外授权了对方",
        )
        REFUSED = ObligationState.REFUSED.value, "对方拒绝"

    MOVES = ATTESTATION_MOVES
    PLAIN = (
        "id",
        "delivery",
        "state",
        "outcome",
        "done_on",
        "reference",
        "reason",
        "file_sha256",
        "sha256",
        "recorded_by",
        "recorded_at",
        "judged_by",
        "judged_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attestations")
    state = models.CharField(
        max_length=20, choices=AttestationState, default=AttestationState.RECORDED
    )
    outcome = models.CharField("结果", max_length=30, choices=Outcome)
    done_on = models.DateField("哪天")
    reference = models.CharField("凭证", max_length=100)
    reason = models.CharField("对方的理由", max_length=200, default="", blank=True)
    file_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField(default=timezone.now)
    judged_by = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attestation_judged_by_somebody",
                condition=Q(state="recorded", judged_by=None, judged_at=None)
                | (~Q(state="recorded") & Q(judged_by__isnull=False, judged_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="attestation_takes_two_people",
                condition=Q(judged_by=None) | ~Q(judged_by=F("recorded_by")),
            ),
            models.UniqueConstraint(
                name="attestation_one_waits_per_delivery",
                fields=["delivery"],
                condition=Q(state="recorded"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome}"

    def ledger_stream(self) -> str:
        return f"partner:{self.delivery.partner.slug}"

    def fingerprint(self) -> str:
        """SHA-256 (hex) of everything that is attested, one fact a line."""
        facts = (
            self.delivery_id,
            self.outcome,
            self.done_on,
            self.reference,
            self.reason,
            self.file_sha256,
            self.recorded_by,
        )
        return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()

    def is_by(self, person: UUID) -> bool:
        """Whether this person recorded it, and so cannot confirm it."""
        return self.recorded_by == person
