"""Headers every answer carries, and addresses no page has or nobody can open."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

# Camera, location and the code of a text message stay with this site, for the moment a person uses
# them; the rest is off. The empty lists are the sentence 网页版不收集 made true by the browser.
PERMISSIONS = (
    "camera=(self), geolocation=(self), otp-credentials=(self), microphone=(), accelerometer=(), "
    "gyroscope=(), magnetometer=(), bluetooth=(), usb=(), serial=(), hid=(), midi=(), payment=(), "
    "gamepad=(), idle-detection=(), local-fonts=(), display-capture=(), browsing-topics=(), "
    "compute-pressure=(), keyboard-map=(), window-management=(), xr-spatial-tracking=()"
)


def privacy_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Permissions-Policy on every answer; no-store on every page of a signed-in person."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def whole_addresses(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """404 for an address with a NUL in it: no page has one, and PostgreSQL would choke on it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware


def worded_refusals(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A page instead of Django's empty 405: an address of forms, opened from the history."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return middleware
