"""People who call: whom our staff knew to be on the line, and what was said.

A record is never rewritten: what comes later is an addition. Its words go half a year after the
last of them, or with the account.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.complaints import Complaint
from accounts.models.people import Person
from accounts.personal import Category, PersonalModel, PersonalQuerySet, PersonalText, Retention
from accounts.personal.masks import in_words, phone


class Way(models.TextChoices):
    """How somebody on the line proved to be the owner of an account."""

    SMS = "sms", "念出发到登录手机号的验证码"
    PAGE = "page", "念出登录后页面上的核验码"


class CallerCheckQuerySet(models.QuerySet["CallerCheck"]):
    """Reads over checks."""

    def of(self, by: Person, bound_hash: str) -> "CallerCheckQuerySet":
        """Of one member of staff in one session: no other may use them."""
        return self.filter(by=by, bound_hash=bound_hash)


class CallerCheck(models.Model):
    """Somebody on the line is the owner of this account: for minutes, in one session of one person.

    `person` is a pseudonym. The row goes after a day; the ledger keeps that it was.
    """

    PLAIN = (
        "id",
        "person",
        "by",
        "bound_hash",
        "challenge",
        "way",
        "told_at",
        "proven_at",
        "ends_at",
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.UUIDField(db_index=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    bound_hash = models.CharField(max_length=64)
    challenge = models.UUIDField(unique=True)
    way = models.CharField(max_length=10, choices=Way)
    told_at = models.DateTimeField()
    proven_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    objects = CallerCheckQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="caller_check_told_first", condition=Q(told_at__lte=F("proven_at"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_live(self, now: datetime) -> bool:
        """Whether what we hold of the account may still be looked at."""
        return now < self.ends_at


class SupportContactQuerySet(PersonalQuerySet):
    """Reads over contacts."""

    def of(self, person: UUID) -> "SupportContactQuerySet":
        """With one merchant, newest first."""
        return self.filter(person=person).order_by("-at")

    def spent(self, now: datetime) -> "SupportContactQuerySet":
        """Those that have been kept long enough."""
        return self.filter(kept_until__lte=now)


class SupportContact(PersonalModel):
    """One conversation with a merchant who had been told that it is written down.

    `check_id` is of the caller's check it was had under; one check makes one record.
    """

    class Channel(models.TextChoices):
        CALL = "call", "电话"
        VISIT = "visit", "上门"
        ONLINE = "online", "在线"

    class Subject(models.TextChoices):
        ACCESS = "access", "查阅、复制自己的信息"
        CORRECTION = "correction", "更正、补充信息"
        DELETION = "deletion", "删除信息"
        CLOSE = "close", "注销账号"
        DISPUTE = "dispute", "投诉或争议"
        APPLICATION = "application", "入驻申请和审核"
        OTHER = "other", "其他"

    PERSON = "person"
    PLAIN = (
        "id",
        "person",
        "check_id",
        "channel",
        "subject",
        "way",
        "told_at",
        "proven_at",
        "by",
        "at",
        "kept_until",
        "complaint",
    )

    person = models.UUIDField(db_index=True)
    check_id = models.UUIDField(unique=True)
    channel = models.CharField("怎样联系的", max_length=10, choices=Channel)
    subject = models.CharField("为了什么事", max_length=20, choices=Subject)
    way = models.CharField(max_length=10, choices=Way)
    told_at = models.DateTimeField()
    proven_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kept_until = models.DateTimeField(db_index=True)
    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, null=True)

    words = PersonalText(
        "和客服谈的内容",
        category=Category.MESSAGES,
        purpose="解决您的问题，争议时说得清楚",
        scene="您和客服联系时，由客服用文字记下",
        retention=Retention.MESSAGES,
        normalise=in_words,
    )
    result = PersonalText(
        "客服的处理结果",
        category=Category.MESSAGES,
        purpose="记下怎样处理、答应了什么",
        scene="您和客服联系时，由客服用文字记下",
        retention=Retention.MESSAGES,
        normalise=in_words,
    )
    callback = PersonalText(
        "您留下的回电号码",
        category=Category.MESSAGES,
        purpose="就这件事给您回电",
        scene="您和客服联系时自己留下",
        retention=Retention.MESSAGES,
        mask=phone,
    )

    objects: ClassVar[SupportContactQuerySet] = SupportContactQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="support_contact_told_and_proven_first",
                condition=Q(told_at__lte=F("proven_at"), proven_at__lte=F("at")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["by", "-at"], name="support_contact_of_staff")]

    def __str__(self) -> str:
        return str(self.id)


class ContactAddition(PersonalModel):
    """What came after a conversation; the record itself is never rewritten."""

    PERSON = "person"
    PLAIN = ("id", "contact", "person", "by", "at")

    contact = models.ForeignKey(SupportContact, on_delete=models.PROTECT, related_name="additions")
    person = models.UUIDField(db_index=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = PersonalText(
        "客服的补充记录",
        category=Category.MESSAGES,
        purpose="记下这件事后来怎样处理",
        scene="您和客服联系以后，由客服补记",
        retention=Retention.MESSAGES,
        normalise=in_words,
    )

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return str(self.id)


class ContactEvidence(PersonalModel):
    """A written request or proof the merchant gave us, sealed before it is stored."""

    PERSON = "person"
    PLAIN = ("id", "contact", "person", "media_type", "sealed", "sha256", "size", "at")

    contact = models.OneToOneField(
        SupportContact, on_delete=models.PROTECT, related_name="evidence"
    )
    person = models.UUIDField(db_index=True)
    media_type = models.CharField(max_length=40)
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def sealing_context(self) -> str:
        """The place its bytes are bound to."""
        return f"{self._meta.label}:{self.pk}"
