"""The gate: closed by default, on the server, on every method. A dialog is only manners.

No view runs before the person agreed to the privacy policy in force, or, where the view needs it,
gave the separate consent. Opening a page, going on, or sending a form is never an answer.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.gate import merchant_only
from consent import pages
from consent.actions import consents
from consent.models import PolicyVersion

# The ground floor cannot know of this gate: its pages are signing out, settings, deactivation and
# receipts, which nobody has to agree to anything for. The outbox and the page that plays WeChat
# exist in development only.
OPEN_NAMESPACES = frozenset({"accounts"})
OPEN_NAMES = frozenset({"healthz", "outbox", "wechat_simulator"})

Answer = Callable[..., HttpResponse]


def open_to_all(view: Answer) -> Answer:
    """Let this view answer everybody: it serves browsing, reading policies, or a person's rights.

    The gate is closed by default; a view without this mark asks first.
    """
    view.is_open_to_all = True  # type: ignore[attr-defined]  # a mark on the function itself
    return view


class PolicyGate:
    """Answers merchants who have not agreed to the policy in force with the page that asks them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Answer, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """The gate page, or None to let the view answer; asked after the address is resolved."""
        if not _is_merchant(request) or _is_open(view) or _is_ground_floor(request):
            return None
        version = PolicyVersion.objects.awaiting(pages.person(request).pk).first()
        if version is None:
            return None
        if version.has_ended:
            return None if _only_looks_around(request) else pages.ended_page(request)
        is_page = request.method in pages.SAFE_METHODS
        return pages.gate_page(
            request, version, request.get_full_path() if is_page else pages.home()
        )


def missing(request: HttpRequest, code: str) -> HttpResponse | None:
    """The page that asks for the separate consent `code`, or None while that consent is live."""
    if consents.is_live(pages.person(request).pk, code):
        return None
    try:
        notice = consents.notice_for(code)
    except consents.NotOpen as closed:
        return pages.closed_page(request, closed.notice)
    return pages.ask_page(request, notice, request.get_full_path())


def needs(code: str | Callable[..., str]) -> Callable[[Answer], Answer]:
    """Answer with the consent page, at the same address and on every method, until it is live.

    `code` may hold keyword arguments of the view ("share:{slug}"), or be a function of them that
    returns the code, "" where none is needed. Merchants only.
    """

    def decorate(view: Answer) -> Answer:
        @merchant_only
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            wanted = code(**kwargs) if callable(code) else code.format(**kwargs)
            asked = missing(request, wanted) if wanted else None
            return asked or view(request, *args, **kwargs)

        return guarded

    return decorate


def _is_merchant(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_merchant


def _is_open(view: Answer) -> bool:
    return getattr(view, "is_open_to_all", False) is True


def _is_ground_floor(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (
        match.namespace in OPEN_NAMESPACES or match.view_name in OPEN_NAMES
    )


def _only_looks_around(request: HttpRequest) -> bool:
    """Whether this opens the page from which every right and setting is reached."""
    match = request.resolver_match
    at_home = match is not None and match.view_name == settings.MERCHANT_HOME_URL
    return at_home and request.method in pages.SAFE_METHODS
