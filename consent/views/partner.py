"""One recipient at the desk: its facts, what it lacks, and the switch."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import staff_only
from accounts.transitions import MoveRefused
from accounts.views.signed_in import SignedIn
from consent import requirements
from consent.actions import mailboxes, partner_keys, partners
from consent.models import Consent, Delivery, Disclosure, ImpactAssessment, Obligation, Partner
from consent.partner_forms import PartnerForm
from consent.recipient_purposes import grounds_zh
from consent.states import DeliveryState, PartnerState

MAY_LOOK = ("officer", "ops", "auditor")
KINDS = {PartnerState.DRAFT: "", PartnerState.ACTIVE: "success", PartnerState.OFF: "warn"}


@require_safe
@staff_only(*MAY_LOOK)
def partner(request: SignedIn, slug: str) -> HttpResponse:
    """Everything on record about one recipient, and what the law still wants."""
    found = _found(slug)
    lacks, is_active = partners.lacks(found), found.state == PartnerState.ACTIVE
    context = {
        "partner": found,
        "kind": KINDS[PartnerState(found.state)],
        "lacks": lacks,
        "is_assessed": requirements.ASSESSMENT not in {lack.words for lack in lacks},
        "groups": _groups(found),
        "counts": _counts(found),
        "assessment": ImpactAssessment.objects.in_force()
        .filter(purpose=partners.consent_code(found))
        .newest_first()
        .first(),
        "purpose": partners.consent_code(found),
        "is_active": is_active,
        "may_change": request.user.is_in("officer"),
        "has_key": bool(partner_keys.of(found)),
        "may_retry": request.user.is_in("officer", "ops") and not found.is_manual,
    }
    return render(request, "consent/partner.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def edit(request: SignedIn, slug: str) -> HttpResponse:
    """Correct the facts while nothing goes there; a change of the consent's words is said first."""
    found = _found(slug)
    if found.state == PartnerState.ACTIVE:
        messages.error(request, "合作中的资料不能改，请先停用。")
        return redirect("consent:partner", slug=slug)
    form = PartnerForm(request.POST or None, partner=found)
    agreed = 0
    if request.method == "POST" and form.is_valid():
        try:
            partners.change(
                partner=found,
                facts=form.changes(),
                secret=form.cleaned_data.get("secret", ""),
                has_understood=form.cleaned_data["understood"],
                by=request.user,
            )
        except partners.AsksAgain as again:
            agreed = again.agreed
        except partners.StillActive:
            messages.error(request, "没有保存：这家刚刚启用了。")
            return redirect("consent:partner", slug=slug)
        else:
            messages.success(request, "已保存。")
            return redirect("consent:partner", slug=slug)
    context = {"partner": found, "form": form, "agreed": agreed}
    return render(request, "consent/partner_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def switch(request: SignedIn, slug: str, to: str) -> HttpResponse:
    """What switching on or off means, and then doing it."""
    found, turns_on = _found(slug), to == "on"
    if request.method != "POST":
        context = {
            "partner": found,
            "turns_on": turns_on,
            "missing": partners.missing(found) if turns_on else (),
            "counts": _counts(found),
        }
        return render(request, "consent/partner_switch.html", context)
    act = partners.activate if turns_on else partners.switch_off
    try:
        act(partner=found, by=request.user)
    except partners.Incomplete as incomplete:
        messages.error(request, f"不能启用，还缺：{'、'.join(incomplete.missing)}。")
    except MoveRefused:
        messages.error(request, "没有改变：别人刚刚已经操作过。")
    else:
        words = "已启用，商家同意以后可以提供。" if turns_on else "已停用，从现在起一条也不再提供。"
        messages.success(request, words)
    return redirect("consent:partner", slug=slug)


@require_POST
@staff_only("officer", "ops")
def retry(request: SignedIn, slug: str) -> HttpResponse:
    """The recipient is back: send what waits for it now."""
    waiting = mailboxes.retry_now(partner=_found(slug), by=request.user)
    messages.success(request, f"{waiting} 条马上重发。" if waiting else "没有等待中的通知。")
    return redirect("consent:partner", slug=slug)


def _found(slug: str) -> Partner:
    return get_object_or_404(Partner.objects.asked_for(), slug=slug)


def _counts(found: Partner) -> dict[str, int]:
    """How often it was given something, what is under way, what it owes, who agrees today."""
    deliveries = Delivery.objects.filter(partner=found)
    return {
        "shared": Disclosure.objects.filter(partner=found).count(),
        "waiting": deliveries.filter(state=DeliveryState.QUEUED).count(),
        "owed": Obligation.objects.open().filter(partner=found).count(),
        "agreed": Consent.objects.live().filter(code=partners.consent_code(found)).count(),
    }


def _groups(found: Partner) -> list[dict[str, Any]]:
    """What merchants are told; what binds it; how it is reached."""
    today = timezone.localdate()
    told = {
        "名称": found.legal_name,
        "联系方式": found.contact,
        "通讯地址": found.address,
        "使用目的": found.purpose,
        "用途类别": found.get_purpose_class_display(),
        "可接触的信息": "、".join(partners.words_of_scope(found)),
        "提供方式": found.method,
        "隐私政策": found.policy_url,
    }
    ended = "（已到期）" if found.contract_has_ended(today) else ""
    old = "（超过一年）" if requirements.security_is_old(found, today) else ""
    binds = {
        "类型": found.get_kind_display(),
        "凭什么提供": grounds_zh(found.purpose_class),
        "所在国家": "中国" if found.country == "CN" else found.country,
        "合同编号": found.contract,
        "合同到期日": f"{found.contract_until}{ended}" if found.contract_until else "",
        "再委托": found.sub_processing,
        "安全评估": _security(found, old),
    }
    reached = {"办理方式": found.get_protocol_display()}
    if not found.is_manual:
        reached |= {"域名": found.domain, "接口地址": found.endpoint}
    reached |= _keys(found)
    return [
        {"heading": heading, "rows": [{"label": k, "value": v} for k, v in rows.items()]}
        for heading, rows in (("告诉商家的", told), ("约束它的", binds), ("怎样到达", reached))
    ]


def _keys(found: Partner) -> dict[str, str]:
    """What it is known by, of the key itself nothing; and until when an older one counts."""
    newest, *older = partner_keys.of(found) or (None,)
    label = "交接密码" if found.is_manual else "签名密钥"
    if newest is None:
        return {label: "还没有"}
    ends = [timezone.localtime(key.until) for key in older if key.until]
    return {label: f"有；旧的用到 {max(ends):%Y-%m-%d %H:%M}" if ends else "有"}


def _security(found: Partner, old: str) -> str:
    if not found.security_on:
        return ""
    result = found.get_security_result_display()
    return f"{found.security_by}，{found.security_on}，{result}{old}"
