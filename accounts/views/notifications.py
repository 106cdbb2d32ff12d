"""我的 - 设置 - 通知设置: every kind of text message, what it is for, on and off with one tap."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions import notifications as actions
from accounts.forms import SwitchForm
from accounts.gate import merchant_only
from accounts.kinds import registered
from accounts.models import NotificationChoice
from accounts.views.signed_in import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def notifications(request: SignedIn) -> HttpResponse:
    """What may be switched, and what may not and why; POST switches one kind."""
    if request.method == "POST":
        return _switch(request)
    chosen = NotificationChoice.objects.of(request.user.pk)
    kinds = registered().values()
    context: dict[str, Any] = {
        "switches": [
            {"kind": kind, "is_on": chosen.get(kind.code, kind.starts_on)}
            for kind in kinds
            if not kind.always
        ],
        "always": [kind for kind in kinds if kind.always],
    }
    return render(request, "accounts/notifications.html", context)


def _switch(request: SignedIn) -> HttpResponse:
    form = SwitchForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no such switch")
    code, is_on = form.cleaned_data["kind"], form.cleaned_data["is_on"] == "on"
    actions.switch(by=request.user, kind=code, is_on=is_on)
    done = "已打开" if is_on else "已关闭"
    messages.success(request, f"{done}：{registered()[code].label}")
    return redirect("accounts:notifications")
