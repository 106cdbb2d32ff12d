"""Texts on the publisher's desk, before they are versions."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.stateful import Stateful
from consent.models.policies import PREVAILING, Language, PolicyVersion
from consent.states import (
    POLICY_DRAFT_MOVES,
    POLICY_DRAFT_OVER,
    POLICY_DRAFT_WAITS_FOR_AUTHOR,
    PolicyDraftState,
)


class PolicyDraftQuerySet(models.QuerySet["PolicyDraft"]):
    """Reads over drafts."""

    def open(self) -> "PolicyDraftQuerySet":
        """Neither published nor discarded, the one touched last first; without their bodies."""
        return self.exclude(state__in=POLICY_DRAFT_OVER).defer("body").order_by("-updated_at")


class PolicyDraft(Stateful):
    """One text being written: everything a version has, and whose turn it is.

    `major_changes` is None until the author has answered; `round` counts how often it was handed
    in, so that a second publisher approves what they read.
    """

    MOVES = POLICY_DRAFT_MOVES
    PLAIN = (
        "id",
        "kind",
        "language",
        "number",
        "title",
        "body",
        "summary",
        "major_changes",
        "effective_at",
        "author",
        "approver",
        "state",
        "round",
        "remark",
        "created_at",
        "updated_at",
        "submitted_at",
        "decided_at",
        "version",
    )

    kind = models.CharField("类别", max_length=20, choices=PolicyVersion.Kind)
    language = models.CharField("语言", max_length=10, choices=Language, default=PREVAILING)
    number = models.CharField("版本号", max_length=20, blank=True, default="")
    title = models.CharField("标题", max_length=100)
    body = models.TextField("正文")
    summary = models.TextField("改了什么", blank=True, default="")
    major_changes = models.JSONField("重大变更", null=True, default=None)
    effective_at = models.DateTimeField("生效时间", null=True)
    author = models.UUIDField("起草人")
    approver = models.UUIDField("审批人", null=True)
    state = models.CharField(
        max_length=20, choices=PolicyDraftState, default=PolicyDraftState.DRAFT
    )
    round = models.PositiveSmallIntegerField("第几次提交", default=0)
    remark = models.TextField("退回原因", blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    version = models.OneToOneField(
        PolicyVersion, on_delete=models.PROTECT, null=True, related_name="draft"
    )

    objects = PolicyDraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="draft_approved_by_another",
                condition=Q(approver=None) | ~Q(approver=F("author")),
            ),
            models.CheckConstraint(
                name="draft_published_with_its_version",
                condition=Q(state="published", version__isnull=False, approver__isnull=False)
                | (~Q(state="published") & Q(version=None, approver=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} draft"

    @property
    def is_editable(self) -> bool:
        """Whether its author may still change it."""
        return self.state in POLICY_DRAFT_WAITS_FOR_AUTHOR

    @property
    def is_prevailing(self) -> bool:
        """Whether people will agree to it, rather than read it as a translation."""
        return self.language == PREVAILING

    @property
    def is_agreement(self) -> bool:
        """Whether two sides conclude it."""
        return self.kind in PolicyVersion.AGREEMENTS
