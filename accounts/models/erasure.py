"""A deactivation and what became of everything held. Outlives the person; names nobody."""

import base64
import secrets
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.utils import timezone

from accounts.models.stateful import Stateful
from accounts.states import (
    ERASURE_MOVES,
    ERASURE_OVER,
    ERASURE_WAITS_FOR_PERSON,
    ERASURE_WAITS_FOR_US,
    STEP_MOVES,
    ErasureState,
    StepState,
)


def receipt_code() -> str:
    """An unguessable receipt code: 160 bits, in letters and digits nobody misreads on the phone."""
    return base64.b32encode(secrets.token_bytes(20)).decode().lower()


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Reads over erasures."""

    def live(self) -> "ErasureQuerySet":
        """Not completed and not cancelled."""
        return self.exclude(state__in=ERASURE_OVER)

    def of_person(self, person_id: UUID) -> "ErasureQuerySet":
        """Of one person, newest first."""
        return self.filter(person=person_id).order_by("-requested_at")

    def late(self, now: datetime) -> "ErasureQuerySet":
        """Ours, and past the promised moment without our part done."""
        return self.live().filter(due_at__lt=now, local_done_at=None)

    def with_progress(self) -> Any:
        """Each with `steps_done` of `steps_all`, which no type knows of."""
        is_done = models.Q(steps__state=StepState.DONE)
        return self.annotate(
            steps_all=models.Count("steps"), steps_done=models.Count("steps", filter=is_done)
        )

    def unleased(self, now: datetime) -> "ErasureQuerySet":
        """Nobody is working on them."""
        return self.filter(models.Q(lease_until=None) | models.Q(lease_until__lte=now))

    def due(self, now: datetime) -> "ErasureQuerySet":
        """Something can be done for them now: start, go on, settle, or reply."""
        is_due = (
            models.Q(state=ErasureState.SCHEDULED, starts_at__lte=now)
            | models.Q(state__in=[ErasureState.RUNNING, ErasureState.AWAITING])
            | models.Q(state=ErasureState.COMPLETED, replied_at=None)
        )
        return self.filter(is_due).unleased(now).order_by("starts_at")


class Erasure(Stateful):
    """One deactivation. The row is the queue: due time, lease and fence token are here."""

    MOVES = ERASURE_MOVES
    # `sealed_phone` is sealed under the request's own key (class REPLY), destroyed after the reply.
    PLAIN = (
        "id",
        "code",
        "person",
        "state",
        "ledger_head",
        "requested_at",
        "starts_at",
        "due_at",
        "due_is_estimated",
        "local_done_at",
        "completed_at",
        "plan",
        "plan_sha256",
        "awaited",
        "sealed_phone",
        "replied_at",
        "lease_until",
        "lease_token",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(max_length=40, unique=True, default=receipt_code)
    person = models.UUIDField()
    state = models.CharField(max_length=20, choices=ErasureState, default=ErasureState.SCHEDULED)
    ledger_head = models.CharField(max_length=64, default="")
    requested_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_is_estimated = models.BooleanField(default=False)
    local_done_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    plan = models.TextField(default="")
    plan_sha256 = models.CharField(max_length=64, default="")
    # Keys of everything outside that must answer, frozen with local completion; "[]" is a
    # statement that nobody received anything, "" means not known yet.
    awaited = models.TextField(default="")
    sealed_phone = models.BinaryField(null=True)
    replied_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="erasure_one_live_per_person",
                fields=["person"],
                condition=~models.Q(state__in=["completed", "cancelled"]),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "starts_at"], name="erasure_due")]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.person)

    def is_late(self, now: datetime) -> bool:
        """Whether our part was promised by now and is not done; derived, never a state."""
        is_ours = self.state in ERASURE_WAITS_FOR_PERSON | ERASURE_WAITS_FOR_US
        return is_ours and self.due_at < now


class ErasureStep(Stateful):
    """What one holder did: how many, erased, anonymised or sealed, by which law until when."""

    MOVES = STEP_MOVES
    PLAIN = (
        "id",
        "erasure",
        "position",
        "holder",
        "label",
        "state",
        "outcome",
        "count",
        "law",
        "until",
        "note",
        "done_at",
    )

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    holder = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    state = models.CharField(max_length=20, choices=StepState, default=StepState.WAITING)
    outcome = models.CharField(max_length=20, default="")
    count = models.PositiveIntegerField(default=0)
    law = models.CharField(max_length=100, default="")
    until = models.DateField(null=True)
    note = models.CharField(max_length=200, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="step_once_per_holder", fields=["erasure", "holder"])
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.state}"

    def ledger_stream(self) -> str:
        return str(self.erasure.person)


class SealedRecord(models.Model):
    """What the law makes us keep after deactivation: unreadable for business, gone at `until`."""

    # `sealed` is sealed under the person's SEALED key, which dies at `until`.
    PLAIN = ("id", "erasure", "person", "holder", "law", "until", "sealed", "fields", "created_at")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="sealed_records")
    person = models.UUIDField()
    holder = models.CharField(max_length=40)
    law = models.CharField(max_length=100)
    until = models.DateField()
    sealed = models.BinaryField()
    fields = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="sealed_once_per_holder", fields=["erasure", "holder"])
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="sealed_until"),
            models.Index(fields=["person"], name="sealed_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.holder} until {self.until}"


class Certificate(models.Model):
    """A signed certificate, kept as the exact bytes the merchant downloads."""

    PLAIN = ("id", "erasure", "is_final", "file", "issued_at")

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="certificates")
    is_final = models.BooleanField()
    file = models.BinaryField()
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="certificate_once", fields=["erasure", "is_final"])
        ]

    def __str__(self) -> str:
        return f"{self.erasure_id} final={self.is_final}"
