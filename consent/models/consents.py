"""What people answered: append-only events, and the state that follows from them.

The one rule: a Consent row is always the last event of its person and code, and nothing else.
"""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from consent.models.served import Asking


class ConsentEventQuerySet(models.QuerySet["ConsentEvent"]):
    """Reads over events."""

    def of(self, person: UUID) -> "ConsentEventQuerySet":
        """Of one person, newest first."""
        return self.filter(person=person).order_by("-id")

    def fold(self) -> dict[tuple[UUID, str], "ConsentEvent"]:
        """The state these events add up to: the last one of every person and code."""
        return {(event.person, event.code): event for event in self.order_by("id").iterator()}


class ConsentEvent(models.Model):
    """One answer to one question. Names nobody: an account's pseudonym, hashes and codes.

    Has no foreign keys and refuses UPDATE and DELETE by trigger: it is the evidence of article 69
    and outlives the account, whose pseudonym then leads to nobody. `address_prefix` is a network
    (/24 or /48) shared by hundreds of households and offices, never one address.
    """

    class Kind(models.TextChoices):
        POLICY = "policy", "政策与协议"
        NOTICE = "notice", "单独同意"
        SHARE = "share", "提供给接收方"

    class Decision(models.TextChoices):
        AGREED = "agreed", "已同意"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    class Way(models.TextChoices):
        CHECKBOX = "checkbox", "主动勾选并提交"
        BUTTON = "button", "点击按钮"

    PLAIN = (
        "id",
        "person",
        "kind",
        "code",
        "version",
        "sha256",
        "language",
        "decision",
        "way",
        "asking",
        "address_prefix",
        "at",
    )

    person = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    decision = models.CharField(max_length=10, choices=Decision)
    way = models.CharField(max_length=10, choices=Way)
    # Empty in answers from before the way of asking was kept.
    asking = models.CharField(max_length=10, choices=Asking, blank=True, default="")
    address_prefix = models.CharField(max_length=43, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "code"], name="consent_event_person")]

    def __str__(self) -> str:
        return f"{self.code} {self.decision}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Reads over the state."""

    def of(self, person: UUID) -> "ConsentQuerySet":
        """Of one person, by code."""
        return self.filter(person=person).order_by("code")

    def live(self) -> "ConsentQuerySet":
        """Agreed, and neither refused nor withdrawn since."""
        return self.filter(decision=ConsentEvent.Decision.AGREED)

    def agreed_to(self, person: UUID, sha256s: Iterable[str]) -> "ConsentQuerySet":
        """Live agreements of one person to exactly these texts."""
        return self.live().filter(person=person, sha256__in=list(sha256s))


class Consent(models.Model):
    """Where one person stands on one code; follows from the events, erased with the account."""

    PLAIN = ("id", "person", "kind", "code", "version", "sha256", "decision", "at", "event")

    person = models.UUIDField()
    kind = models.CharField(max_length=10, choices=ConsentEvent.Kind)
    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    decision = models.CharField(
        max_length=10, choices=ConsentEvent.Decision, blank=True, default=""
    )
    at = models.DateTimeField(null=True)
    event = models.BigIntegerField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="consent_once_per_code", fields=["person", "code"])
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.decision}"

    @property
    def is_live(self) -> bool:
        """Whether the last answer was to agree."""
        return self.decision == ConsentEvent.Decision.AGREED

    def follow(self, event: ConsentEvent) -> None:
        """Become what this event says; saved by the caller."""
        for name, value in _said(event).items():
            setattr(self, name, value)

    def says(self, event: ConsentEvent) -> bool:
        """Whether it is what this event says, in every part."""
        return all(getattr(self, name) == value for name, value in _said(event).items())


def _said(event: ConsentEvent) -> dict[str, object]:
    """What a state takes over from its last event."""
    return {
        "kind": event.kind,
        "version": event.version,
        "sha256": event.sha256,
        "decision": event.decision,
        "at": event.at,
        "event": event.pk,
    }
