"""What a program pointed out about an application, once for every round, and who looked into it."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Complaint, Person
from accounts.personal import Category, PersonalModel, PersonalQuerySet, PersonalText, Retention
from accounts.states import COMPLAINT_WAITS_FOR_US, PersonState
from onboarding import risk
from onboarding.models.application import Application
from onboarding.states import ApplicationState


class RiskLookQuerySet(PersonalQuerySet):
    """Reads over looks."""

    def due(self) -> "RiskLookQuerySet":
        """Those nobody looked at yet, of applications that still wait for a judgement."""
        return self.filter(
            looked_at=None,
            application__state=ApplicationState.SUBMITTED,
            application__round=F("round"),
            person__state=PersonState.OPEN,
        ).order_by("created_at")

    def of_round(self, application: Application) -> "RiskLook | None":
        """The look at the present round of an application, with what was asked about it."""
        rows = self.filter(application=application, round=application.round)
        found: RiskLook | None = rows.select_related("request", "checked_by").first()
        return found

    def asked(self) -> "RiskLookQuerySet":
        """Those whose merchant waits for another human look, the nearest deadline first."""
        waiting = self.filter(request__state__in=COMPLAINT_WAITS_FOR_US)
        return waiting.select_related("request", "application").order_by("request__due_at", "id")

    def of(self, person: UUID) -> "RiskLookQuerySet":
        """Of one person, oldest first."""
        rows = self.filter(person_id=person).select_related("application")
        return rows.order_by("created_at")


class RiskLook(PersonalModel):
    """One round's look. The row is the queue: `looked_at` None means still to do.

    `checked_*` is a reviewer's word on what must be checked; `request` the merchant's wish for
    another human look, kept and answered as a complaint is.
    """

    PLAIN = (
        "id",
        "application",
        "person",
        "round",
        "created_at",
        "looked_at",
        "checked_at",
        "checked_by",
        "request",
    )

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="risk_looks"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="risk_looks")
    round = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="checked_risks"
    )
    request = models.OneToOneField(
        Complaint, on_delete=models.PROTECT, null=True, related_name="risk_look"
    )

    signals = PersonalText(
        "业务风险提示",
        category=Category.RISK,
        purpose="提醒审核人员留意和核实，防范冒用和欺诈；由人决定",
        scene="您提交申请以后，由程序对照已有的资料产生",
        retention=Retention.IDENTITY,
    )
    how_checked = PersonalText(
        "对风险提示的核实说明",
        category=Category.RISK,
        purpose="留下审核人员是怎样核实的",
        scene="审核人员通过申请时写下",
        retention=Retention.IDENTITY,
    )

    objects: ClassVar[RiskLookQuerySet] = RiskLookQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="risk_once_per_round", fields=["application", "round"]),
            models.CheckConstraint(
                name="risk_looked_found_something_to_say",
                condition=Q(looked_at=None, signals=None)
                | Q(looked_at__isnull=False, signals__isnull=False),
            ),
            models.CheckConstraint(
                name="risk_checked_by_somebody",
                condition=Q(checked_at=None, checked_by=None, how_checked=None)
                | Q(
                    checked_at__isnull=False,
                    checked_by__isnull=False,
                    how_checked__isnull=False,
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="risk_due", condition=Q(looked_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.round}"

    def found(self) -> list[risk.Signal]:
        """What was pointed out, opened; nothing while nobody looked. Raises KeyGone."""
        return risk.read(self.signals.clear) if self.signals else []
