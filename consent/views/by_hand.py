"""人工办理: what people do with partners that have no interface, and a second person confirms."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import staff_only
from accounts.models import BeingErased, Person
from accounts.views.signed_in import SignedIn
from consent.actions import by_hand
from consent.by_hand_forms import JudgeForm, RecordForm
from consent.models import Attestation, Delivery, Disclosure, Obligation
from consent.states import AttestationState
from consent.views.shared import kinds_of

MAY_LOOK = ("officer", "ops", "auditor")
MAY_DO = ("officer", "ops")
PER_PAGE = 50
BECAUSE = {
    Obligation.Kind.ERASURE: "注销",
    Obligation.Kind.WITHDRAWAL: "撤回同意",
    Obligation.Kind.CONTRACT_END: "合同到期",
}
CONFLICTS: dict[type[Exception], str] = {
    by_hand.NotWaiting: "没有办成：别人刚刚办过，或者商家已经撤回。",
    by_hand.NothingToHand: "没有可移交的内容：商家已经撤回、注销，或者这家已停用。",
    by_hand.SamePerson: "自己登记的要由另一个人核实。",
    by_hand.WrongProof: "没有核实：您选择的文件和登记的凭证不是同一个。",
    BeingErased: "商家正在注销，不能再移交。",
}


@require_safe
@staff_only(*MAY_LOOK)
def tasks(request: SignedIn) -> HttpResponse:
    """Everything that waits for people, the nearest deadline first."""
    found = Delivery.objects.by_hand().prefetch_related("attestations")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    deliveries = list(page)
    numbers = by_hand.numbers(deliveries)
    rows = [_row(delivery, numbers[delivery.pk], now) for delivery in deliveries]
    return render(request, "consent/by_hand.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*MAY_LOOK)
def task(request: SignedIn, pk: UUID) -> HttpResponse:
    """One of them: what to do, and with whom; POST records that it was done."""
    delivery = _found(pk)
    form = RecordForm(
        request.POST or None, request.FILES or None, outcomes=by_hand.outcomes(delivery)
    )
    if request.method == "POST":
        if not request.user.is_in(*MAY_DO):
            return HttpResponse(status=403)
        if form.is_valid():
            return _try(
                request,
                lambda: by_hand.record(delivery=delivery, by=request.user, **form.facts()),
                pk,
                "已登记，等另一个人核实。",
            )
    return render(request, "consent/by_hand_task.html", _context(request.user, delivery, form))


@require_POST
@staff_only("officer")
def package(request: SignedIn, pk: UUID) -> HttpResponse:
    """The encrypted file to hand over; made anew each time, never kept."""
    try:
        made = by_hand.pack(delivery=_found(pk), by=request.user)
    except tuple(CONFLICTS) as refused:
        messages.error(request, CONFLICTS[type(refused)])
        return redirect("consent:by_hand_task", pk=pk)
    answer = HttpResponse(made.raw, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{made.sha256[:12]}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@staff_only(*MAY_DO)
def judge(request: SignedIn, pk: UUID) -> HttpResponse:
    """A second person confirms a record, or does not; `pk` is the record's."""
    attestation = get_object_or_404(Attestation.objects.select_related("delivery"), pk=pk)
    form = JudgeForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors.get("proof", ["请重新选择。"]))))
        return redirect("consent:by_hand_task", pk=attestation.delivery_id)
    if form.cleaned_data["verdict"] == "reject":
        act = partial(by_hand.reject, attestation=attestation, by=request.user)
        words = "不予认可，请重新办理或者重新登记。"
    else:
        act = partial(
            by_hand.attest,
            attestation=attestation,
            file_sha256=form.cleaned_data["proof"],
            by=request.user,
        )
        words = "已核实，记录不能再改。"
    return _try(request, act, attestation.delivery_id, words)


def _try(request: SignedIn, act: Callable[[], object], pk: UUID, words: str) -> HttpResponse:
    try:
        act()
    except tuple(CONFLICTS) as refused:
        messages.error(request, CONFLICTS[type(refused)])
    else:
        messages.success(request, words)
    is_open = Delivery.objects.by_hand().filter(pk=pk).exists()
    return redirect("consent:by_hand_task", pk=pk) if is_open else redirect("consent:by_hand")


