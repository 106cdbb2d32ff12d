"""第三方清单: everybody who gets personal data or might, without signing in."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent import sdks
from consent.actions import partners
from consent.gate import open_to_all
from consent.models import Partner
from consent.sdks import Flag
from consent.states import PartnerState


@open_to_all
@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """Recipients of the registry, those in use first; then the phone app's SDKs, none used here."""
    known = list(Partner.objects.asked_for().order_by("kind", "legal_name"))
    context = {
        "active": _cards(one for one in known if one.state == PartnerState.ACTIVE),
        "waiting": _cards(one for one in known if one.state != PartnerState.ACTIVE),
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
