"""What a reviewer wants changed, field by field."""

from typing import ClassVar

from django.db import models
from django.db.models import TextChoices
from django.utils import timezone

from accounts.models import Person
from accounts.personal import Category, PersonalModel, PersonalQuerySet, PersonalText, Retention
from accounts.personal.masks import in_words
from onboarding.models.application import Application


class RemarkQuerySet(PersonalQuerySet):
    """Reads over remarks."""

    def open_on(self, application: Application) -> "RemarkQuerySet":
        """Those of the present round that nothing has been done about yet."""
        return self.filter(application=application, round=application.round, answered_at=None)


class Remark(PersonalModel):
    """One field or paper sent back, and why. `answered_at` is when the merchant changed it."""

    class Reason(TextChoices):
        MISMATCH = "mismatch", "与证件不一致，请对照证件改正"
        INCOMPLETE = "incomplete", "填写不完整，请补全"
        UNCLEAR = "unclear", "照片看不清，请在光线好的地方重拍"
        CUT_OFF = "cut_off", "照片没有拍全，请把四个角都拍进去"
        WRONG_PAPER = "wrong_paper", "证件拍错了，请上传要求的这一面"
        EXPIRED = "expired", "证件已过期，请换成有效的证件"
        OTHER = "other", "请按补充说明修改"

    PLAIN = (
        "id",
        "application",
        "person",
        "round",
        "field",
        "reason",
        "created_at",
        "answered_at",
    )

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="remarks")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="remarks")
    round = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=40)
    reason = models.CharField(max_length=20, choices=Reason)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    note = PersonalText(
        "修改说明",
        category=Category.IDENTITY,
        purpose="告诉您申请要怎样修改",
        scene="审核人员退回申请时写下",
        retention=Retention.IDENTITY,
        normalise=in_words,
    )

    objects: ClassVar[RemarkQuerySet] = RemarkQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="remark_once_per_field", fields=["application", "round", "field"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.reason}"
