"""第三方清单: everybody who gets personal data or might, without signing in."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent import notices, sdks
from consent.actions import partners
from consent.gate import open_to_all
from consent.models import Partner
from consent.sdks import Flag
from consent.states import PartnerState

# A site people go to by themselves: it gets nothing from us, and tells us one thing.
_WECHAT = (
    {"label": "是谁", "value": "深圳市腾讯计算机系统有限公司，网站 open.weixin.qq.com"},
    {"label": "什么时候", "value": "您点“用微信登录”，再单独点“同意”以后"},
    {"label": "用来做什么", "value": "认出是您的账号，登录不用再收短信"},
    {"label": "微信告诉我们", "value": "、".join(notices.WECHAT.categories)},
    {"label": "微信会知道", "value": "您来过 51车商家端"},
    {"label": "我们告诉微信", "value": "什么也不告诉：不给手机号码，不给任何资料"},
)
_WECHAT_POLICY = (
    "https://weixin.qq.com/cgi-bin/readtemplate?lang=zh_CN&t=weixin_agreement&s=privacy"
)


@open_to_all
@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """Recipients of the registry, those in use first; WeChat; the phone app's SDKs, none used."""
    known = list(Partner.objects.asked_for().order_by("kind", "legal_name"))
    context = {
        "active": _cards(one for one in known if one.state == PartnerState.ACTIVE),
        "waiting": _cards(one for one in known if one.state != PartnerState.ACTIVE),
        "wechat": _WECHAT if notices.WECHAT.code in notices.OFFERED else (),
        "wechat_policy": _WECHAT_POLICY,
        "sdks": [_sdk(sdk) for sdk in sdks.shipped()],
    }
    return render(request, "consent/recipients.html", context)


def _cards(found: Iterable[Partner]) -> list[dict[str, Any]]:
    return [
        {
            "name": partner.legal_name,
            "policy_url": partner.policy_url,
            "rows": [
                {"label": "类型", "value": partner.get_kind_display()},
                {"label": "用来做什么", "value": partner.purpose},
                {"label": "用途类别", "value": partner.get_purpose_class_display()},
                {"label": "哪几种信息", "value": "、".join(partners.words_of_scope(partner))},
                {"label": "怎样提供", "value": partner.method},
                {"label": "联系方式", "value": partner.contact},
                {"label": "通讯地址", "value": partner.address or "还没有登记"},
            ],
        }
        for partner in found
    ]


def _sdk(sdk: sdks.Sdk) -> dict[str, Any]:
    return {
        "name": sdk.name,
        "operator": sdk.operator,
        "function": sdk.function,
        "types": "、".join(sdk.types),
        "contact": sdk.contact,
        "is_corrected": Flag.SWAPPED in sdk.flags,
    }
