"""更换登录手机号: a code to the old number, then a code to the new one.

Whether the new number has an account is said to nobody who has not proven to hold it.
"""

import base64
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions import codes, phones
from accounts.addresses import client_address
from accounts.forms import CodeForm, NewPhoneForm
from accounts.gate import merchant_only
from accounts.models import Challenge
from accounts.personal import masks, open_system, seal_system
from accounts.views.signed_in import SignedIn
from accounts.views.step_up import StepUp

STEP_UP: Final = StepUp(Challenge.Purpose.OLD_PHONE, "phone")
_KEY: Final = "new_phone"
_PLACE: Final = "accounts.phone.new"
TAKEN = (
    "没有更换：这个号码不能用作您的登录手机号，它可能已有自己的账号。"
    "退出后用它登录就能看到；注销那个账号以后，可以再来更换。"
)
MEANWHILE = "没有更换：登录手机号刚刚在别处换过，或者账号正在注销。请重新登录后再看。"


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def phone(request: SignedIn) -> HttpResponse:
    """How it goes, and what to do without the old number; then a code is sent to that number."""
    if STEP_UP.is_proven(request):
        return redirect("accounts:phone_new")
    failure = STEP_UP.send(request) if request.method == "POST" else None
    if request.method == "POST" and failure is None:
        return redirect("accounts:phone_code")
    status = 429 if failure else 200
    return render(request, "accounts/phone.html", {"failure": failure}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def code(request: SignedIn) -> HttpResponse:
    """Prove that the old number is at hand."""
    return STEP_UP.code_page(request, "accounts/phone_code.html", "accounts:phone_new")


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def new(request: SignedIn) -> HttpResponse:
    """The new number; a code is sent to it, whoever it belongs to."""
    if not STEP_UP.is_proven(request):
        return _begin_again(request)
    form = NewPhoneForm(
        request.POST if request.method == "POST" else None, current=request.user.phone
    )
    if request.method == "POST" and form.is_valid():
        failure = _send(request, form.cleaned_data["phone"])
        if failure is None:
            return redirect("accounts:phone_new_code")
        form.add_error("phone", str(failure))
        return render(request, "accounts/phone_new.html", {"form": form}, status=429)
    status = 422 if form.errors else 200
    return render(request, "accounts/phone_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def new_code(request: SignedIn) -> HttpResponse:
    """Prove that the new number is at hand: it becomes the account's."""
    if not STEP_UP.is_proven(request):
        return _begin_again(request)
    pending = request.session.get(_KEY)
    if pending is None:
        return redirect("accounts:phone_new")
    number = open_system(_PLACE, base64.b64decode(pending["sealed"])).decode()
    if "resend" in request.POST:
        failure = _send(request, number)
        told = messages.error if failure else messages.success
        told(request, str(failure or "新的验证码已发送"))
        return redirect("accounts:phone_new_code")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = _change(request, form, pending["challenge"])
        if done is not None:
            return done
    context = {"form": form, "number": masks.phone(number)}
    status = 422 if form.errors else 200
    return render(request, "accounts/phone_new_code.html", context, status=status)


def _begin_again(request: SignedIn) -> HttpResponse:
    messages.warning(request, "验证已过期，请先用现在的号码验证")
    return redirect("accounts:phone")


def _send(request: SignedIn, number: str) -> codes.NotSent | None:
    try:
        challenge = codes.send(
            purpose=phones.PURPOSE,
            phone=number,
            bound_to=str(request.session.session_key),
            address=client_address(request),
        )
    except codes.NotSent as failure:
        return failure
    sealed = base64.b64encode(seal_system(_PLACE, number.encode())).decode()
    request.session[_KEY] = {"challenge": str(challenge.pk), "sealed": sealed}
    return None


def _change(request: SignedIn, form: CodeForm, challenge: str) -> HttpResponse | None:
    """Where to go once it is decided; None while the code is wrong, which the form then says."""
    try:
        phones.change(
            person=request.user,
            challenge_id=UUID(challenge),
            code=form.cleaned_data["code"],
            session_key=str(request.session.session_key),
        )
    except codes.CodeRefused as refused:
        form.add_error("code", str(refused))
        return None
    except phones.NumberTaken:
        messages.error(request, TAKEN)
        del request.session[_KEY]
        return redirect("accounts:phone_new")
    except phones.ChangedMeanwhile:
        messages.error(request, MEANWHILE)
    else:
        messages.success(
            request, "登录手机号已更换。其他设备已退出登录，原来的号码会收到一条短信。"
        )
    del request.session[_KEY]
    STEP_UP.spend(request)
    return redirect("accounts:settings")
