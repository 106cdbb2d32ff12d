"""Who receives personal data from us: the registry the disclosures and obligations hang on."""

import json
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from accounts.models.stateful import Stateful
from consent.states import PARTNER_MOVES, PartnerState


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Reads over partners."""

    def active(self) -> "PartnerQuerySet":
        """Those data may go to."""
        return self.filter(state=PartnerState.ACTIVE)

    def asked_for(self) -> "PartnerQuerySet":
        """Those a person can agree to or refuse: all but authorities, who come with a law."""
        return self.exclude(kind=Partner.Kind.AUTHORITY)


class Partner(Stateful):
    """One recipient: who it is, what for, which fields it may see, and where its processor is.

    The first five facts are what the separate consent must name (PIPL 23).
    """

    class Kind(models.TextChoices):
        AFFILIATE = "affiliate", "关联公司"
        SUPPLIER = "supplier", "供应商与服务商"
        FINANCE = "finance", "合作金融机构"
        AUTHORITY = "authority", "有权机关"

    MOVES = PARTNER_MOVES
    # `sealed_secrets` are webhook secrets, sealed under the KMS.
    PLAIN = (
        "id",
        "slug",
        "state",
        "kind",
        "legal_name",
        "contact",
        "purpose",
        "scope",
        "method",
        "country",
        "contract",
        "contract_until",
        "domain",
        "endpoint",
        "sealed_secrets",
        "created_at",
    )

    slug = models.SlugField("代号", unique=True)
    state = models.CharField(max_length=20, choices=PartnerState, default=PartnerState.DRAFT)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    legal_name = models.CharField("名称", max_length=100)
    contact = models.CharField("联系方式", max_length=100)
    purpose = models.CharField("使用目的", max_length=100)
    scope = models.TextField("可接触的信息", help_text="JSON: category to field names")
    method = models.CharField("提供方式", max_length=100)
    country = models.CharField("所在国家", max_length=2, default="CN")
    contract = models.CharField("合同编号", max_length=60, default="", blank=True)
    contract_until = models.DateField("合同到期日", null=True, blank=True)
    domain = models.CharField(max_length=253)
    endpoint = models.URLField(max_length=300)
    sealed_secrets = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="partner_stays_in_china", condition=models.Q(country="CN")),
        ]

    def __str__(self) -> str:
        return self.legal_name

    def ledger_stream(self) -> str:
        return f"partner:{self.slug}"

    @property
    def allowed(self) -> dict[str, list[str]]:
        """The categories and, in each, the fields this partner may see."""
        scope: dict[str, list[str]] = json.loads(self.scope)
        return scope


class PartnerIdentity(models.Model):
    """What one partner knows one person as: a random id, of no use to any other partner."""

    PLAIN = ("id", "partner", "person", "identity")

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    person = models.UUIDField()
    identity = models.UUIDField(default=uuid4, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="identity_once", fields=["partner", "person"])
        ]

    def __str__(self) -> str:
        return str(self.identity)


def per_partner(rows: models.QuerySet[Any]) -> dict[int, int]:
    """How many of these rows each partner has; those without any are not named."""
    counted = rows.order_by().values_list("partner").annotate(models.Count("pk"))
    return dict(counted)
