"""What people were shown before they answered, and the very words, kept by their fingerprint."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone


class Asking(models.TextChoices):
    """How a text was put before a person."""

    PAGE = "page", "单独一页"
    GATE = "gate", "办理前先问的一页"
    DIALOG = "dialog", "用到时的弹窗"
    POPUP = "popup", "首页提示"
    LIST = "list", "权限与授权一览"


class Wording(models.Model):
    """The words of a notice as they stood on the screen, under their SHA-256. Append-only.

    Notices change with the code and the partners; what somebody agreed to stays readable here.
    Policies need no row: each version is kept whole. Says nothing about anybody.
    """

    PLAIN = ("sha256", "text")

    sha256 = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()

    def __str__(self) -> str:
        return self.sha256


class ServedQuerySet(models.QuerySet["Served"]):
    """Reads over what was shown."""

    def of(self, person: UUID) -> "ServedQuerySet":
        """To one person, newest first."""
        return self.filter(person=person).order_by("-id")


class Served(models.Model):
    """A text was shown to a signed-in merchant: once per person, text and way of asking.

    Append-only and without foreign keys, like the answers it goes before: an account's pseudonym,
    a fingerprint and a network.
    """

    PLAIN = (
        "id",
        "person",
        "code",
        "version",
        "sha256",
        "language",
        "asking",
        "address_prefix",
        "at",
    )

    person = models.UUIDField()
    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    asking = models.CharField(max_length=10, choices=Asking)
    address_prefix = models.CharField(max_length=43, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    objects = ServedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="served_once_per_way", fields=["person", "sha256", "asking"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.asking}"
