"""That somebody told another person before typing their data here. Append-only evidence."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone


class DeclarationQuerySet(models.QuerySet["OthersDeclared"]):
    """Reads over declarations."""

    def of(self, person: UUID) -> "DeclarationQuerySet":
        """Of one person, newest first."""
        return self.filter(person=person).order_by("-id")


class OthersDeclared(models.Model):
    """One tick, bound to the very words beside it. Names nobody: a pseudonym, a hash, a network.

    Who was told is not kept here: the value stands in its own field and goes with it.
    """

    PLAIN = ("id", "person", "code", "version", "sha256", "address_prefix", "at")

    person = models.UUIDField()
    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    address_prefix = models.CharField(max_length=43, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "sha256"], name="others_declared_of")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
