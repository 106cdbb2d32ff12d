"""The gates of the ground floor: who may be at the desk, what a closing account may still do."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse

from accounts.models import BeingErased
from accounts.states import PersonState

View = TypeVar("View", bound=Callable[..., HttpResponse])

# Where a member of staff without a second factor may still go: to set one up, or leave.
OPEN_PREFIXES = ("/staff/", "/static/", "/healthz")

# What a merchant may still send while the account is closing: look, take it back, refuse, leave.
CLOSING_PREFIXES = (
    "/me/deactivate/",
    "/me/settings/",
    "/me/export/",
    "/me/profile/",
    "/me/consents/",
    "/me/support/",
    "/policies/",
    "/complaints/",
    "/sign-out/",
    "/sign-in/",
)
STAFF_IDLE_SECONDS = 30 * 60
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffSecondFactor:
    """Sends staff without TOTP, WebAuthn or recovery codes to set one up, on every method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_SECOND_FACTOR
            and request.user.is_authenticated
            and request.user.is_staff
            and not request.path.startswith(OPEN_PREFIXES)
            and not is_mfa_enabled(request.user)
        ):
            return redirect(reverse("mfa_index"))
        return self.get_response(request)


class StaffSessions(UserSessionsMiddleware):  # type: ignore[misc]  # allauth is untyped
    """Lists the sessions of staff, and ends them after half an hour without a request.

    Of a merchant, address and browser are not kept.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_staff:
            request.session.set_expiry(STAFF_IDLE_SECONDS)
            return cast(HttpResponse, super().__call__(request))
        return cast(HttpResponse, self.get_response(request))


class ClosingAccounts:
    """While an account closes its owner may look and cancel, but start nothing new."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.method not in SAFE_METHODS
            and request.user.is_authenticated
            and request.user.state == PersonState.CLOSING
            and not request.path.startswith(CLOSING_PREFIXES)
        ):
            return render(request, "accounts/closing.html", status=409)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Once the erasure runs nothing is done any more, whichever page was asked to."""
        if not isinstance(exception, BeingErased):
            return None
        return render(request, "accounts/closing.html", {"is_being_erased": True}, status=409)


def staff_only(*roles: str) -> Callable[[View], View]:
    """Lets members of staff with one of these roles in, any of them when none is named.

    Nobody signed in is sent to the staff sign-in; everyone else is refused.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = request.user
            if not person.is_authenticated:
                there = {"next": request.get_full_path()}
                return redirect(f"{reverse('account_login')}?{urlencode(there)}")
            if not person.is_staff or (roles and not person.is_in(*roles)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View, guarded)

    return decorate


def staff_entrance(view: View) -> View:
    """For the pages before a member of staff is signed in: a merchant must sign out first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.is_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, guarded)


def merchant_only(view: View) -> View:
    """Lets signed-in merchants in; staff are refused, nobody is sent to the merchants' sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = request.user
        if not person.is_authenticated:
            there = {"next": request.get_full_path()}
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode(there)}")
        if not person.is_merchant:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, guarded)
