"""导出我的信息: what the file holds, a code to the phone, then the file. GET never downloads."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.actions import export as exports
from accounts.gate import merchant_only
from accounts.models import Challenge
from accounts.personal import holders
from accounts.views.signed_in import SignedIn
from accounts.views.step_up import StepUp

STEP_UP: Final = StepUp(Challenge.Purpose.STEP_UP, "export")


@require_http_methods(["GET", "POST"])
@merchant_only
def export(request: SignedIn) -> HttpResponse:
    """What will be in the file and how to keep it; then a code is sent."""
    if STEP_UP.is_proven(request):
        return redirect("accounts:export_file")
    failure = None
    if request.method == "POST":
        failure = STEP_UP.send(request)
        if failure is None:
            return redirect("accounts:export_code")
    context = {"failure": failure, "holders": [holder.label for holder in holders.upward()]}
    return render(request, "accounts/export.html", context, status=429 if failure else 200)


@require_http_methods(["GET", "POST"])
@merchant_only
def code(request: SignedIn) -> HttpResponse:
    """Prove that the phone is at hand: an unlocked computer alone gives nothing away."""
    return STEP_UP.code_page(request, "accounts/export_code.html", "accounts:export_file")


@require_http_methods(["GET", "POST"])
@merchant_only
def file(request: SignedIn) -> HttpResponse:
    """The button, and on POST the file; again within ten minutes, should a download be lost."""
    if not STEP_UP.is_proven(request):
        messages.warning(request, "验证已过期，请重新获取验证码")
        return redirect("accounts:export")
    if request.method == "GET":
        return render(request, "accounts/export_file.html")
    try:
        document = exports.export(person=request.user)
    except exports.NothingToRead:
        messages.error(request, "删除已经开始，您的信息无法再读出来")
        return redirect("accounts:settings")
    name = f"51che-my-data-{timezone.localdate():%Y%m%d}.json"
    return JsonResponse(
        document,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
