"""Who receives personal data from us: the registry the disclosures and obligations hang on."""

import json
from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone

from accounts import residence
from accounts.models.stateful import Stateful
from consent.recipient_purposes import PurposeClass
from consent.states import PARTNER_MOVES, PartnerState


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Reads over partners."""

    def active(self) -> "PartnerQuerySet":
        """Those data may go to."""
        return self.filter(state=PartnerState.ACTIVE)

    def under_contract(self, today: date) -> "PartnerQuerySet":
        """Those whose contract is not over."""
        return self.filter(contract_until__gte=today)

    def contract_over(self, today: date) -> "PartnerQuerySet":
        """Those whose contract's last day is past."""
        return self.filter(contract_until__lt=today)

    def given_contact(self) -> "PartnerQuerySet":
        """Those whom merchants have their contact data given to: a verifier is asked, not given."""
        return self.exclude(purpose_class=PurposeClass.IDENTITY)

    def asked_for(self) -> "PartnerQuerySet":
        """Those a person can agree to or refuse: all but authorities, who come with a law."""
        return self.exclude(kind=Partner.Kind.AUTHORITY)


class Partner(Stateful):
    """One recipient: who it is, what for, which fields it may see, and where its processor is.

    Name, contact, purpose, scope and method are what the separate consent must name (PIPL 23). The
    postal address is no part of its words: receipts and the public list say it.
    """

    class Kind(models.TextChoices):
        AFFILIATE = "affiliate", "关联公司"
        SUPPLIER = "supplier", "供应商与服务商"
        FINANCE = "finance", "合作金融机构"
        SDK = "sdk", "第三方 SDK"
        AUTHORITY = "authority", "有权机关"

    class Protocol(models.TextChoices):
        OPENDSR = "opendsr", "接口自动办理"
        MANUAL = "manual", "人工办理"

    class Security(models.TextChoices):
        PASSED = "passed", "通过"
        FAILED = "failed", "不通过"

    MOVES = PARTNER_MOVES
    # `sealed_secrets` are webhook secrets, or the passphrase agreed for packages, under the KMS.
    PLAIN = (
        "id",
        "slug",
        "state",
        "kind",
        "legal_name",
        "contact",
        "address",
        "purpose",
        "purpose_class",
        "scope",
        "method",
        "country",
        "contract",
        "contract_until",
        "sub_processing",
        "security_by",
        "security_on",
        "security_result",
        "policy_url",
        "protocol",
        "domain",
        "endpoint",
        "sealed_secrets",
        "created_at",
        "changed_at",
    )

    slug = models.SlugField("代号", unique=True)
    state = models.CharField(max_length=20, choices=PartnerState, default=PartnerState.DRAFT)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    legal_name = models.CharField("名称", max_length=100)
    contact = models.CharField("联系方式", max_length=100)
    address = models.CharField("通讯地址", max_length=200, default="", blank=True)
    purpose = models.CharField("使用目的", max_length=100)
    purpose_class = models.CharField(
        "用途类别", max_length=20, choices=PurposeClass, default="", blank=True
    )
    scope = models.TextField("可接触的信息", help_text="JSON: category to field names")
    method = models.CharField("提供方式", max_length=100)
    country = models.CharField("所在国家", max_length=2, default=residence.CODE)
    contract = models.CharField("合同编号", max_length=60, default="", blank=True)
    contract_until = models.DateField("合同到期日", null=True, blank=True)
    sub_processing = models.CharField(
        "再委托", max_length=200, default="", blank=True, help_text="to whom; or that it may not"
    )
    security_by = models.CharField("安全评估人", max_length=60, default="", blank=True)
    security_on = models.DateField("安全评估日期", null=True, blank=True)
    security_result = models.CharField(
        "安全评估结论", max_length=10, choices=Security, default="", blank=True
    )
    policy_url = models.URLField("隐私政策网址", max_length=300, default="", blank=True)
    protocol = models.CharField(
        "办理方式", max_length=10, choices=Protocol, default=Protocol.OPENDSR
    )
    domain = models.CharField("域名", max_length=253, default="", blank=True)
    endpoint = models.URLField("接口地址", max_length=300, default="", blank=True)
    sealed_secrets = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    # When the words of its consent last changed: an older assessment was about other ones.
    changed_at = models.DateTimeField(null=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="partner_stays_in_china", condition=models.Q(country=residence.CODE)
            ),
            models.CheckConstraint(
                name="partner_purpose_is_of_a_known_class",
                condition=models.Q(purpose_class__in=["", *PurposeClass.values]),
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name

    def ledger_stream(self) -> str:
        return f"partner:{self.slug}"

    @property
    def is_manual(self) -> bool:
        """Whether people, not the courier, deal with it."""
        return self.protocol == self.Protocol.MANUAL

    def contract_has_ended(self, today: date) -> bool:
        """Whether the last day of the contract is over."""
        return self.contract_until is not None and self.contract_until < today

    def may_receive(self, today: date) -> bool:
        """Whether anything may go to it on this day: switched on, and under contract."""
        return self.state == PartnerState.ACTIVE and not self.contract_has_ended(today)

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
