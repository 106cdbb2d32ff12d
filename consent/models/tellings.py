"""What everybody it concerns is told by text message, and how far down the list that is written."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone


class TellingQuerySet(models.QuerySet["Telling"]):
    """Reads over tellings."""

    def open_at(self, now: datetime) -> "TellingQuerySet":
        """Begun and not through, the oldest first."""
        return self.filter(begins_at__lte=now, done_at=None).order_by("begins_at", "id")


class Telling(models.Model):
    """One event for many. `after` is the last account that was written down; the next ones follow.

    `audience` is the consent code whose live holders it concerns, "" when it concerns everybody.
    """

    PLAIN = ("id", "kind", "about", "audience", "after", "begins_at", "done_at")

    kind = models.CharField(max_length=30)
    about = models.CharField(max_length=80)
    audience = models.CharField(max_length=60, default="", blank=True)
    after = models.UUIDField(null=True)
    begins_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    objects = TellingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="telling_once_per_event", fields=["kind", "about"])
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
