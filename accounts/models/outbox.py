"""The development inbox for text messages: what SMS_URL=outbox:// sends. Sealed, kept an hour."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutboxMessage(models.Model):
    """One text message nobody will receive, sealed under the KMS."""

    PLAIN = ("id", "sealed", "sent_at")

    sealed = models.BinaryField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.sent_at}"
