"""Every permission a merchant can give or refuse, one code per decision.

What is not offered can be neither asked for nor given: its code is as unknown as one that nobody
ever wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.conf import settings

from accounts.personal.classes import Category, Level
from consent.notices.device import ALBUM, CAMERA, LOCATION, SMS_AUTOFILL
from consent.notices.notice import Notice
from consent.notices.purposes import LEADS, MARKETING, SERVICE_CONTACT, USAGE_ANALYSIS
from consent.notices.sensitive import BANK_ACCOUNT, FACE, ID_PHOTO
from consent.notices.wechat import WECHAT


class Group(StrEnum):
    """What kind of thing is asked for, as 权限与授权 groups it."""

    DEVICE = "设备权限"
    SENSITIVE = "敏感信息"
    OPTIONAL = "可选用途"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One decision: its notice, and how, where and for which function it is asked.

    `reaches` are the categories of a partner's scope that stand on it: when it is withdrawn,
    whoever received them must delete them. `port` is the setting of the outside service without
    which there is nothing to ask.
    """

    notice: Notice
    label: str
    scene: str
    group: Group
    level: Level = Level.GENERAL
    is_in_web_edition: bool = True
    reaches: frozenset[str] = frozenset()
    port: str = ""

    @property
    def code(self) -> str:
        """What this decision is called in every record."""
        return self.notice.code

    @property
    def is_offered(self) -> bool:
        """Whether it can be asked for in this portal."""
        return self.is_in_web_edition and (not self.port or bool(getattr(settings, self.port)))


_ALL = (
    Permission(notice=CAMERA, label="用相机拍照", scene="上传证件照片", group=Group.DEVICE),
    Permission(notice=ALBUM, label="从相册选择照片", scene="上传证件照片", group=Group.DEVICE),
    Permission(
        notice=LOCATION,
        label="读取一次大致位置",
        scene="线索推荐",
        group=Group.DEVICE,
        level=Level.SENSITIVE,
        reaches=frozenset({Category.LOCATION}),
    ),
    Permission(
        notice=SMS_AUTOFILL, label="自动填入短信验证码", scene="填写验证码", group=Group.DEVICE
    ),
    Permission(
        notice=ID_PHOTO,
        label="收集身份证照片",
        scene="入驻申请：证件照片",
        group=Group.SENSITIVE,
        level=Level.SENSITIVE,
        reaches=frozenset({Category.ID_PHOTO}),
    ),
    Permission(
        notice=BANK_ACCOUNT,
        label="收集银行账户",
        scene="入驻申请：收款账户",
        group=Group.SENSITIVE,
        level=Level.SENSITIVE,
        reaches=frozenset({Category.BANK}),
    ),
    Permission(
        notice=FACE,
        label="刷脸核验",
        scene="网页版没有这一步",
        group=Group.SENSITIVE,
        level=Level.SENSITIVE,
        is_in_web_edition=False,
    ),
    Permission(
        notice=SERVICE_CONTACT,
        label="客服打电话联系",
        scene="入驻申请：联系人",
        group=Group.OPTIONAL,
        reaches=frozenset({Category.CONTACT}),
    ),
    Permission(
        notice=LEADS,
        label="按地区推荐线索",
        scene="线索推荐",
        group=Group.OPTIONAL,
        reaches=frozenset({Category.LOCATION}),
    ),
    Permission(notice=MARKETING, label="接收推广短信", scene="权限与授权", group=Group.OPTIONAL),
    Permission(
        notice=USAGE_ANALYSIS, label="分析使用习惯", scene="权限与授权", group=Group.OPTIONAL
    ),
    Permission(
        notice=WECHAT, label="用微信登录", scene="登录页", group=Group.OPTIONAL, port="WECHAT_URL"
    ),
)

PERMISSIONS: Mapping[str, Permission] = MappingProxyType({each.code: each for each in _ALL})


class _Offered(Mapping[str, Permission]):
    """Those of PERMISSIONS that can be asked for, as the settings are now."""

    def __getitem__(self, code: str) -> Permission:
        if not PERMISSIONS[code].is_offered:
            raise KeyError(code)
        return PERMISSIONS[code]

    def __iter__(self) -> Iterator[str]:
        return (code for code, each in PERMISSIONS.items() if each.is_offered)

    def __len__(self) -> int:
        return sum(1 for _code in self)


OFFERED: Mapping[str, Permission] = _Offered()
