"""监护人: a request by anybody who is one; at the desk, two officers."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import complaints, guardians
from accounts.addresses import client_address
from accounts.gate import staff_only
from accounts.guardian_forms import GuardianForm, RefuseClaimForm, VerifyForm
from accounts.models import GuardianClaim
from accounts.personal import KeyGone
from accounts.states import ClaimState, ComplaintState
from accounts.views.complaints import KINDS
from accounts.views.contacts import EXTENSIONS
from accounts.views.signed_in import SignedIn
from accounts.views.uploads import sent

CONFLICTS: dict[type[Exception], str] = {
    guardians.AlreadyJudged: "别人刚刚处理过，请看最新的进度。",
    guardians.SamePerson: "第一道核对是您做的，要由另一位同事同意。",
    guardians.KnownAdult: "这个账号经审核是成年人或单位的，不能按监护人的请求删除。"
    "请选“不能确认这个号码归孩子使用”答复，不要说有没有账号。",
    complaints.NotYours: "申诉要由另一位同事处理：第一次的答复是您写的。",
}


@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest) -> HttpResponse:
    """未成年人与监护人: what we do, and the request. The answer is the same for every number."""
    is_post = request.method == "POST"
    form = GuardianForm(**sent(request))
    if is_post and form.is_valid():
        try:
            taken = guardians.take_in(claimed=form.claimed(), address=client_address(request))
        except complaints.TooMany:
            form.add_error(None, "这里刚刚收到了好几份，请一小时后再提交；急事请拨打电话。")
        else:
            return redirect("accounts:complaint", code=taken.code)
    status = 422 if form.errors else 200
    return render(request, "accounts/guardian.html", {"form": form}, status=status)


@require_safe
@staff_only("officer")
def claim(request: SignedIn, pk: UUID) -> HttpResponse:
    """One request at the desk; reading it is noted."""
    return _shown(request, _found(pk))


def _found(pk: UUID) -> GuardianClaim:
    rows = GuardianClaim.objects.select_related("complaint")
    found: GuardianClaim = get_object_or_404(rows, pk=pk)
    return found


def _shown(request: SignedIn, found: GuardianClaim, **forms: Any) -> HttpResponse:
    complaints.open_for(complaint=found.complaint, by=request.user)
    known: dict[str, Any] = {"verify_form": VerifyForm(), "refuse_form": RefuseClaimForm()} | forms
    is_owed = found.complaint.is_owed
    status = 422 if any(form.errors for form in known.values()) else 200
    context = {
        "claim": found,
        "complaint": found.complaint,
        "kind": KINDS[ComplaintState(found.complaint.state)],
        "rows": _rows(found),
        "told": _words(found),
        "may_verify": is_owed and found.state in (ClaimState.RECEIVED, ClaimState.REFUSED),
        "may_grant": is_owed
        and found.state == ClaimState.VERIFIED
        and found.verified_by_id != request.user.pk,
        "waits_for_second": is_owed and found.state == ClaimState.VERIFIED,
        "may_refuse": is_owed and found.state != ClaimState.GRANTED,
        "is_late": found.complaint.is_late(timezone.now()),
    }
    return render(request, "accounts/guardian_desk.html", context | known, status=status)


def _rows(found: GuardianClaim) -> list[dict[str, str]]:
    rows = [
        {"label": "关系", "value": found.get_relation_display()},
        {"label": "孩子", "value": found.get_age_display()},
        {"label": "孩子的手机号", "value": str(found.child_phone or ""), "missing": "已删除"},
        {"label": "核实进度", "value": found.get_state_display()},
    ]
    if found.seen:
        seen = f"{found.get_seen_display()}（{found.verified_by}）"
        rows.append({"label": "第一道核对", "value": seen})
    return rows


def _words(found: GuardianClaim) -> list[tuple[str, str]]:
    complaint = found.complaint
    told = (
        ("事情经过", complaint.words),
        ("监护人的手机号", complaint.contact),
        ("答复", complaint.answer),
        ("申诉", complaint.appeal),
        ("对申诉的答复", complaint.appeal_answer),
    )
    try:
        return [(label, value.clear) for label, value in told if value]
    except KeyGone:
        return []


@require_safe
@staff_only("officer")
def proof(request: SignedIn, pk: UUID) -> HttpResponse:
    """The proof that was uploaded; opening it is noted."""
    found = _found(pk)
    if not found.sealed:
        raise Http404
    try:
        raw = guardians.read_proof(claim=found, by=request.user)
    except KeyGone:
        return HttpResponse(status=410)
    name = f"{found.sha256[:12]}.{EXTENSIONS[found.media_type]}"
    answer = HttpResponse(raw, content_type=found.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@staff_only("officer")
def verify(request: SignedIn, pk: UUID) -> HttpResponse:
    """The first judgement."""
    found, form = _found(pk), VerifyForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, verify_form=form)
    seen = form.cleaned_data["seen"]
    act = partial(guardians.verify, claim=found, seen=seen, by=request.user)
    return _try(request, pk, act, "已核对，等另一位同事同意。")


@require_POST
@staff_only("officer")
def grant(request: SignedIn, pk: UUID) -> HttpResponse:
    """The second judgement: the account is looked up and erased."""
    act = partial(guardians.grant, claim=_found(pk), by=request.user)
    return _try(request, pk, act, "已同意并答复，监护人会收到短信。")


@require_POST
@staff_only("officer")
def refuse(request: SignedIn, pk: UUID) -> HttpResponse:
    """It is not done, and why."""
    found, form = _found(pk), RefuseClaimForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, refuse_form=form)
    act = partial(guardians.refuse, claim=found, by=request.user, **form.cleaned_data)
    return _try(request, pk, act, "已答复，监护人会收到短信，可以申诉一次。")


def _try(request: SignedIn, pk: UUID, act: Callable[[], object], words: str) -> HttpResponse:
    try:
        act()
    except tuple(CONFLICTS) as refused:
        messages.error(request, CONFLICTS[type(refused)])
    else:
        messages.success(request, words)
    return redirect("accounts:guardian_claim", pk=pk)
