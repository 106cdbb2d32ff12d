"""我的 - 设置: the account, where it is signed in, and the way out; and signing out."""

from django.conf import settings as configured
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import sign_in
from accounts.gate import merchant_only
from accounts.models import Session, WechatBinding
from accounts.states import PersonState
from accounts.views.signed_in import SignedIn


@require_GET
@merchant_only
def settings(request: SignedIn) -> HttpResponse:
    """Everything about the account that is not an application."""
    context = {
        "devices": Session.objects.of_person(request.user.pk).live().count(),
        "wechat": WechatBinding.objects.of(request.user.pk).first(),
        "is_wechat_offered": bool(configured.WECHAT_URL),
        "is_closing": request.user.state == PersonState.CLOSING,
    }
    return render(request, "accounts/settings.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session and have the browser forget what it kept of it."""
    logout(request)
    response = redirect("/")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@require_POST
@merchant_only
def sign_out_others(request: SignedIn) -> HttpResponse:
    """End every other session, for a phone that was lost or lent."""
    key = request.session.session_key
    ended = sign_in.end_other_sessions(person=request.user, session_key=key)
    said = f"已退出其他 {ended} 台设备" if ended else "没有在其他设备登录"
    messages.success(request, said)
    return redirect("accounts:settings")
