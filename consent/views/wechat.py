"""Signing in by WeChat: what is agreed to first, the way there, and whoever comes back.

The one rule: nobody goes there without having agreed to the policy on the page before, and to what
WeChat tells us and learns on the page here; and nothing is kept before the number is proven.
"""

import logging
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.gate import merchant_only
from accounts.models.wechat import CONSENT
from accounts.ports import wechat
from consent import pages, wechat_visit
from consent.actions import consents, policies, sign_in
from consent.forms import AnswerForm, NumberForm, PhoneForm
from consent.gate import open_to_all
from consent.models import PolicyVersion
from consent.views import sign_in as by_number
from consent.wechat_visit import Visit

log = logging.getLogger(__name__)

_FAILED = "微信暂时没有答复，没有登录。可以过一会儿再试，或者用手机号登录。"
_REFUSED = {
    wechat.CodeRefused: "微信说这次登录已经过期，没有登录。可以再试一次，或者用手机号登录。",
    wechat.SnapshotOnly: "您看到的是微信里的网页快照，不能登录。"
    "请点右下角“使用完整服务”，再登录一次。",
}


@open_to_all
@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """From the sign-in page: an explicit agreement to the version shown, as for a number."""
    back = pages.safe_next(request, request.POST.get("next"))
    version = PolicyVersion.objects.in_force(PolicyVersion.Kind.PRIVACY)
    if request.user.is_authenticated or version is None or not _app(request):
        return redirect("consent:sign_in")
    form = PhoneForm(request.POST)
    form.excuse_phone()
    if form.errors:
        return by_number.refused(request, form, version, back)
    agreed = by_number.agreed_to(form)
    if not by_number.is_of(agreed, version):
        return by_number.changed(request, form, version, back)
    by_number.open_session(request)
    wechat_visit.begin(request, agreed=agreed, back=back)
    return redirect("consent:wechat")


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """What WeChat tells us, what it learns, and two equal answers. The notice of leaving, too."""
    visit, app = _visit(request), _app(request)
    if visit is None or not app:
        return redirect("consent:sign_in")
    try:
        notice = consents.notice_for(CONSENT)
    except (consents.UnknownNotice, consents.NotOpen):
        return redirect("consent:sign_in")
    if request.method != "POST":
        return render(request, "consent/wechat.html", {"notice": notice})
    form = AnswerForm(request.POST)
    if not form.is_valid() or form.cleaned_data["sha256"] != notice.sha256:
        raise BadRequest("another text, or no answer")
    if form.cleaned_data["answer"] != "agree":
        return _to_number(
            request, visit, "没有用微信登录，什么也没有记录。用手机号登录，功能一样。"
        )
    wechat_visit.leave(request, visit, app=app, notice=notice.sha256)
    return redirect("consent:wechat_leave")


@open_to_all
@never_cache
@require_GET
def leave(request: HttpRequest) -> HttpResponse:
    """The way there: a page that goes on by itself, for no form of ours may lead elsewhere."""
    visit = _visit(request)
    if visit is None or not visit.state or visit.app != _app(request):
        return redirect("consent:sign_in")
    there = wechat.address(
        app=visit.app,
        back=request.build_absolute_uri(reverse("consent:wechat_back")),
        state=visit.state,
    )
    return render(request, "consent/wechat_leave.html", {"there": there})


@open_to_all
@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Whoever comes back from WeChat, with a state that is ours, unspent and not too old."""
    if request.user.is_authenticated:
        return redirect(pages.home())
    visit = wechat_visit.returned(request, request.GET.get("state", ""))
    if visit is None:
        return render(request, "consent/wechat_stray.html", status=400)
    code = request.GET.get("code", "")
    if not code:
        return _to_number(request, visit, "您在微信里没有同意，微信什么也没有告诉我们。")
    try:
        openid = wechat.openid(app=visit.app, code=code)
    except wechat.WechatFailed as failure:
        log.warning("WeChat did not say who came: %s", failure)
        return _to_number(request, visit, _REFUSED.get(type(failure), _FAILED))
    wechat_visit.introduce(request, visit, openid)
    return _enter(request)


def _enter(request: HttpRequest) -> HttpResponse:
    """Sign in whom this account is bound to; whoever it is new of proves a number first."""
    visit = _visit(request)
    if visit is None or visit.introduced is None:
        return redirect("consent:sign_in")
    try:
        person = sign_in.by_wechat(
            introduced=visit.introduced, agreed=visit.agreed, address=client_address(request)
        )
    except policies.WrongVersion:
        return by_number.ask_anew(request)
    except (consents.WrongNotice, consents.UnknownNotice, consents.NotOpen):
        return _to_number(
            request, visit, "微信登录的说明刚刚有变化，没有登录。请看过新的说明再决定。"
        )
    if person is None:
        return redirect("consent:wechat_number")
    by_number.enter(request, person)
    return redirect(visit.next)


@open_to_all
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """The first time: the number the account is bound to, proven by a code as ever."""
    visit = _visit(request)
    if visit is None or visit.introduced is None:
        return redirect("consent:sign_in")
    if request.method != "POST":
        return _number_page(request, NumberForm())
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _number_page(request, form, status=400)
    sent = by_number.send_code(request, form, visit.agreed, visit.next)
    return sent or _number_page(request, form, status=429)


def _number_page(request: HttpRequest, form: NumberForm, *, status: int = 200) -> HttpResponse:
    return render(request, "consent/wechat_number.html", {"form": form}, status=status)


@open_to_all
@require_POST
@merchant_only
def unbind(request: HttpRequest) -> HttpResponse:
    """Withdraw the consent, and with it everything that stood on it."""
    try:
        consents.withdraw(
            person=pages.person(request), code=CONSENT, address=client_address(request)
        )
    except consents.UnknownNotice as unknown:
        raise BadRequest("never asked") from unknown
    messages.success(request, "已解除绑定，微信账号编码已删除。以后用手机号和短信验证码登录。")
    return redirect("accounts:settings")


def _app(request: HttpRequest) -> str:
    return wechat.app_for(request.headers.get("User-Agent", ""))


def _visit(request: HttpRequest) -> Visit | None:
    """The visit of a stranger; nobody who is signed in is on one."""
    return None if request.user.is_authenticated else wechat_visit.current(request)


def _to_number(request: HttpRequest, visit: Visit, words: str) -> HttpResponse:
    """Back to the first page, where the number is; of the visit nothing is left."""
    wechat_visit.forget(request)
    if by_number.unfinished(request) is None:
        request.session.flush()
    messages.info(request, words)
    return redirect(f"{reverse('consent:sign_in')}?{urlencode({'next': visit.next})}")
