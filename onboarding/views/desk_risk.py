"""风险提示 at the desk: what was pointed out beside an application, and wishes for another look."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.actions import complaints
from accounts.forms import AnswerForm
from accounts.gate import staff_only
from accounts.models import Complaint
from accounts.personal import KeyGone
from accounts.personal.fields import share_keyring
from accounts.states import PersonState
from accounts.views.signed_in import SignedIn
from onboarding.actions import risk
from onboarding.models import Application, RiskLook
from onboarding.risk import Signal, Weight

NONE_YET = "这份申请提交时还没有这项提示。"
NOT_ASSESSED = "没有有效的影响评估，程序没有做任何对照；审核照常。请信息保护专员完成评估。"
UNDER_WAY = "程序正在对照，通常几秒；不必等它，刷新可以看到。"
TOO_LATE = "在程序对照之前已经有人作出决定，没有对照。"
OVER = "审核已结束，或商家正在注销，提示不再显示。"
NOTHING = "没有要留意的。"
KINDS = {Weight.NOTE: "", Weight.CHECK: "warn"}
ANSWERED_TOO = "已经有人答复过了，您写的没有保存。请看最新的答复。"
NOT_BY_THE_SAME = "这份申请是您作出的决定，要由另一位同事答复。"


def panel(application: Application, *, is_open: bool) -> dict[str, Any]:
    """What the panel says; signals only while somebody has to look at them."""
    look = RiskLook.objects.of_round(application)
    share_keyring((application, look))
    request = look.request if look else None
    is_asked = request is not None and request.is_owed
    is_shown = is_open or (is_asked and application.person.state == PersonState.OPEN)
    words, signals = _said(look, application, is_shown=is_shown)
    return {
        "look": look,
        "words": words,
        "signals": [_shown(signal) for signal in signals],
        "must_check": any(signal.must_be_checked for signal in signals),
        "request": request,
        "is_asked": is_asked,
        "is_late": bool(request and request.is_late(timezone.now())),
    }


def _said(
    look: RiskLook | None, application: Application, *, is_shown: bool
) -> tuple[str, list[Signal]]:
    """Words in place of signals, or the signals."""
    if look is None:
        return NONE_YET, []
    if look.looked_at is None:
        if not application.waits_for_us:
            return TOO_LATE, []
        return (UNDER_WAY if risk.is_open() else NOT_ASSESSED), []
    if not is_shown:
        return OVER, []
    try:
        found = look.found()
    except KeyGone:
        return OVER, []
    return ("" if found else NOTHING), found


def _shown(signal: Signal) -> dict[str, str]:
    return {
        "domain": signal.domain.label,
        "weight": signal.weight.label,
        "kind": KINDS[signal.weight],
        "words": signal.for_reviewer,
        "looks_at": "、".join(signal.looks_at),
    }


def asked() -> list[dict[str, Any]]:
    """Wishes for another look that are still to be answered, the nearest deadline first."""
    now = timezone.now()
    return [
        {"look": look, "is_late": look.request.is_late(now)}
        for look in RiskLook.objects.asked()[:20]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("reviewer")
def human_look(request: SignedIn, pk: UUID) -> HttpResponse:
    """Read what a merchant wishes to be looked at again, and answer it; reading is ledgered."""
    application, wish = _wish(pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        problem = _answer(request, wish, form.cleaned_data["words"])
        if not problem:
            messages.success(request, "已答复。商家会收到短信，也可以在页面上看。")
            return redirect("onboarding:desk_application", pk=pk)
        form.add_error(None, problem)
        application, wish = _wish(pk)
    complaints.open_for(complaint=wish, by=request.user)
    context = {
        "application": application,
        "wish": wish,
        "told": _told(wish),
        "is_own": wish.about_id == request.user.pk,
        "is_late": wish.is_late(timezone.now()),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "onboarding/human_look.html", context, status=status)


def _wish(pk: UUID) -> tuple[Application, Complaint]:
    """The newest wish about an application."""
    rows = RiskLook.objects.filter(application=pk).exclude(request=None).order_by("-round")
    related = ("request", "application__person", "application__decided_by")
    found = rows.select_related(*related).first()
    if found is None:
        raise Http404
    return found.application, found.request


def _answer(request: SignedIn, wish: Complaint, words: str) -> str:
    """Answer it; what to tell the reviewer when that did not work, else ""."""
    try:
        complaints.answer(complaint=wish, words=words, by=request.user)
    except complaints.AlreadyAnswered:
        return ANSWERED_TOO
    except complaints.NotYours:
        return NOT_BY_THE_SAME
    return ""


def _told(wish: Complaint) -> list[tuple[str, str]]:
    """Everything said so far; nothing once its key is gone."""
    try:
        return [
            (heading, value.clear)
            for heading, value in (
                ("商家的要求", wish.words),
                ("答复", wish.answer),
                ("商家的申诉", wish.appeal),
                ("对申诉的答复", wish.appeal_answer),
            )
            if value
        ]
    except KeyGone:
        return []
