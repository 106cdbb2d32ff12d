"""Policies answered: the gate's question, what still works after a no, and closing a pop-up."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.gate import merchant_only
from consent import pages
from consent.actions import policies
from consent.forms import PolicyAnswerForm
from consent.gate import open_to_all
from consent.models import Asking, Consent, ConsentEvent, PolicyVersion
from consent.models.policies import policy_code
from consent.popups import remember

Kind = PolicyVersion.Kind


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def answer(request: HttpRequest) -> HttpResponse:
    """Ask for, or take, the answer to the privacy policy in force."""
    back = pages.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        return pages.gate_page(request, _current_privacy(), back, Asking.PAGE)
    form = PolicyAnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest("incomplete answer")
    asked = form.cleaned_data
    try:
        _act(request, Kind.PRIVACY, asked)
    except policies.WrongVersion as wrong:
        return _asked_again(request, wrong.current, asked["sha256"], back)
    return redirect(back if asked["answer"] == "agree" else "consent:policy_refused")


def _act(request: HttpRequest, kind: str, said: Mapping[str, Any]) -> None:
    """Write the answer somebody gave to one version, of the kind this page asks about."""
    if not PolicyVersion.objects.filter(pk=said["version"], kind=kind).exists():
        raise BadRequest("another text")
    act = policies.agree if said["answer"] == "agree" else policies.refuse
    act(
        person=pages.person(request),
        version=said["version"],
        sha256=said["sha256"],
        way=ConsentEvent.Way.BUTTON,
        asking=said["asking"],
        address=client_address(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def agreement(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for, or take, the answer to an agreement that changed; until then the old one stands."""
    person = pages.person(request)
    asked = PolicyVersion.objects.changed_agreements(person.pk).filter(kind=kind).first()
    if request.method == "POST":
        return _take_agreement(request, kind)
    if asked is None:
        raise Http404(kind)
    return pages.agreement_page(request, asked)


def _take_agreement(request: HttpRequest, kind: str) -> HttpResponse:
    form = PolicyAnswerForm(request.POST)
    concluded = Consent.objects.of(pages.person(request).pk).filter(code=policy_code(kind))
    if not form.is_valid() or kind not in PolicyVersion.AGREEMENTS or not concluded.exists():
        raise BadRequest("incomplete answer")
    said = form.cleaned_data
    try:
        _act(request, kind, said)
    except policies.WrongVersion as wrong:
        return _asked_again(request, wrong.current, said["sha256"], pages.home())
    except policies.Concluded as bound:
        raise BadRequest("an agreement ends with the account, not with a tap") from bound
    if said["answer"] == "agree":
        messages.success(request, "已记录：您同意新版本，从现在起按新版本办。")
    else:
        messages.info(
            request,
            "已记录：您没有同意。继续按您同意过的版本办，其他功能照常；想退出可以注销账号。",
        )
    return redirect(pages.home())


@open_to_all
@require_GET
def refused(request: HttpRequest) -> HttpResponse:
    """What still works for somebody who said no."""
    context = {"version": _current_privacy()}
    return render(request, "consent/policy_refused.html", context)


@open_to_all
@csrf_exempt
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Close a pop-up for good. Agrees to nothing and stores nothing here: one cookie, over there.

    Free of the CSRF check because that would set a cookie on people who have chosen nothing yet,
    and a forged close hides a notice that stays in the footer of every page.
    """
    response = HttpResponse(status=204)
    if not pages.wants_json(request):
        back = pages.safe_next(request, request.POST.get("next"))
        response = redirect(back if request.POST.get("next") else "/")
    remember(response, request.POST.get("popup", ""), request)
    return response


def _asked_again(
    request: HttpRequest, current: PolicyVersion | None, sha256: str, back: str
) -> HttpResponse:
    """Another version came into force while they read: ask anew. A made-up hash is refused."""
    if current is None or not PolicyVersion.objects.published().filter(sha256=sha256).exists():
        raise BadRequest("no such version")
    messages.warning(request, "政策刚刚更新了，您的回答没有记录。请看过新版本再回答。")
    return redirect(f"{request.path}?{urlencode({'next': back})}")


def _current_privacy() -> PolicyVersion:
    try:
        return policies.in_force(Kind.PRIVACY)
    except PolicyVersion.DoesNotExist as missing:
        raise Http404(Kind.PRIVACY) from missing
