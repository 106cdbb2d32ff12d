"""The pages that ask, as the gate and the views both answer with them, and safe ways back."""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.addresses import client_address
from accounts.models import Person
from consent.actions import consents, policies, serving
from consent.actions.answers import Question
from consent.models import Asking, Consent, PolicyVersion, ServiceEnding
from consent.notices import Notice

SAFE_METHODS = frozenset({"GET", "HEAD"})


def person(request: HttpRequest) -> Person:
    """Whoever is signed in; only behind a check that somebody is."""
    return cast(Person, request.user)


def home() -> str:
    """Where a signed-in merchant goes when nowhere else was asked for."""
    return resolve_url(settings.MERCHANT_HOME_URL)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, rather than somebody opening a page."""
    return "application/json" in request.headers.get("Accept", "")


def safe_next(request: HttpRequest, wanted: str | None) -> str:
    """`wanted` when it is a place on this site, else the merchant's home."""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and wanted.startswith("/") and is_ours else home()


def served(request: HttpRequest, question: Question, asking: str) -> None:
    """Keep the proof that a signed-in merchant was shown this; strangers leave none."""
    user = request.user
    if request.method != "HEAD" and user.is_authenticated and user.is_merchant:
        serving.record(
            person_id=person(request).pk,
            question=question,
            asking=asking,
            address=client_address(request),
        )


def gate_page(
    request: HttpRequest, version: PolicyVersion, back: str, asking: str = Asking.GATE
) -> HttpResponse:
    """The privacy policy in force, asked of somebody signed in."""
    context = {
        "version": version,
        "earlier": PolicyVersion.objects.before(version),
        "words": "请先阅读并回答新版隐私政策",
        "next": back,
    }
    question = policies.question(version)
    return _asking(request, "consent/policy_gate.html", context, question, asking)


def ended_page(request: HttpRequest) -> HttpResponse:
    """Nothing is collected any more: what was announced, and the rights that stay."""
    words = "已经停止运营，不再收集任何信息"
    if wants_json(request):
        return JsonResponse({"error": words, "location": home()}, status=403)
    found = ServiceEnding.objects.announced()
    return render(request, "consent/ending.html", {"found": found}, status=403)


def agreement_page(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """A changed agreement, asked of somebody who concluded it before."""
    state = Consent.objects.of(person(request).pk).get(code=version.code)
    context = {
        "version": version,
        "earlier": PolicyVersion.objects.before(version),
        "state": state,
        "words": "请回答新版协议",
        "next": home(),
    }
    question = policies.question(version)
    return _asking(request, "consent/agreement.html", context, question, Asking.PAGE)


def ask_page(
    request: HttpRequest, notice: Notice, back: str, asking: str = Asking.GATE
) -> HttpResponse:
    """One separate consent, asked in place of what needs it."""
    context = {
        "notice": notice,
        "state": Consent.objects.of(person(request).pk).filter(code=notice.code).first(),
        "words": "请先回答：" + notice.title,
        "next": back,
    }
    return _asking(request, "consent/ask.html", context, consents.question(notice), asking)


def closed_page(request: HttpRequest, notice: Notice) -> HttpResponse:
    """In place of a question that may not be asked now: why, and the other way."""
    context = {"notice": notice, "home": home(), "words": "这一项暂未开放", "next": home()}
    return _instead(request, "consent/closed.html", context)


def _asking(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object],
    question: Question,
    asking: str,
) -> HttpResponse:
    """A page that asks, and the proof that it was shown; a script is shown nothing."""
    if not wants_json(request):
        served(request, question, asking)
    return _instead(request, template, {**context, "asking": asking})


def _instead(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    """200 for a page that was opened, 403 for anything sent: it was not done. Scripts get JSON."""
    if wants_json(request):
        told = {"error": context["words"], "location": context["next"]}
        return JsonResponse(told, status=403)
    was_sending = request.method not in SAFE_METHODS
    shown = {**context, "was_sending": was_sending}
    return render(request, template, shown, status=403 if was_sending else 200)
