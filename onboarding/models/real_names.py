"""One asking of a verifier whether a name and an ID number belong together. Codes, no values."""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from accounts.models.stateful import Stateful
from consent.models import Disclosure, Partner
from onboarding.models.application import Application
from onboarding.states import REAL_NAME_MOVES, REAL_NAME_WAITS_FOR_US, RealNameState
from onboarding.verdicts import ANSWERS, Verdict


class RealNameCheckQuerySet(models.QuerySet["RealNameCheck"]):
    """Reads over checks."""

    def waiting(self) -> "RealNameCheckQuerySet":
        """Those that are not over."""
        return self.filter(state__in=REAL_NAME_WAITS_FOR_US)

    def due(self, now: datetime) -> "RealNameCheckQuerySet":
        """Those to be done now and held by nobody, longest waiting first."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        return self.waiting().filter(free, next_at__lte=now).order_by("next_at")

    def newest_of(self, application: Application) -> "RealNameCheck | None":
        """The last one of an application, with who was asked."""
        found = self.filter(application=application).select_related("partner")
        return found.order_by("-planned_at", "-round").first()


class RealNameCheck(Stateful):
    """One name and number of one application, asked about once. The row is the queue.

    `fingerprint` is the keyed hash of both: the same ones are not asked about again, and an answer
    about others is not shown. `reason` says why nobody was asked, or why no answer came.
    """

    class Reason(models.TextChoices):
        NOT_PERMITTED = "not_permitted", "不再允许向核验机构提供"
        OVERTAKEN = "overtaken", "资料已经改动，或审核已经结束"
        UNAVAILABLE = Verdict.UNAVAILABLE.value, Verdict.UNAVAILABLE.label
        OVER_QUOTA = Verdict.OVER_QUOTA.value, Verdict.OVER_QUOTA.label
        REFUSED = Verdict.REFUSED.value, Verdict.REFUSED.label

    MOVES = REAL_NAME_MOVES
    PLAIN = (
        "id",
        "application",
        "person",
        "partner",
        "disclosure",
        "round",
        "fingerprint",
        "state",
        "verdict",
        "reason",
        "attempts",
        "planned_at",
        "next_at",
        "lease_until",
        "lease_token",
        "finished_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="real_name_checks"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="real_name_checks")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, null=True)
    round = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=RealNameState, default=RealNameState.PLANNED)
    verdict = models.CharField(max_length=20, choices=Verdict, default="")
    reason = models.CharField(max_length=20, choices=Reason, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    planned_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RealNameCheckQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="real_name_once_a_round", fields=["application", "round"]),
            models.CheckConstraint(
                name="real_name_done_has_an_answer",
                condition=Q(state="done", verdict__in=sorted(ANSWERS), disclosure__isnull=False)
                | (~Q(state="done") & Q(verdict="")),
            ),
            models.CheckConstraint(
                name="real_name_unavailable_has_a_reason",
                condition=(Q(state="unavailable") & ~Q(reason=""))
                | (~Q(state="unavailable") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="real_name_over_has_a_time",
                condition=Q(state__in=["done", "unavailable"], finished_at__isnull=False)
                | (~Q(state__in=["done", "unavailable"]) & Q(finished_at=None)),
            ),
            models.CheckConstraint(
                name="real_name_held_while_running",
                condition=Q(state="running", lease_until__isnull=False, lease_token__isnull=False)
                | (~Q(state="running") & Q(lease_until=None, lease_token=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"],
                name="real_name_due",
                condition=Q(state__in=["planned", "running"]),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.person_id)
