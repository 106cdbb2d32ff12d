"""How a merchant wants leads to be laid out. There are no leads yet; this is only the wish."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q, TextChoices
from django.utils import timezone

from accounts.models import Person
from accounts.personal import (
    Category,
    Level,
    PersonalModel,
    PersonalQuerySet,
    PersonalText,
    Retention,
)


class LeadsOrder(TextChoices):
    """In which order leads will be shown; all but REGION use nothing personal."""

    TIME = "time", "按时间，新的在前"
    REGION = "region", "按我的地区，选定的地区在前"
    NONE = "none", "不感兴趣，先不看线索"


class LeadsPreferenceQuerySet(PersonalQuerySet):
    """Reads over preferences."""

    def of(self, person: UUID) -> "LeadsPreference | None":
        """What this person chose, if anything."""
        found: LeadsPreference | None = self.filter(person_id=person).first()
        return found


class LeadsPreference(PersonalModel):
    """One merchant's choice; whoever chose nothing has none, and would see the newest first."""

    PLAIN = ("id", "person", "order", "updated_at")

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="leads_preference")
    order = models.CharField("排列", max_length=10, choices=LeadsOrder, default=LeadsOrder.TIME)
    updated_at = models.DateTimeField(default=timezone.now)

    region = PersonalText(
        "选定的地区",
        category=Category.LOCATION,
        purpose="把这个地区的购车线索排在前面",
        scene="在“线索推荐”里选择",
        retention=Retention.LOCATION,
        consent="leads",
    )
    place = PersonalText(
        "大致位置",
        category=Category.LOCATION,
        level=Level.SENSITIVE,
        purpose="认出您所在的地区，用来推荐购车线索",
        scene="在“线索推荐”里点“用当前位置一次”",
        retention=Retention.LOCATION,
        consent="location",
    )

    objects: ClassVar[LeadsPreferenceQuerySet] = LeadsPreferenceQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="leads_order_is_known", condition=Q(order__in=LeadsOrder.values)
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
