"""What signing in by WeChat holds on a person: the code of their account, until it is let go of."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from accounts.actions import wechat
from accounts.models import WechatBinding
from accounts.models.wechat import CONSENT
from accounts.personal.holders import Fate, FollowUp, Held, Outcome, declared


class WechatSignIn:
    """Which WeChat account signs the person in; gone with the consent to it."""

    name = "wechat"
    label = "微信登录"

    def models(self) -> tuple[str, ...]:
        return ("accounts.WechatBinding",)

    def inventory(self, person: UUID) -> list[Held]:
        return declared(WechatBinding.objects.of(person), lambda row: row.bound_at)

    def export(self, person: UUID) -> Mapping[str, object]:
        return {
            "wechat": [
                {"在哪里用": row.get_app_display(), "绑定时间": _moment(row)}
                | {
                    str(field.verbose_name): getattr(row, field.name).clear
                    for field in WechatBinding.personal_fields()
                }
                for row in WechatBinding.objects.of(person)
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count = wechat.unbind(person)
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def withdrawn(self, person: UUID, code: str) -> None:
        """Without the consent no WeChat account stays bound."""
        if code == CONSENT:
            wechat.unbind(person, by=person)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


def _moment(row: WechatBinding) -> str:
    return timezone.localtime(row.bound_at).isoformat(timespec="seconds")
