"""Complaints and reports, from merchants and from anybody else, and what we answered."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.erasure import receipt_code
from accounts.models.people import Person
from accounts.models.stateful import Stateful
from accounts.personal import Category, PersonalModel, PersonalQuerySet, PersonalText, Retention
from accounts.personal.masks import in_words, phone
from accounts.states import COMPLAINT_MOVES, COMPLAINT_WAITS_FOR_US, ComplaintState


class ComplaintQuerySet(PersonalQuerySet):
    """Reads over complaints."""

    def of(self, owner: UUID) -> "ComplaintQuerySet":
        """Of one person, newest first."""
        return self.filter(owner=owner).order_by("-received_at")

    def waiting(self) -> "ComplaintQuerySet":
        """Those it is our turn to answer, the nearest deadline first."""
        return self.filter(state__in=COMPLAINT_WAITS_FOR_US).order_by("due_at", "id")

    def to_tell(self, now: datetime) -> "ComplaintQuerySet":
        """Answered, and the text message that says so is due."""
        return self.filter(tell_at__lte=now).order_by("tell_at")

    def spent(self, before: datetime) -> "ComplaintQuerySet":
        """Over, or left with our answer, since before then; their words are no longer needed."""
        is_over = Q(closed_at__lte=before) | Q(answered_at__lte=before)
        return self.filter(is_over).exclude(state__in=COMPLAINT_WAITS_FOR_US).exclude(words=None)


class Complaint(Stateful, PersonalModel):
    """One complaint. `owner` is the merchant who was signed in, else the complaint's own id.

    `due_at` is the deadline of whatever we owe now: the answer, or the answer to the appeal. The
    row is the queue of the text message that tells the answer: `tell_at` is when to send it, moved
    on by whoever sends it, None when there is nothing to tell. `about` is the member of staff whose
    decision it is about, who therefore never answers it.
    """

    class Topic(models.TextChoices):
        LEAK = "leak", "信息泄露，或账号被别人用了"
        PRIVACY = "privacy", "收集、使用或提供个人信息的方式"
        SECURITY = "security", "网络安全问题（漏洞、假冒网站、诈骗）"
        GUARDIAN = "guardian", "我是监护人，孩子的信息被收集了"
        SERVICE = "service", "审核和服务"
        # Taken in by our staff alone, of whom they know to be on the line.
        RIGHTS = "rights", "查阅、更正或删除个人信息的请求"
        # Asked on the page that explains an application.
        HUMAN_LOOK = "human_look", "请人工复核申请"

    MOVES = COMPLAINT_MOVES
    PERSON = "owner"
    PLAIN = (
        "id",
        "code",
        "owner",
        "topic",
        "state",
        "address_hash",
        "received_at",
        "due_at",
        "answered_at",
        "answered_by",
        "about",
        "appealed_at",
        "closed_by",
        "closed_at",
        "tell_at",
    )

    code = models.CharField(max_length=40, unique=True, default=receipt_code)
    owner = models.UUIDField(default=uuid4, db_index=True)
    topic = models.CharField("是哪一类事", max_length=20, choices=Topic)
    state = models.CharField(max_length=20, choices=ComplaintState, default=ComplaintState.RECEIVED)
    address_hash = models.CharField(max_length=64, default="", blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="answered_complaints"
    )
    about = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="complaints_about"
    )
    appealed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="closed_complaints"
    )
    closed_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True, db_index=True)

    words = PersonalText(
        "投诉和举报的内容",
        category=Category.MESSAGES,
        purpose="处理您的投诉和举报",
        scene="您提交投诉或举报时",
        retention=Retention.MESSAGES,
    )
    contact = PersonalText(
        "接收答复的手机号码",
        category=Category.MESSAGES,
        purpose="把答复告诉您",
        scene="您提交投诉或举报时",
        retention=Retention.MESSAGES,
        mask=phone,
    )
    answer = PersonalText(
        "我们的答复",
        category=Category.MESSAGES,
        purpose="答复您的投诉和举报",
        scene="我们答复时产生",
        retention=Retention.MESSAGES,
        normalise=in_words,
    )
    appeal = PersonalText(
        "申诉的内容",
        category=Category.MESSAGES,
        purpose="处理您的申诉",
        scene="您提出申诉时",
        retention=Retention.MESSAGES,
    )
    appeal_answer = PersonalText(
        "对申诉的答复",
        category=Category.MESSAGES,
        purpose="答复您的申诉",
        scene="我们答复申诉时产生",
        retention=Retention.MESSAGES,
        normalise=in_words,
    )

    objects: ClassVar[ComplaintQuerySet] = ComplaintQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="complaint_answered_by_somebody",
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            # Whoever gave the answer does not judge the appeal against it.
            models.CheckConstraint(
                name="complaint_appeal_judged_by_another",
                condition=Q(closed_by=None) | ~Q(closed_by=F("answered_by")),
            ),
            models.CheckConstraint(
                name="complaint_answered_by_somebody_else",
                condition=Q(about=None)
                | (
                    (Q(answered_by=None) | ~Q(answered_by=F("about")))
                    & (Q(closed_by=None) | ~Q(closed_by=F("about")))
                ),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_at"], name="complaint_due")]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.owner)

    @property
    def is_owed(self) -> bool:
        """Whether it is our turn."""
        return self.state in COMPLAINT_WAITS_FOR_US

    def is_late(self, now: datetime) -> bool:
        """Whether an answer is owed and overdue; derived, never a state."""
        return self.is_owed and self.due_at < now
