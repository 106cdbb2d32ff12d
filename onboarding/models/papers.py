"""Photographed papers. The row knows where the sealed picture lies; the picture is in storage."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.models import Person
from accounts.personal import PersonalModel, PersonalQuerySet
from onboarding.models.application import Application
from onboarding.roles import PaperKind


class PaperQuerySet(PersonalQuerySet):
    """Reads over papers."""

    def kinds_of(self, application: Application) -> frozenset[str]:
        """Which papers an application has."""
        return frozenset(self.filter(application=application).values_list("kind", flat=True))


class Paper(PersonalModel):
    """One picture. A replaced picture is a new row, so its sealing context is never used twice."""

    # The picture itself is sealed under the person's PAPERS key before it reaches storage.
    PLAIN = (
        "id",
        "application",
        "person",
        "kind",
        "storage_key",
        "sha256",
        "size",
        "width",
        "height",
        "created_at",
    )

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField("种类", max_length=20, choices=PaperKind)
    storage_key = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PaperQuerySet] = PaperQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="paper_one_of_a_kind", fields=["application", "kind"]),
            models.CheckConstraint(
                name="paper_kind_is_known", condition=models.Q(kind__in=PaperKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def sealing_context(self) -> str:
        """The place its bytes are bound to."""
        return f"{self._meta.label}:{self.pk}"


class Discard(models.Model):
    """A stored object no paper names (yet, or any more). The row is the queue of what to delete.

    It is written before the object is, so that a process killed in between leaves nothing behind.
    """

    PLAIN = ("id", "person", "storage_key", "due_at")

    person = models.UUIDField()
    storage_key = models.CharField(max_length=64, unique=True)
    due_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="discard_due"),
            models.Index(fields=["person"], name="discard_person"),
        ]

    def __str__(self) -> str:
        return self.storage_key
