"""Which text messages somebody wants, and which events they were told of, as the person sees it."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from accounts.actions import notifications
from accounts.kinds import registered
from accounts.models import Notification, NotificationChoice
from accounts.personal.classes import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Outcome, declared


class Notifications:
    """Which text messages somebody wants, and which events they were told of."""

    name = "notifications"
    label = "短信通知的设置和记录"

    def models(self) -> tuple[str, ...]:
        return ("accounts.Notification", "accounts.NotificationChoice")

    def inventory(self, person: UUID) -> list[Held]:
        told = list(Notification.objects.of(person))
        chosen = NotificationChoice.objects.filter(person=person).order_by("-chosen_at")
        lines = [
            (
                "短信通知的设置",
                "按您的选择发短信通知",
                "您在“通知设置”里开关时",
                [c.chosen_at for c in chosen],
            ),
            (
                "短信通知的记录",
                "同一件事只通知您一次",
                "发短信通知您时产生",
                [n.created_at for n in told],
            ),
        ]
        return declared(told, at=lambda row: row.created_at) + [
            Held(
                label=label,
                category=Category.ACCOUNT,
                level=Level.GENERAL,
                purpose=purpose,
                scene=scene,
                count=len(moments),
                last_at=moments[0],
            )
            for label, purpose, scene, moments in lines
            if moments
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        labels = {code: kind.label for code, kind in registered().items()}
        return {
            "settings": [
                {"通知": labels.get(code, code), "接收": is_on}
                for code, is_on in NotificationChoice.objects.of(person).items()
            ],
            "notifications": [
                {
                    "通知": labels.get(row.kind, row.kind),
                    "时间": timezone.localtime(row.created_at).isoformat(timespec="seconds"),
                    "结果": row.get_state_display(),
                }
                | ({"原来的手机号": row.number.clear} if row.number else {})
                for row in Notification.objects.of(person)
            ],
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count = notifications.forget(person)
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []
