"""Signing in and registering, one flow: a number and an agreement, then the code sent to it.

Until the box is ticked and a valid number sent, nothing is written, not even a session. The other
way in, by WeChat, is in consent.views.wechat; who comes by it first passes through the same code.
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
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import codes
from accounts.addresses import client_address
from accounts.forms import CodeForm
from accounts.models import Person
from accounts.personal import masks, open_system, seal_system
from accounts.ports import wechat
from consent import pages, wechat_visit
from consent.actions import policies, sign_in
from consent.actions.sign_in import Agreed, Binding, Entered
from consent.forms import NumberForm, PhoneForm
from consent.gate import open_to_all
from consent.models import PolicyVersion

BACKEND = "accounts.sign_in_backends.MerchantBackend"
# An unfinished sign-in and its session are forgotten after this long.
PATIENCE_SECONDS = 20 * 60
_KEY = "sign_in"
_PLACE = "consent.sign_in.phone"
_BOUND = {
    Binding.BOUND: "已绑定微信，下次点“用微信登录”就行。随时可以在“设置”里解除。",
    Binding.ELSEWHERE: "没有绑定微信：这个微信已经绑定了别的账号。您这次用手机号登录了。",
    Binding.ANOTHER: "没有绑定微信：您的账号已经绑定了另一个微信。要换，先在“设置”里解除绑定。",
    Binding.NOT_ASKED: "没有绑定微信：微信登录的说明有变化，或者已经停用。您这次用手机号登录了。",
}


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
        pending = unfinished(request)
        typed = {"phone": pending.phone} if pending else {}
        return _page(request, PhoneForm(initial=typed), version, back)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return refused(request, form, version, back)
    agreed = agreed_to(form)
    if not is_of(agreed, version):
        return changed(request, form, version, back)
    # Whoever goes on with the number after all does not want a WeChat account bound.
    wechat_visit.forget(request)
    sent = send_code(request, form, agreed, back)
    return sent or _page(request, form, version, back, status=429)


def send_code(
    request: HttpRequest, form: NumberForm, agreed: Agreed, back: str
) -> HttpResponse | None:
    """Send the code and lead on; None when none was sent, which the form then says."""
    phone = form.cleaned_data["phone"]
    is_new = open_session(request)
    try:
        _begin(request, phone, agreed, back)
    except policies.WrongVersion:
        return ask_anew(request)
    except codes.NotSent as failure:
        pending = unfinished(request)
        if isinstance(failure, codes.TooSoon) and pending and pending.phone == phone:
            again = f"没有重发：刚才那条验证码还能用，{failure.seconds} 秒后可以重新获取。"
            messages.info(request, again)
            return redirect("consent:sign_in_code")
        if is_new:
            request.session.flush()
        form.add_error("phone", str(failure))
        return None
    return redirect("consent:sign_in_code")


def open_session(request: HttpRequest) -> bool:
    """Give the browser a session, for somebody who agreed; tells whether it had none."""
    is_new = not request.session.session_key
    if is_new:
        request.session.create()
    request.session.set_expiry(PATIENCE_SECONDS)
    return is_new


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


def agreed_to(form: PhoneForm) -> Agreed:
    """The version a valid form agrees to."""
    return Agreed(form.cleaned_data["version"], form.cleaned_data["sha256"])


def is_of(agreed: Agreed, version: PolicyVersion) -> bool:
    """Whether exactly this version was agreed to."""
    return (agreed.version, agreed.sha256) == (version.pk, version.sha256)


def refused(
    request: HttpRequest, form: PhoneForm, version: PolicyVersion, back: str
) -> HttpResponse:
    """The form again, with what is wrong; a form that is not our page's is not answered."""
    if form.errors.keys() & set(PhoneForm.UNSEEN):
        raise BadRequest("no version was agreed to")
    return _page(request, form, version, back, status=400)


def changed(
    request: HttpRequest, form: PhoneForm, version: PolicyVersion, back: str
) -> HttpResponse:
    """What was ticked is no more in force: show what is, and ask again. Forgeries are refused."""
    agreed = agreed_to(form)
    known = PolicyVersion.objects.published(version.kind)
    if not known.filter(pk=agreed.version, sha256=agreed.sha256).exists():
        raise BadRequest("no such version")
    form = PhoneForm(initial={"phone": form.data.get("phone", "")})
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
        "wechat": wechat.app_for(request.headers.get("User-Agent", "")),
    }
    return render(request, "consent/sign_in.html", context, status=status)


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step_code(request: HttpRequest) -> HttpResponse:
    """Step two: the code. Signing in and agreeing happen here, together."""
    pending = unfinished(request)
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
        return ask_anew(request)
    except codes.NotSent as failure:
        messages.error(request, str(failure))
    else:
        messages.success(request, "新的验证码已发送，旧的已作废。")
    return redirect("consent:sign_in_code")


def _enter(request: HttpRequest, form: CodeForm, pending: Pending) -> HttpResponse:
    visit = wechat_visit.current(request)
    try:
        entered = sign_in.finish(
            challenge_id=UUID(pending.challenge),
            code=form.cleaned_data["code"],
            agreed=pending.agreed,
            bound_to=cast(str, request.session.session_key),
            address=client_address(request),
            introduced=visit.introduced if visit else None,
        )
    except policies.WrongVersion:
        return ask_anew(request)
    except sign_in.Ended:
        request.session.flush()
        return pages.ended_page(request)
    except codes.CodeRefused as refusal:
        form.add_error("code", str(refusal))
        return _code_page(request, form, pending, status=400)
    enter(request, entered.person)
    _say_what_happened(request, entered)
    return redirect(pending.next)


def enter(request: HttpRequest, person: Person) -> None:
    """Sign this browser in under a fresh session key, and forget how it came to that."""
    request.session.pop(_KEY, None)
    wechat_visit.forget(request)
    request.session.set_expiry(None)
    login(request, person, backend=BACKEND)


def _say_what_happened(request: HttpRequest, entered: Entered) -> None:
    if entered.is_new:
        messages.success(request, "注册成功，已登录。")
    if entered.binding:
        is_bound = entered.binding == Binding.BOUND
        messages.add_message(
            request, messages.SUCCESS if is_bound else messages.WARNING, _BOUND[entered.binding]
        )


def ask_anew(request: HttpRequest) -> HttpResponse:
    """Another version came into force while they were at it: back to the first page."""
    wechat_visit.forget(request)
    messages.warning(request, "隐私政策刚刚更新，请看过新版本再决定。您还没有登录，也没有注册。")
    return redirect("consent:sign_in")


def _code_page(
    request: HttpRequest, form: CodeForm, pending: Pending, *, status: int = 200
) -> HttpResponse:
    visit = wechat_visit.current(request)
    is_binding = visit is not None and bool(visit.sealed)
    context = {
        "form": form,
        "phone": masks.phone(pending.phone),
        "wait": pending.wait,
        "is_binding": is_binding,
        "earlier": reverse("consent:wechat_number" if is_binding else "consent:sign_in"),
    }
    return render(request, "consent/sign_in_code.html", context, status=status)


def unfinished(request: HttpRequest) -> Pending | None:
    """The sign-in whose code was not entered yet."""
    kept = request.session.get(_KEY)
    return Pending(**kept) if kept else None
