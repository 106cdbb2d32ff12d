"""Impact assessments (PIPL 55, 56): written by one person, approved by another, then for ever so.

The one rule: an approved row never changes and no row is ever deleted; the database refuses both.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.clocks import Clock, deadline
from accounts.models.stateful import Stateful
from consent.models.partners import Partner
from consent.purposes import SHARE
from consent.states import ASSESSMENT_MOVES, AssessmentState

# What article 56 wants said, by field, in the order it is read.
CONTENTS: Mapping[str, str] = MappingProxyType(
    {
        "necessity": "目的和方式是否合法、正当、必要",
        "influence": "对个人权益的影响和安全风险",
        "measures": "保护措施是否合法、有效、与风险相称",
    }
)


class ImpactAssessmentQuerySet(models.QuerySet["ImpactAssessment"]):
    """Reads over assessments."""

    def in_force(self, now: datetime | None = None) -> "ImpactAssessmentQuerySet":
        """Approved, not expired on this day, and not of a recipient whose words changed since."""
        today = timezone.localdate(now)
        code = Concat(Value(SHARE), "slug", output_field=models.CharField())
        changed_since = Partner.objects.annotate(code=code).filter(
            code=OuterRef("purpose"), changed_at__gt=OuterRef("approved_at")
        )
        approved = self.filter(state=AssessmentState.APPROVED, valid_until__gte=today)
        return approved.exclude(Exists(changed_since))

    def newest_first(self) -> "ImpactAssessmentQuerySet":
        """As a reader of the archive wants them, without their long texts."""
        return self.order_by("-created_at", "-pk").defer(*CONTENTS)

    def valid_until(self, purposes: Iterable[str]) -> dict[str, date]:
        """The last day covered, by purpose, of those that were ever approved."""
        approved = self.filter(state=AssessmentState.APPROVED, purpose__in=list(purposes))
        rows = approved.order_by().values_list("purpose").annotate(models.Max("valid_until"))
        return dict(rows)


class ImpactAssessment(Stateful):
    """One assessment of one purpose: the three contents article 56 asks for, and who stands for it.

    `author` and `approver` are staff numbers without a foreign key, as in the ledger: the document
    is kept longer than accounts are. `sha256` is of what was submitted, and so of what is approved.
    """

    MOVES = ASSESSMENT_MOVES
    PLAIN = (
        "id",
        "purpose",
        "state",
        "necessity",
        "influence",
        "measures",
        "is_high_risk",
        "valid_until",
        "sha256",
        "author",
        "approver",
        "remark",
        "created_at",
        "submitted_at",
        "approved_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    purpose = models.CharField("评估的事项", max_length=60)
    state = models.CharField(max_length=20, choices=AssessmentState, default=AssessmentState.DRAFT)
    necessity = models.TextField(CONTENTS["necessity"])
    influence = models.TextField(CONTENTS["influence"])
    measures = models.TextField(CONTENTS["measures"])
    is_high_risk = models.BooleanField("高风险", default=False)
    valid_until = models.DateField("有效期至")
    sha256 = models.CharField(max_length=64, default="")
    author = models.UUIDField()
    approver = models.UUIDField(null=True)
    remark = models.CharField("退回说明", max_length=300, default="")
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)

    objects = ImpactAssessmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="assessment_approved_by_somebody",
                condition=Q(state="approved", approver__isnull=False, approved_at__isnull=False)
                | (~Q(state="approved") & Q(approver=None, approved_at=None)),
            ),
            models.CheckConstraint(
                name="assessment_takes_two_people",
                condition=Q(approver=None) | ~Q(approver=F("author")),
            ),
            models.CheckConstraint(
                name="assessment_submitted_has_a_hash",
                condition=Q(state="draft") | (~Q(sha256="") & Q(submitted_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["purpose", "valid_until"],
                name="assessment_in_force",
                condition=Q(state="approved"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state}"

    def ledger_stream(self) -> str:
        return "assessments"

    @property
    def text(self) -> str:
        """All that is signed for, as plain text."""
        risk = "高风险" if self.is_high_risk else "一般风险"
        parts = (self.purpose, risk, f"{self.valid_until}", *self.contents.values())
        return "\n".join(parts)

    @property
    def contents(self) -> dict[str, str]:
        """The three contents of article 56, by heading."""
        return {heading: getattr(self, name) for name, heading in CONTENTS.items()}

    def fingerprint(self) -> str:
        """SHA-256 (hex) of `text` in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def is_by(self, person: UUID) -> bool:
        """Whether this person wrote it, and so cannot approve it."""
        return self.author == person

    @property
    def kept_until(self) -> datetime:
        """The first moment it might be thrown away (PIPL 56)."""
        return deadline(Clock.ASSESSMENT, self.approved_at or self.created_at).at
