"""Which WeChat account signs a person in. The row holds its code for us and nothing else of it."""

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models.people import Person
from accounts.personal import (
    BlindIndex,
    Category,
    Level,
    PersonalModel,
    PersonalQuerySet,
    PersonalText,
    Retention,
)

# The separate consent it stands on; erased with it.
CONSENT = "wechat"


class WechatBindingQuerySet(PersonalQuerySet):
    """Reads over bindings."""

    def of(self, person: UUID) -> "WechatBindingQuerySet":
        """Of one person, the oldest first."""
        return self.filter(person=person).order_by("bound_at")

    def with_openid(self, openid: str) -> "WechatBindingQuerySet":
        """The one of this WeChat account, found by its blind index."""
        return self.filter(openid_index=BlindIndex.of(WechatBinding, "openid", openid))


class WechatBinding(PersonalModel):
    """One WeChat account and one person, as one of our WeChat apps names the account.

    Another app of ours gets another code of the same account, and nothing tells that the two are
    one: what would, is given only together with avatar and nickname, which nobody asks for here.
    """

    class App(models.TextChoices):
        CHAT = "chat", "在微信里打开"
        SITE = "site", "在电脑上扫码"

    PLAIN = ("id", "person", "app", "bound_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    app = models.CharField("在哪里用", max_length=10, choices=App)
    openid = PersonalText(
        "微信账号编码",
        category=Category.ACCOUNT,
        level=Level.GENERAL,
        purpose="您用微信登录时，认出是您的账号",
        scene="用微信登录，并用短信验证码确认以后",
        retention=Retention.ACCOUNT,
        consent=CONSENT,
    )
    openid_index = BlindIndex("openid", unique=True)
    bound_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = WechatBindingQuerySet.as_manager()

    class Meta:
        verbose_name = "微信登录"
        constraints: ClassVar = [
            models.UniqueConstraint(name="wechat_once_per_person", fields=["person", "app"])
        ]

    def __str__(self) -> str:
        return f"{self.app} {self.id}"
