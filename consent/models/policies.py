"""Policies and agreements, a row per version, never changed: it is what people agreed to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone

from consent.models.consents import Consent
from consent.models.transfers import ServiceEnding

# The text people agree to is Chinese; translations of the same version are for reading only.
PREVAILING = "zh-Hans"


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Reads over versions."""

    def published(self, kind: str = "", now: datetime | None = None) -> "PolicyVersionQuerySet":
        """What the public may read, newest first: published, in the prevailing language, and not
        withdrawn before it took effect.
        """
        found = self.filter(
            language=PREVAILING, published_at__lte=now or timezone.now(), withdrawal=None
        )
        if kind:
            found = found.filter(kind=kind)
        return found.order_by("-effective_at", "-published_at", "-id")

    def in_force(self, kind: str, now: datetime | None = None) -> "PolicyVersion | None":
        """The one version in force: of those in effect, the last to take effect."""
        return self.published(kind, now).filter(effective_at__lte=now or timezone.now()).first()

    def all_in_force(self, now: datetime | None = None) -> "PolicyVersionQuerySet":
        """The version in force of every kind, without their bodies."""
        at = now or timezone.now()
        latest = self.published("", at).filter(effective_at__lte=at, kind=OuterRef("kind"))
        return self.filter(pk=Subquery(latest.values("pk")[:1])).defer("body").order_by("id")

    def upcoming(self, kind: str, now: datetime | None = None) -> "PolicyVersion | None":
        """Published and not yet in effect: the next to come."""
        return self.published(kind, now).filter(effective_at__gt=now or timezone.now()).last()

    def awaiting(self, person: UUID, now: datetime | None = None) -> Any:
        """The privacy policy in force, while this person has not agreed to exactly that version.

        Also, with `has_ended`, which no type knows of, once nothing more is collected at all.
        """
        at = now or timezone.now()
        ended = ServiceEnding.objects.collecting_over(timezone.localdate(at))
        current = self.published(PolicyVersion.Kind.PRIVACY, at).filter(effective_at__lte=at)
        agreed = Consent.objects.live().filter(
            person=person,
            code=policy_code(PolicyVersion.Kind.PRIVACY),
            sha256=OuterRef("sha256"),
        )
        told = self.annotate(has_ended=Exists(ended))
        return told.filter(~Exists(agreed) | Q(has_ended=True), pk=current.values("pk")[:1])

    def changed_agreements(
        self, person: UUID, now: datetime | None = None
    ) -> "PolicyVersionQuerySet":
        """Agreements this person concluded, in a version in force that they have not answered."""
        answered = _answers(person).filter(sha256=OuterRef("sha256"))
        mine = Exists(_answers(person)) & ~Exists(answered)
        return self.all_in_force(now).filter(mine, kind__in=PolicyVersion.AGREEMENTS)

    def coming_agreements(
        self, person: UUID, now: datetime | None = None
    ) -> "PolicyVersionQuerySet":
        """Versions to come of agreements this person concluded, the nearest first."""
        at = now or timezone.now()
        coming = self.published("", at).filter(
            effective_at__gt=at, kind__in=PolicyVersion.AGREEMENTS
        )
        return coming.filter(Exists(_answers(person))).defer("body").reverse()

    def coming_for(
        self, person: UUID | None, now: datetime | None = None
    ) -> "PolicyVersionQuerySet":
        """Versions to come that this person, or a visitor, is to be told of; without their bodies.

        The privacy policy and the cookie notice concern everybody, an agreement whoever concluded
        it, the policy of the leads whoever has them switched on. The nearest first.
        """
        at = now or timezone.now()
        coming = self.published("", at).filter(effective_at__gt=at).defer("body").reverse()
        kinds = PolicyVersion.Kind
        concerns = Q(kind__in=[kinds.PRIVACY, kinds.COOKIES])
        if person is not None:
            concerns |= Q(Exists(_answers(person)), kind__in=PolicyVersion.AGREEMENTS)
            has_leads = Consent.objects.live().filter(person=person, code="leads")
            concerns |= Q(Exists(has_leads), kind=kinds.LEADS)
        return coming.filter(concerns)

    def translations(self, version: "PolicyVersion") -> "PolicyVersionQuerySet":
        """The same version in other languages, without their bodies: for reading only."""
        same = self.filter(kind=version.kind, number=version.number)
        return same.exclude(language=PREVAILING).defer("body").order_by("language")

    def withdrawn(self, kind: str, number: str) -> "PolicyVersion | None":
        """A version that was taken back before it took effect, without its body."""
        gone = self.filter(kind=kind, number=number, language=PREVAILING)
        return gone.exclude(withdrawal=None).select_related("withdrawal").defer("body").first()

    def before(self, version: "PolicyVersion") -> "PolicyVersion | None":
        """The version this one replaced or will replace."""
        earlier = Q(effective_at__lt=version.effective_at) | Q(
            effective_at=version.effective_at, published_at__lt=version.published_at
        )
        return self.published(version.kind).filter(earlier).exclude(pk=version.pk).first()


