"""What a guardian says and shows beside a complaint: for two officers, and for no longer."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.complaints import Complaint
from accounts.models.people import Person
from accounts.models.stateful import Stateful
from accounts.personal import Category, PersonalModel, PersonalText, Retention
from accounts.personal.masks import phone
from accounts.states import CLAIM_MOVES, ClaimState


class GuardianClaim(Stateful, PersonalModel):
    """One guardian's request to have a child's account erased, judged by two officers.

    It is of its complaint, and sealed under the key of that: nothing in it leads to an account
    before both officers are satisfied.
    """

    class Relation(models.TextChoices):
        PARENT = "parent", "父亲或母亲"
        GUARDIAN = "guardian", "其他法定监护人"

    class Age(models.TextChoices):
        UNDER_14 = "under_14", "不满 14 周岁"
        UNDER_18 = "under_18", "14 周岁以上，不满 18 周岁"

    class Seen(models.TextChoices):
        IN_PERSON = "in_person", "当面核对了户口簿、出生医学证明或法院文书的原件"
        UPLOADED = "uploaded", "核对了上传的证明，并回拨电话问过"

    class Reason(models.TextChoices):
        NO_PROOF = "no_proof", "证明不了监护关系，或者没有收到证明"
        NOT_THEIRS = "not_theirs", "不能确认这个号码归孩子使用"
        OF_AGE = "of_age", "孩子已满 18 周岁，要由本人提出"

    MOVES = CLAIM_MOVES
    PERSON = "owner"
    PLAIN = (
        "id",
        "complaint",
        "owner",
        "state",
        "relation",
        "age",
        "media_type",
        "sealed",
        "sha256",
        "seen",
        "verified_at",
        "verified_by",
        "granted_at",
        "granted_by",
        "reason",
    )

    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, related_name="claim")
    owner = models.UUIDField(db_index=True)
    state = models.CharField(max_length=20, choices=ClaimState, default=ClaimState.RECEIVED)
    relation = models.CharField("与孩子的关系", max_length=20, choices=Relation)
    age = models.CharField("孩子的年龄", max_length=20, choices=Age)
    media_type = models.CharField(max_length=40, default="", blank=True)
    sealed = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    seen = models.CharField(max_length=20, choices=Seen, default="", blank=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason, default="", blank=True)

    child_phone = PersonalText(
        "孩子使用的手机号",
        category=Category.MESSAGES,
        purpose="找到要删除的账号",
        scene="监护人提出请求时填写",
        retention=Retention.MESSAGES,
        mask=phone,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="guardian_claim_granted_by_a_second_person",
                condition=Q(granted_by=None)
                | Q(verified_by__isnull=False) & ~Q(granted_by=F("verified_by")),
            ),
            models.CheckConstraint(
                name="guardian_claim_granted_was_verified",
                condition=~Q(state="granted")
                | Q(verified_at__isnull=False, granted_at__isnull=False) & ~Q(seen=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.owner)

    @property
    def sealing_context(self) -> str:
        """The place the proof is bound to."""
        return f"{self._meta.label}:{self.pk}"