def _found(pk: UUID) -> Delivery:
    related = ("partner", "obligation", "disclosure")
    return get_object_or_404(Delivery.objects.for_people().select_related(*related), pk=pk)


def _row(delivery: Delivery, number: str, now: datetime) -> dict[str, Any]:
    records = delivery.attestations.all()
    is_recorded = any(one.state == AttestationState.RECORDED for one in records)
    duty = delivery.obligation
    return {
        "delivery": delivery,
        "what": _what(delivery),
        "number": number[:8],
        "due_at": duty.due_at if duty else None,
        "is_late": bool(duty and duty.due_at < now),
        "tag": AttestationState.RECORDED.label if is_recorded else "待办理",
        "kind": "info" if is_recorded else "warn",
    }


def _what(delivery: Delivery) -> str:
    if delivery.obligation is None:
        return "移交资料"
    if not delivery.partner.is_manual:
        return "核实对方另有的授权"
    return f"要求删除（{BECAUSE[Obligation.Kind(delivery.obligation.kind)]}）"


def _context(by: Person, delivery: Delivery, form: RecordForm) -> dict[str, Any]:
    records = list(delivery.attestations.order_by("-recorded_at"))
    waits = next((one for one in records if one.state == AttestationState.RECORDED), None)
    is_open = Delivery.objects.by_hand().filter(pk=delivery.pk).exists()
    may_do = by.is_in(*MAY_DO) and is_open
    duty = delivery.obligation
    return {
        "delivery": delivery,
        "what": _what(delivery),
        "is_late": bool(duty and is_open and duty.due_at < timezone.now()),
        "rows": _facts(delivery),
        "letter": _letter(delivery),
        "form": form,
        "judge_form": JudgeForm(),
        "records": [_record(one) for one in records],
        "waits": waits,
        "can_pack": delivery.disclosure_id and is_open and waits is None and by.is_in("officer"),
        "can_record": may_do and waits is None,
        "can_judge": may_do and waits is not None and not waits.is_by(by.pk),
        "is_own": waits is not None and waits.is_by(by.pk),
    }


def _facts(delivery: Delivery) -> list[dict[str, str]]:
    duty, given = delivery.obligation, delivery.disclosure
    facts = {
        "对方": delivery.partner.legal_name,
        "联系方式": delivery.partner.contact,
        "商家编号": by_hand.number(delivery),
    }
    if given:
        facts |= {"要移交的": kinds_of([given]), "用途": given.purpose}
    if duty:
        given_before = Disclosure.objects.of(duty.person).filter(partner=delivery.partner)
        facts |= {
            "要删除的": kinds_of(given_before),
            "期限": f"{timezone.localtime(duty.due_at):%Y-%m-%d %H:%M}",
            "现在": duty.get_state_display(),
        }
        if duty.reason:
            facts["理由"] = duty.reason
    return [{"label": label, "value": value} for label, value in facts.items()]


def _letter(delivery: Delivery) -> str:
    """Ready to be sent: names nobody, only the number this partner knows."""
    duty = delivery.obligation
    if duty is None or not delivery.partner.is_manual:
        return ""
    until = f"在 {timezone.localtime(duty.due_at):%Y-%m-%d} 前"
    return (
        f"请删除编号 {duty.identity} 对应的全部个人信息，包括备份和再委托方持有的，"
        f"并{'立即' if duty.due_at < timezone.now() else until}书面答复："
        "已删除、未持有、依法必须保留（写明法律条款），或者另有本人授权（附授权凭证）。"
    )


def _record(one: Attestation) -> dict[str, Any]:
    facts = {
        "结果": one.get_outcome_display(),
        "哪天": f"{one.done_on:%Y-%m-%d}",
        "凭证": one.reference,
        "对方的理由": one.reason,
        "凭证文件校验值": one.file_sha256,
        "登记": f"{timezone.localtime(one.recorded_at):%Y-%m-%d %H:%M}",
    }
    rows = [{"label": label, "value": value} for label, value in facts.items() if value]
    return {"heading": AttestationState(one.state).label, "rows": rows, "row": one}
