"""Asking a WSGI application in this process: no socket and no server between it and the clock."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from wsgiref.util import setup_testing_defaults

# As in production: no looking for changed files.
AS_IN_PRODUCTION = {"WHITENOISE_AUTOREFRESH": False, "WHITENOISE_USE_FINDERS": False}

Application = Callable[..., Any]


def portal() -> Application:
    """The portal as a server would call it; Django must be set up."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - after Django is set up
    from django.test import override_settings  # noqa: PLC0415 - after Django is set up

    with override_settings(**AS_IN_PRODUCTION):
        return WSGIHandler()


def get(application: Application, page: str, cookie: str) -> None:
    """One GET, read to its end; anything but a 200 with a body stops the bench."""
    environ: dict[str, Any] = {
        "PATH_INFO": page,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_USER_AGENT": "bench",
        "HTTP_COOKIE": cookie,
    }
    setup_testing_defaults(environ)
    said: list[str] = []
    answer = application(environ, lambda status, _headers: said.append(status))
    size = sum(map(len, answer))
    answer.close()
    if int(said[0][:3]) != HTTPStatus.OK or not size:
        raise RuntimeError(f"{page} answered {said[0]}")


def cookie(browser: Any) -> str:
    """The cookies of a signed-in test client, as a header."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
