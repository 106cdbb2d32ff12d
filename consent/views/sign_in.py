"""Signing in and registering, one flow: a number and an agreement, then the code sent to it.

Until the box is ticked and a valid number sent, nothing is written, not even a session.
"""

import base64
import time
from dataclasses import asdict, dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import codes
from accounts.addresses import client_address
from accounts.forms import CodeForm
from accounts.personal import masks, open_system, seal_system
from consent import pages
from consent.actions import policies, sign_in
from consent.actions.sign_in import Agreed
from consent.forms import PhoneForm
from consent.gate import open_to_all
from consent.models import PolicyVersion

BACKEND = "accounts.sign_in_backends.MerchantBackend"
# An unfinished sign-in and its session are forgotten after this long.
PATIENCE_SECONDS = 20 * 60
_KEY = "sign_in"
_PLACE = "consent.sign_in.phone"


@dataclass(frozen=True, slots=True)
class Pending:
    """What the session holds between the two steps; the number is sealed."""

    challenge: str
    sealed: str
    version: int
    sha256: str
    next: str
    sent_at: float

    @property
    def phone(self) -> str:
        """The number as typed in step one."""
        return open_system(_PLACE, base64.b64decode(self.sealed)).decode()

    @property
    def agreed(self) -> Agreed:
        """The version that was ticked."""
        return Agreed(self.version, self.sha256)

    @property
    def wait(self) -> int:
        """Seconds until another code may be sent."""
        return max(0, round(codes.PAUSE.total_seconds() - (time.time() - self.sent_at)))


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step_phone(request: HttpRequest) -> HttpResponse:
    """Step one: the number, and an explicit agreement to the version on the page."""
    back = pages.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated and request.user.is_merchant:
        return redirect(back)
    version = PolicyVersion.objects.in_force(PolicyVersion.Kind.PRIVACY)
    if version is None or request.user.is_authenticated:
        return _page(request, PhoneForm(), version, back, status=200 if version else 503)
    if request.method != "POST":
        pending = _pending(request)
        typed = {"phone": pending.phone} if pending else {}
        return _page(request, PhoneForm(initial=typed), version, back)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        if form.errors.keys() & set(PhoneForm.UNSEEN):
            raise BadRequest("no version was agreed to")
        return _page(request, form, version, back, status=400)
    return _send(request, form, version, back)


def _send(request: HttpRequest, form: PhoneForm, version: PolicyVersion, back: str) -> HttpResponse:
    phone = form.cleaned_data["phone"]
    agreed = Agreed(form.cleaned_data["version"], form.cleaned_data["sha256"])
    if (agreed.version, agreed.sha256) != (version.pk, version.sha256):
        return _changed(request, agreed, version, phone, back)
    is_new = not request.session.session_key
    if is_new:
        request.session.create()
    try:
        _begin(request, phone, agreed, back)
    except policies.WrongVersion:
        return _ask_anew(request)
    except codes.NotSent as failure:
        pending = _pending(request)
        if isinstance(failure, codes.TooSoon) and pending and pending.phone == phone:
            again = f"没有重发：刚才那条验证码还能用，{failure.seconds} 秒后可以重新获取。"
            messages.info(request, again)
            return redirect("consent:sign_in_code")
        if is_new:
            request.session.flush()
        form.add_error("phone", str(failure))
        return _page(request, form, version, back, status=429)
    return redirect("consent:sign_in_code")


def _begin(request: HttpRequest, phone: str, agreed: Agreed, back: str) -> None:
    challenge = sign_in.begin(
        phone=phone,
        agreed=agreed,
        bound_to=cast(str, request.session.session_key),
        address=client_address(request),
    )
    pending = Pending(
        challenge=str(challenge.pk),
        sealed=base64.b64encode(seal_system(_PLACE, phone.encode())).decode(),
        version=agreed.version,
        sha256=agreed.sha256,
        next=back,
        sent_at=time.time(),
    )
    request.session[_KEY] = asdict(pending)
    request.session.set_expiry(PATIENCE_SECONDS)


def _changed(
    request: HttpRequest, agreed: Agreed, version: PolicyVersion, phone: str, back: str
) -> HttpResponse:
    """What was ticked is no more in force: show what is, and ask again. Forgeries are refused."""
    known = PolicyVersion.objects.published(version.kind)
    if not known.filter(pk=agreed.version, sha256=agreed.sha256).exists():
        raise BadRequest("no such version")
    form = PhoneForm(initial={"phone": phone})
    return _page(request, form, version, back, status=409, has_changed=True)


def _page(
    request: HttpRequest,
    form: PhoneForm,
    version: PolicyVersion | None,
    back: str,
    *,
    status: int = 200,
    has_changed: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "version": version,
        "next": back,
        "has_changed": has_changed,
    }
    return render(request, "consent/sign_in.html", context, status=status)


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step_code(request: HttpRequest) -> HttpResponse:
    """Step two: the code. Signing in and agreeing happen here, together."""
    pending = _pending(request)
    if pending is None or request.user.is_authenticated:
        return redirect("consent:sign_in")
    if request.method != "POST":
        return _code_page(request, CodeForm(), pending)
    if "resend" in request.POST:
        return _resend(request, pending)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form, pending, status=400)
    return _enter(request, form, pending)


def _resend(request: HttpRequest, pending: Pending) -> HttpResponse:
    try:
        _begin(request, pending.phone, pending.agreed, pending.next)
    except policies.WrongVersion:
        return _ask_anew(request)
    except codes.NotSent as failure:
        messages.error(request, str(failure))
    else:
        messages.success(request, "新的验证码已发送，旧的已作废。")
    return redirect("consent:sign_in_code")


def _enter(request: HttpRequest, form: CodeForm, pending: Pending) -> HttpResponse:
    try:
        person, is_new = sign_in.finish(
            challenge_id=UUID(pending.challenge),
            code=form.cleaned_data["code"],
            agreed=pending.agreed,
            bound_to=cast(str, request.session.session_key),
            address=client_address(request),
        )
    except policies.WrongVersion:
        return _ask_anew(request)
    except sign_in.Ended:
        request.session.flush()
        return pages.ended_page(request)
    except codes.CodeRefused as refusal:
        form.add_error("code", str(refusal))
        return _code_page(request, form, pending, status=400)
    del request.session[_KEY]
    request.session.set_expiry(None)
    login(request, person, backend=BACKEND)
    if is_new:
        messages.success(request, "注册成功，已登录。")
    return redirect(pending.next)


def _ask_anew(request: HttpRequest) -> HttpResponse:
    messages.warning(request, "隐私政策刚刚更新，请看过新版本再决定。您还没有登录，也没有注册。")
    return redirect("consent:sign_in")


def _code_page(
    request: HttpRequest, form: CodeForm, pending: Pending, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "phone": masks.phone(pending.phone), "wait": pending.wait}
    return render(request, "consent/sign_in_code.html", context, status=status)


def _pending(request: HttpRequest) -> Pending | None:
    kept = request.session.get(_KEY)
    return Pending(**kept) if kept else None
