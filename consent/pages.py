"""The pages that ask, as the gate and the views both answer with them, and safe ways back."""

from collections.abc import Mapping
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Person
from consent.models import Consent, PolicyVersion
from consent.notices import Notice

SAFE_METHODS = frozenset({"GET", "HEAD"})


def person(request: HttpRequest) -> Person:
    """Whoever is signed in; only behind a check that somebody is."""
    return cast(Person, request.user)


def home() -> str:
    """Where a signed-in merchant goes when nowhere else was asked for."""
    return resolve_url(settings.MERCHANT_HOME_URL)


def safe_next(request: HttpRequest, wanted: str | None) -> str:
    """`wanted` when it is a place on this site, else the merchant's home."""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and wanted.startswith("/") and is_ours else home()


def gate_page(request: HttpRequest, version: PolicyVersion, back: str) -> HttpResponse:
    """The privacy policy in force, asked of somebody signed in."""
    context = {
        "version": version,
        "earlier": PolicyVersion.objects.before(version),
        "next": back,
        "was_sending": request.method not in SAFE_METHODS,
    }
    return _asking(request, "consent/policy_gate.html", context, "请先阅读并回答新版隐私政策")


def ask_page(request: HttpRequest, notice: Notice, back: str) -> HttpResponse:
    """One separate consent, asked in place of what needs it."""
    context = {
        "notice": notice,
        "state": Consent.objects.of(person(request).pk).filter(code=notice.code).first(),
        "next": back,
        "was_sending": request.method not in SAFE_METHODS,
    }
    return _asking(request, "consent/ask.html", context, "请先回答：" + notice.title)


def _asking(
    request: HttpRequest, template: str, context: Mapping[str, object], words: str
) -> HttpResponse:
    """200 for a page that was opened, 403 for anything sent: it was not done. Scripts get JSON."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"error": words, "location": context["next"]}, status=403)
    status = 200 if request.method in SAFE_METHODS else 403
    return render(request, template, dict(context), status=status)
