"""Text messages about events, each told once, and which of them somebody does not want."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.stateful import Stateful
from accounts.personal import Category, PersonalModel, PersonalQuerySet, PersonalText, Retention
from accounts.personal.masks import phone
from accounts.states import NOTIFICATION_MOVES, NOTIFICATION_WAITS_FOR_US, NotificationState


class NotificationQuerySet(PersonalQuerySet):
    """Reads over notifications."""

    def of(self, person: UUID) -> "NotificationQuerySet":
        """Of one person, newest first."""
        return self.filter(person=person).order_by("-created_at", "-id")

    def waiting(self) -> "NotificationQuerySet":
        """Not sent yet."""
        return self.filter(state__in=NOTIFICATION_WAITS_FOR_US)

    def due(self, now: datetime) -> "NotificationQuerySet":
        """To be sent now: what concerns one person before what concerns everybody."""
        return self.waiting().filter(due_at__lte=now).order_by("is_for_many", "due_at")

    def spent(self, before: datetime) -> "NotificationQuerySet":
        """Over, and told long enough ago that nothing can tell the same again."""
        return self.filter(created_at__lte=before).exclude(state__in=NOTIFICATION_WAITS_FOR_US)


class Notification(Stateful, PersonalModel):
    """One text message to one account about one event. The row is the queue: `due_at` is when to
    try next, moved on by whoever sends it.

    It holds no number but where the text goes elsewhere than to the account: to the number the
    account had before, until it is sent.
    """

    MOVES = NOTIFICATION_MOVES
    PERSON = "person"
    PLAIN = (
        "id",
        "person",
        "kind",
        "about",
        "is_for_many",
        "state",
        "attempts",
        "created_at",
        "due_at",
    )

    person = models.UUIDField()
    kind = models.CharField(max_length=30)
    about = models.CharField(max_length=80, help_text="which event, by identifiers")
    is_for_many = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=NotificationState, default=NotificationState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now)

    number = PersonalText(
        "原来的手机号",
        category=Category.ACCOUNT,
        purpose="告诉您登录手机号已经更换",
        scene="您更换登录手机号时",
        retention=Retention.ACCOUNT,
        mask=phone,
    )

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="notification_once_per_event", fields=["person", "kind", "about"]
            ),
            models.CheckConstraint(
                name="notification_waits_or_is_over",
                condition=Q(state="queued", due_at__isnull=False)
                | (~Q(state="queued") & Q(due_at=None, number=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["is_for_many", "due_at"],
                name="notification_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.person)


class NotificationChoiceQuerySet(models.QuerySet["NotificationChoice"]):
    """Reads over choices."""

    def of(self, person: UUID) -> dict[str, bool]:
        """What this person chose: kind to on or off."""
        return dict(self.filter(person=person).values_list("kind", "is_on"))


class NotificationChoice(models.Model):
    """Whether somebody wants one kind; without a row it is as the kind starts."""

    PLAIN = ("id", "person", "kind", "is_on", "chosen_at")

    person = models.UUIDField()
    kind = models.CharField(max_length=30)
    is_on = models.BooleanField()
    chosen_at = models.DateTimeField(default=timezone.now)

    objects = NotificationChoiceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="notification_choice_once_per_kind", fields=["person", "kind"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.is_on}"
