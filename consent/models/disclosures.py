"""What was given to whom, when, why and on which basis; and, until it is delivered, the content."""

from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models.functions import Now

from accounts.personal import Category, Level, PersonalModel, PersonalText, Retention, masks
from consent.bases import DISCLOSING, Basis
from consent.models.partners import Partner


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Reads over disclosures."""

    def of(self, person: UUID) -> "DisclosureQuerySet":
        """Of one person, newest first."""
        return self.filter(person=person).order_by("-at")

    def told(self) -> "DisclosureQuerySet":
        """Those the person may know of: no law binds us to silence about them."""
        return self.filter(models.Q(demanded_by=None) | models.Q(demanded_by__secrecy_law=""))


class Disclosure(models.Model):
    """One line of the sharing ledger (网络数据安全管理条例 art. 12, kept three years). Append-only.

    Names no person but by pseudonym and holds no content: date, scale, purpose, recipient,
    categories, basis.
    """

    PLAIN = (
        "id",
        "person",
        "partner",
        "purpose",
        "categories",
        "scale",
        "basis",
        "consent_event",
        "document",
        "at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.UUIDField(db_index=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=100)
    categories = models.TextField()
    scale = models.PositiveIntegerField(help_text="how many values")
    basis = models.CharField(max_length=60, choices=Basis)
    consent_event = models.BigIntegerField(null=True)
    document = models.CharField(max_length=200, default="", help_text="what a legal basis rests on")
    at = models.DateTimeField(db_default=Now())

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="disclosure_has_a_basis",
                condition=models.Q(consent_event__isnull=False) | ~models.Q(basis="consent"),
            ),
            models.CheckConstraint(
                name="disclosure_on_the_law_has_a_document",
                condition=models.Q(basis="consent", document="")
                | (~models.Q(basis="consent") & ~models.Q(document="")),
            ),
            models.CheckConstraint(
                name="disclosure_basis_is_a_ground_of_law",
                condition=models.Q(basis__in=DISCLOSING),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DisclosureContent(PersonalModel):
    """The values of a disclosure on their way; gone once delivered, or with the person."""

    PERSON = "person"
    PLAIN = ("id", "disclosure", "person")

    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="content")
    person = models.UUIDField(db_index=True)
    values = PersonalText(
        "待发送给合作方的联系方式",
        category=Category.CONTACT,
        level=Level.GENERAL,
        purpose="按您的同意提供给您选定的合作方",
        scene="您同意提供时，从申请资料里取出",
        retention=Retention.CONTACT,
        mask=masks.hidden,
    )

    class Meta:
        verbose_name = "待发送内容"

    def __str__(self) -> str:
        return str(self.disclosure_id)
