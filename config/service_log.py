"""The service log: one line for every page asked for, kept six months (网络安全法 23).

It holds what policy 1.5 lists and no more: of the browser its name and version, not the device it
runs on. A page is named by its view, never by its address: that can hold somebody's secret code.
"""

import logging
import re
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.addresses import client_address

_log = logging.getLogger("portal.service")
# What a probe asks every few seconds is nobody's use of the service.
_UNTOLD = frozenset({"healthz"})
# The most telling first: nearly every browser calls itself Chrome and Safari as well.
_BROWSERS = ("MicroMessenger", "QQBrowser", "UCBrowser", "HuaweiBrowser", "MiuiBrowser", "Edg")
_COMMON = ("Firefox", "Chrome", "Version", "curl")
_NAMES = {"Version": "Safari", "Edg": "Edge"}


def service_log(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Writes who asked (a random id), from where, with what, for which page, and how it went."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        page = request.resolver_match.view_name if request.resolver_match else "-"
        if page not in _UNTOLD:
            _log.info(
                "address=%s person=%s method=%s page=%s status=%d ms=%d browser=%s",
                client_address(request),
                _person(request),
                request.method,
                page,
                response.status_code,
                (time.perf_counter() - began) * 1000,
                browser(request.headers.get("User-Agent", "")),
            )
        return response

    return middleware


def browser(user_agent: str) -> str:
    """Name and version of the browser, "-" when it is none we know: no device, no system, no text.

    `Mozilla/5.0 (Linux; Android 14; V2307A) … Chrome/116.0.0.0 …` is `Chrome/116.0.0.0`.
    """
    for name in (*_BROWSERS, *_COMMON):
        found = re.search(rf"\b{name}/([0-9][0-9.]{{0,15}})", user_agent)
        if found:
            return f"{_NAMES.get(name, name)}/{found[1]}"
    return "-"


def _person(request: HttpRequest) -> str:
    """The random id of whoever is signed in; after an erasure it leads to nobody."""
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else "-"
