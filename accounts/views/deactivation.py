"""账号注销: what it means, a code to the phone, an explicit yes, the way back until it starts."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions import erasure
from accounts.clocks import Clock, deadline
from accounts.forms import DeactivateForm
from accounts.gate import merchant_only
from accounts.models import Challenge, Erasure
from accounts.personal import holders
from accounts.states import ErasureState
from accounts.views.dates import day, minute
from accounts.views.signed_in import SignedIn
from accounts.views.step_up import StepUp

STEP_UP: Final = StepUp(Challenge.Purpose.DEACTIVATE, "deactivate")


@require_http_methods(["GET", "POST"])
@merchant_only
def deactivate(request: SignedIn) -> HttpResponse:
    """What will be deleted, kept and lost, and what to do instead; then a code is sent."""
    if _live(request):
        return redirect("accounts:deactivate_scheduled")
    failure = None
    if request.method == "POST":
        failure = STEP_UP.send(request)
        if failure is None:
            return redirect("accounts:deactivate_code")
    now = timezone.now()
    context = {
        "failure": failure,
        "held": [(h.label, h.inventory(request.user.pk)) for h in holders.downward()],
        "due": deadline(Clock.DEACTIVATION, now),
        "grace": _grace(),
    }
    return render(request, "accounts/deactivate.html", context, status=429 if failure else 200)


@require_http_methods(["GET", "POST"])
@merchant_only
def code(request: SignedIn) -> HttpResponse:
    """Prove that the phone is at hand: no more is asked than at registration (GB/T 35273 8.5)."""
    return STEP_UP.code_page(
        request, "accounts/deactivate_code.html", "accounts:deactivate_confirm"
    )


@require_http_methods(["GET", "POST"])
@merchant_only
def confirm(request: SignedIn) -> HttpResponse:
    """The irrevocable yes."""
    if _live(request):
        return redirect("accounts:deactivate_scheduled")
    if not STEP_UP.is_proven(request):
        messages.warning(request, "验证已过期，请重新获取验证码")
        return redirect("accounts:deactivate")
    form = DeactivateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        erasure.request(person=request.user)
        STEP_UP.spend(request)
        return redirect("accounts:deactivate_scheduled")
    context = {"form": form, "due": deadline(Clock.DEACTIVATION, timezone.now()), "grace": _grace()}
    status = 422 if form.errors else 200
    return render(request, "accounts/deactivate_confirm.html", context, status=status)


@require_GET
@merchant_only
def scheduled(request: SignedIn) -> HttpResponse:
    """When it will be done, the receipt to keep, and the way back while there is one."""
    found = _live(request)
    if found is None:
        return redirect("accounts:settings")
    context = {
        "erasure": found,
        "can_cancel": found.state == ErasureState.SCHEDULED,
        "receipt_url": f"{settings.PORTAL_URL}/receipt/{found.code}/",
        "rows": [
            {"label": "申请时间", "value": minute(found.requested_at)},
            {"label": "开始删除", "value": minute(found.starts_at)},
            {"label": "最迟完成", "value": day(found.due_at)},
        ],
    }
    return render(request, "accounts/deactivate_scheduled.html", context)


@require_POST
@merchant_only
def cancel(request: SignedIn) -> HttpResponse:
    """Take it back; too late is said plainly."""
    found = _live(request)
    if found is None:
        return redirect("accounts:settings")
    try:
        erasure.cancel(erasure=found, by=request.user)
    except erasure.AlreadyStarted:
        messages.error(request, "删除已经开始，无法撤回")
        return redirect("accounts:deactivate_scheduled")
    messages.success(request, "已撤回注销，账号恢复正常使用")
    return redirect("accounts:settings")


def _live(request: SignedIn) -> Erasure | None:
    return Erasure.objects.live().of_person(request.user.pk).first()


def _grace() -> str:
    hours, seconds = divmod(settings.ERASURE_GRACE_SECONDS, 3600)
    if hours:
        return f"{hours} 小时"
    return f"{max(1, seconds // 60)} 分钟" if seconds else ""
