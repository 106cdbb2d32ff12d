"""Demands of authorities for somebody's data: what they hold, who looked at them, what became.

Every row belongs to the person it is about and goes with them; what proves that handing over was
lawful is sealed away for three years.
"""

import json
from collections.abc import Collection
from datetime import date
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from accounts.models.stateful import Stateful
from accounts.personal import Category, PersonalModel, PersonalQuerySet, PersonalText, Retention
from consent.bases import Basis
from consent.models.disclosures import Disclosure
from consent.models.partners import Partner
from consent.states import (
    AUTHORITY_REQUEST_MOVES,
    AUTHORITY_REQUEST_OVER,
    AuthorityRequestState,
)

# The grounds on which an authority may demand anything of us.
AUTHORITY_BASES: tuple[Basis, ...] = (
    Basis.LEGAL_DUTY,
    Basis.CRIME,
    Basis.NATIONAL_SECURITY,
    Basis.PUBLIC_INTEREST,
)


class AuthorityRequestQuerySet(PersonalQuerySet):
    """Reads over requests."""

    def of(self, person: UUID) -> "AuthorityRequestQuerySet":
        """About one person, newest first."""
        return self.filter(person=person).order_by("-registered_at")

    def open(self) -> "AuthorityRequestQuerySet":
        """Not over, the nearest deadline first."""
        return self.exclude(state__in=AUTHORITY_REQUEST_OVER).order_by("due_date", "registered_at")

    def told(self) -> "AuthorityRequestQuerySet":
        """Those the person may know of: no law binds us to silence about them."""
        return self.filter(secrecy_law="")

    def secret_and_due(self, today: date) -> "AuthorityRequestQuerySet":
        """Those whose silence must be looked at again."""
        return self.exclude(secrecy_law="").filter(secrecy_review_date__lte=today)


