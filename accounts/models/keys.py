"""Data keys, in the vault database only. Written and destroyed by accounts.personal.keys alone."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.personal.classes import Retention


class DataKey(models.Model):
    """One wrapped data key of one person and retention class; a tombstone once destroyed."""

    PLAIN = (
        "id",
        "person",
        "retention",
        "version",
        "wrapped",
        "kek_version",
        "created_at",
        "destroyed_at",
    )

    person = models.UUIDField()
    retention = models.CharField(max_length=20, choices=Retention)
    version = models.PositiveSmallIntegerField(default=1)
    wrapped = models.BinaryField()
    kek_version = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="datakey_once_per_version", fields=["person", "retention", "version"]
            ),
            models.CheckConstraint(
                name="datakey_destroyed_holds_nothing",
                condition=models.Q(destroyed_at=None) | models.Q(wrapped=b""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.retention} v{self.version}"
