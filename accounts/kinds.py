"""The kinds of text messages a merchant may get: each floor registers its own, as data.

A text says what happened and where to look. It holds no name, number, document or reason: whoever
holds the phone may read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.conf import settings

SIGNED = "【51车商家端】"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: how the settings call it, what it is for, and what it says.

    `always` is why it cannot be switched off; "" when it can. `text` may name {portal} and
    {hotline}; it is "" for what is not told through `notifications.tell`, and only listed.
    """

    code: str
    label: str
    purpose: str
    text: str = ""
    always: str = ""
    starts_on: bool = True

    @property
    def words(self) -> str:
        """The whole text message."""
        places = {"portal": settings.PORTAL_URL, "hotline": settings.OPERATOR_HOTLINE}
        return SIGNED + self.text.format(**places)


CODE = Kind(
    code="code",
    label="短信验证码",
    purpose="登录、注销、导出和更换手机号时，确认是您本人",
    always="没有验证码就没法确认是您本人",
)
PHONE_CHANGED = Kind(
    code="phone_changed",
    label="登录手机号已更换",
    purpose="发到原来的号码，不是您换的，能马上发现",
    text="您账号的登录手机号刚刚更换。不是您本人操作的，请马上拨打 {hotline}。",
    always="关系到账号安全",
)
COMPLAINT = Kind(
    code="complaint",
    label="投诉和举报有了答复",
    purpose="您投诉或举报过，有了答复告诉您一次",
    always="您提出来的，我们必须答复",
)
ERASURE = Kind(
    code="erasure",
    label="账号注销的结果",
    purpose="您申请过注销，办完告诉您一次",
    always="隐私政策承诺办完必须告诉您",
)
INCIDENT = Kind(
    code="incident",
    label="您的信息可能出了安全问题",
    purpose="发生泄露、篡改、丢失时，告诉您怎样减轻损失",
    text="您的个人信息可能受到一起安全事件影响。发生了什么、您可以怎么做，登录 {portal} 查看。",
    always="《个人信息保护法》第57条要求告诉您",
)
GROUND: tuple[Kind, ...] = (CODE, PHONE_CHANGED, INCIDENT, COMPLAINT, ERASURE)

_registered: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add the kinds of one floor; a code stands for one kind."""
    for kind in kinds:
        if _registered.setdefault(kind.code, kind) != kind:
            raise ValueError(f"kind {kind.code} is registered twice")


def registered() -> Mapping[str, Kind]:
    """Every kind by its code."""
    return MappingProxyType(_registered)