class AuthorityRequest(Stateful, PersonalModel):
    """One demand about one person. `asked` never changes; `granted` only ever grows smaller.

    The official who signed is not recorded: authority, number and law say all we need.
    """

    MOVES = AUTHORITY_REQUEST_MOVES
    PERSON = "person"
    PLAIN = (
        "id",
        "state",
        "person",
        "authority",
        "number",
        "basis",
        "law",
        "asked",
        "granted",
        "due_date",
        "secrecy_law",
        "secrecy_review_date",
        "registered_at",
        "registered_by",
        "handed_at",
        "handed_by",
        "file_sha256",
        "disclosure",
    )

    state = models.CharField(
        max_length=20, choices=AuthorityRequestState, default=AuthorityRequestState.REGISTERED
    )
    person = models.UUIDField(db_index=True)
    authority = models.ForeignKey(Partner, on_delete=models.PROTECT)
    number = models.CharField("文书编号", max_length=40)
    basis = models.CharField("依据类别", max_length=60, choices=Basis)
    law = models.CharField("法律和条款", max_length=80)
    asked = models.TextField(help_text="JSON: codes of items")
    granted = models.TextField(help_text="JSON: codes of items")
    due_date = models.DateField("答复期限")
    secrecy_law = models.CharField("保密依据", max_length=80, default="", blank=True)
    secrecy_review_date = models.DateField("保密复查日", null=True)
    registered_at = models.DateTimeField(default=timezone.now)
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(null=True)
    handed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    file_sha256 = models.CharField(max_length=64, default="")
    disclosure = models.OneToOneField(
        Disclosure, on_delete=models.PROTECT, null=True, related_name="demanded_by"
    )

    wording = PersonalText(
        "调取文书的要求",
        category=Category.ACCOUNT,
        purpose="审查有权机关的要求",
        scene="有权机关凭文书调取时",
        retention=Retention.ACCOUNT,
    )
    secrecy_reason = PersonalText(
        "保密理由",
        category=Category.ACCOUNT,
        purpose="履行法律规定的保密义务",
        scene="有权机关凭文书调取时",
        retention=Retention.ACCOUNT,
    )

    objects: ClassVar[AuthorityRequestQuerySet] = AuthorityRequestQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="authority_request_once",
                fields=["authority", "number", "person"],
                condition=~Q(state="refused"),
            ),
            models.CheckConstraint(
                name="authority_request_stands_on_a_law",
                condition=~Q(law="") & ~Q(number="") & Q(basis__in=sorted(AUTHORITY_BASES)),
            ),
            models.CheckConstraint(
                name="authority_request_secrecy_has_a_review",
                condition=Q(secrecy_law="", secrecy_review_date=None)
                | (~Q(secrecy_law="") & Q(secrecy_review_date__isnull=False)),
            ),
            models.CheckConstraint(
                name="authority_request_handed_is_on_record",
                condition=Q(
                    state="handed",
                    handed_at__isnull=False,
                    handed_by__isnull=False,
                    disclosure__isnull=False,
                )
                & ~Q(file_sha256="")
                | ~Q(state="handed")
                & Q(handed_at=None, handed_by=None, disclosure=None, file_sha256=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_date"], name="authority_request_due")
        ]

    def __str__(self) -> str:
        return self.number

    def ledger_stream(self) -> str:
        return str(self.person)

    @property
    def asked_items(self) -> list[str]:
        """Codes of what is demanded."""
        return list(json.loads(self.asked))

    @property
    def granted_items(self) -> list[str]:
        """Codes of what those who reviewed it so far would hand over."""
        return list(json.loads(self.granted))

    @property
    def is_secret(self) -> bool:
        """Whether a law binds us to silence towards the person."""
        return bool(self.secrecy_law)

    @property
    def reference(self) -> str:
        """The document as the sharing ledger names it."""
        return f"{self.authority.legal_name} {self.number}，{self.law}"


class AuthorityDocument(PersonalModel):
    """The scanned document of a request, sealed under the person's key before it is stored."""

    PERSON = "person"
    PLAIN = ("id", "request", "person", "media_type", "sealed", "sha256", "size")

    request = models.OneToOneField(
        AuthorityRequest, on_delete=models.PROTECT, related_name="document"
    )
    person = models.UUIDField(db_index=True)
    media_type = models.CharField(max_length=40)
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def sealing_context(self) -> str:
        """The place its bytes are bound to."""
        return f"{self._meta.label}:{self.pk}"


class AuthorityReview(PersonalModel):
    """One person's judgement of a request: what they would hand over, or why nothing."""

    class Reason(models.TextChoices):
        LAWFUL = "lawful", "文书齐全，权限、依据和范围都核对无误"
        NO_DOCUMENT = "no_document", "没有正式文书，或者文书不全"
        NO_POWER = "no_power", "这个机关没有这项权限，或者无法核实"
        NO_LAW = "no_law", "没有写明法律依据，或者依据不成立"
        TOO_WIDE = "too_wide", "要的范围超出文书或者法律"
        NOT_SURE = "not_sure", "不能确定说的就是这个人"

    PERSON = "person"
    PLAIN = ("id", "request", "person", "by", "reason", "granted", "at")

    request = models.ForeignKey(AuthorityRequest, on_delete=models.PROTECT, related_name="reviews")
    person = models.UUIDField(db_index=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason)
    granted = models.TextField(help_text="JSON: codes of items", default="[]")
    at = models.DateTimeField(default=timezone.now)
    note = PersonalText(
        "审查说明",
        category=Category.ACCOUNT,
        purpose="说明为什么提供或者拒绝",
        scene="有权机关凭文书调取时",
        retention=Retention.ACCOUNT,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="authority_review_once", fields=["request", "by"]),
            models.CheckConstraint(
                name="authority_review_grants_something_or_nothing",
                condition=(Q(reason="lawful") & ~Q(granted="[]"))
                | (~Q(reason="lawful") & Q(granted="[]")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.reason}"

    @property
    def granted_items(self) -> list[str]:
        """Codes of what this reviewer would hand over."""
        return list(json.loads(self.granted))

    @property
    def is_granted(self) -> bool:
        """Whether this reviewer would hand something over."""
        return self.reason == self.Reason.LAWFUL


def items_text(codes: Collection[str]) -> str:
    """The one way a set of items is stored."""
    return json.dumps(sorted(codes))