class Language(models.TextChoices):
    """The languages a text is published in, each in its own words; the first prevails."""

    CHINESE = PREVAILING, "中文"
    TRADITIONAL = "zh-Hant", "繁體中文"
    ENGLISH = "en", "English"
    UYGHUR = "ug", "ئۇيغۇرچە"
    TIBETAN = "bo", "བོད་སྐད།"
    MONGOLIAN = "mn", "Монгол"


class MajorChange(models.TextChoices):
    """What makes a change a major one, told apart when people are told of it."""

    SERVICE_MODEL = "service_model", "我们的服务方式变了"
    CONTROL = "control", "经营者或者控制权变了"
    RECIPIENTS = "recipients", "主要的接收方变了"
    RIGHTS = "rights", "您的权利或者行使办法变了"
    DEPARTMENT = "department", "负责部门、联系方式或者投诉渠道变了"
    HIGH_RISK = "high_risk", "影响评估显示风险较高"


class PolicyVersion(models.Model):
    """One version of one text in one language. `sha256` is the fingerprint of all that is shown."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", "隐私政策"
        STORE_AGREEMENT = "store_agreement", "51车商家合作协议"
        AGENT_AGREEMENT = "agent_agreement", "业务代理人服务协议"
        COOKIES = "cookies", "Cookie 说明"
        LEADS = "leads", "线索推荐专项政策"

    # Concluded with the operator, so 电子商务法 art. 34 gives every change seven days in public.
    AGREEMENTS = frozenset({Kind.STORE_AGREEMENT, Kind.AGENT_AGREEMENT})
    # The special policy of one function, which prevails over the privacy policy in its scope.
    SPECIAL: ClassVar[Mapping[str, str]] = {"cookies": Kind.COOKIES, "leads": Kind.LEADS}

    PLAIN = (
        "id",
        "kind",
        "number",
        "language",
        "title",
        "body",
        "sha256",
        "summary",
        "major_changes",
        "author",
        "approver",
        "published_at",
        "effective_at",
        "imported_at",
    )

    kind = models.CharField("类别", max_length=20, choices=Kind)
    number = models.CharField("版本号", max_length=20)
    language = models.CharField("语言", max_length=10, choices=Language, default=PREVAILING)
    title = models.CharField("标题", max_length=100)
    body = models.TextField("正文")
    sha256 = models.CharField(max_length=64)
    summary = models.TextField("改了什么", blank=True, default="")
    major_changes = models.JSONField("重大变更", default=list, blank=True)
    # Pseudonyms of two members of staff; nobody's for the texts shipped with the portal.
    author = models.UUIDField("起草人", null=True)
    approver = models.UUIDField("审批人", null=True)
    published_at = models.DateTimeField("公布时间")
    effective_at = models.DateTimeField("生效时间")
    imported_at = models.DateTimeField(default=timezone.now)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="policy_number_once", fields=["kind", "language", "number"]
            ),
            models.CheckConstraint(
                name="policy_effective_after_published",
                condition=Q(effective_at__gte=F("published_at")),
            ),
            models.CheckConstraint(
                name="policy_approved_by_another",
                condition=Q(author=None, approver=None)
                | (Q(author__isnull=False, approver__isnull=False) & ~Q(approver=F("author"))),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "language", "effective_at"], name="policy_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def is_prevailing(self) -> bool:
        """Whether this is the text people agree to, rather than a translation of it."""
        return self.language == PREVAILING

    @property
    def language_name(self) -> str:
        """The language in its own words."""
        return Language(self.language).label

    @property
    def major_change_labels(self) -> list[str]:
        """The major changes in words."""
        return [MajorChange(code).label for code in self.major_changes]

    @property
    def is_agreement(self) -> bool:
        """Whether two sides conclude it, rather than one side telling the other."""
        return self.kind in self.AGREEMENTS

    @property
    def code(self) -> str:
        """The code under which agreement to this kind of policy is recorded."""
        return policy_code(self.kind)


def _answers(person: UUID) -> "models.QuerySet[Consent]":
    """Where a person stands on the kind of the version around this subquery."""
    return Consent.objects.of(person).filter(code=Concat(Value(policy_code("")), OuterRef("kind")))


def policy_code(kind: str) -> str:
    """The consent code of a kind of policy."""
    return f"policy:{kind}"


class PolicyWithdrawal(models.Model):
    """A published version taken back before it took effect. It never took effect, and never will.

    Refuses UPDATE and DELETE by trigger; one version is withdrawn once.
    """

    PLAIN = ("id", "version", "by", "reason", "at")

    version = models.OneToOneField(
        PolicyVersion, on_delete=models.PROTECT, related_name="withdrawal"
    )
    by = models.UUIDField("撤回人")
    reason = models.TextField("原因")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"withdrawn: {self.version_id}"
