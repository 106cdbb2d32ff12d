"""Somebody else takes over, or nobody does: notices of transfers, and the end of the service."""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Person
from accounts.models.stateful import Stateful
from consent.states import (
    ENDING_MOVES,
    ENDING_OVER,
    TRANSFER_MOVES,
    EndingState,
    TransferState,
)


class TransferNoticeQuerySet(models.QuerySet["TransferNotice"]):
    """Reads over notices."""

    def public(self) -> "TransferNoticeQuerySet":
        """Whatever was announced and stands, the latest to take effect first."""
        return self.filter(state=TransferState.PUBLISHED).order_by("-effect_date", "-published_at")

    def coming(self, today: date | None = None) -> "TransferNoticeQuerySet":
        """Announced and not in effect yet: to be shown wherever people look."""
        return self.public().filter(effect_date__gt=today or timezone.localdate())


class TransferNotice(Stateful):
    """Who takes over what of people's data, why and when (PIPL 22)."""

    class Why(models.TextChoices):
        MERGER = "merger", "公司合并"
        DIVISION = "division", "公司分立"
        ACQUISITION = "acquisition", "业务转让"
        DISSOLUTION = "dissolution", "公司解散"
        BANKRUPTCY = "bankruptcy", "公司被宣告破产"

    MOVES = TRANSFER_MOVES
    PLAIN = (
        "id",
        "state",
        "successor",
        "contact",
        "why",
        "passes",
        "new_purpose",
        "effect_date",
        "drafted_at",
        "drafted_by",
        "published_at",
        "published_by",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=20, choices=TransferState, default=TransferState.DRAFT)
    successor = models.CharField("接手方名称", max_length=100)
    contact = models.CharField("接手方联系方式", max_length=100)
    why = models.CharField("原因", max_length=20, choices=Why)
    passes = models.CharField("转移哪些信息", max_length=500)
    new_purpose = models.CharField("接手方的新用途", max_length=500, default="", blank=True)
    effect_date = models.DateField("转移日期")
    drafted_at = models.DateTimeField(default=timezone.now)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = TransferNoticeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="transfer_published_by_a_second_person",
                condition=Q(state__in=["draft", "discarded"], published_at=None, published_by=None)
                | (
                    Q(state__in=["published", "withdrawn"], published_at__isnull=False)
                    & ~Q(published_by=F("drafted_by"))
                    & Q(published_by__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.successor


class ServiceEndingQuerySet(models.QuerySet["ServiceEnding"]):
    """Reads over endings."""

    def live(self) -> "ServiceEnding | None":
        """The one proposed or announced, if any."""
        return self.exclude(state__in=ENDING_OVER).first()

    def announced(self) -> "ServiceEnding | None":
        """The one the public was told of."""
        return self.filter(state=EndingState.ANNOUNCED).first()

    def collecting_over(self, today: date | None = None) -> "ServiceEndingQuerySet":
        """The one since whose day nothing more is collected from anybody."""
        day = today or timezone.localdate()
        return self.filter(state=EndingState.ANNOUNCED, stop_date__lte=day)


class ServiceEnding(Stateful):
    """The day collecting stops, and the day from which everybody's data is erased."""

    MOVES = ENDING_MOVES
    PLAIN = (
        "id",
        "state",
        "reason",
        "stop_date",
        "erase_date",
        "proposed_at",
        "proposed_by",
        "announced_at",
        "announced_by",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=20, choices=EndingState, default=EndingState.PROPOSED)
    reason = models.CharField("公告里的说明", max_length=300)
    stop_date = models.DateField("从哪天起不再收集")
    erase_date = models.DateField("从哪天起删除全部信息")
    proposed_at = models.DateTimeField(default=timezone.now)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(null=True)
    announced_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ServiceEndingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="ending_one_of_each", fields=["state"], condition=~Q(state="revoked")
            ),
            models.CheckConstraint(
                name="ending_announced_by_a_second_person",
                condition=~Q(state="announced")
                | (
                    Q(announced_at__isnull=False, announced_by__isnull=False)
                    & ~Q(announced_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="ending_erases_after_it_stops",
                condition=Q(erase_date__gt=F("stop_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stop_date} {self.erase_date}"
