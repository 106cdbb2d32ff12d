"""A step of the application, signed in, against a bare Django view with the same queries.

Both as WSGI applications in this process. Their queries are counted first and must be equally many.
"""

from collections.abc import Callable

from bench import stage, wsgi
from bench.harness import Row, interleaved

GOAL = 0.6
REQUESTS, RUNS = 60, 9
PAGE = "/apply/legal/"


def measure() -> Row:
    """Requests a second of both."""
    with stage.portal() as place:
        ours, bare = _race()
    ratio = bare / ours
    return Row(
        name="step page, signed in",
        value=f"{REQUESTS / ours:,.0f} requests/s",
        against=f"bare Django view, same queries, {REQUESTS / bare:,.0f}/s; {place.database}",
        ratio=ratio,
        goal=f"≥ {GOAL}×",
        met=ratio >= GOAL,
    )


def _race() -> tuple[float, float]:
    """Median seconds of REQUESTS requests to each."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - Django is set up now
    from django.test import override_settings  # noqa: PLC0415 - after Django is set up

    from bench import bare_page  # noqa: PLC0415 - after Django is set up

    cookie = _signed_in()
    plain = override_settings(
        MIDDLEWARE=bare_page.MIDDLEWARE,
        ROOT_URLCONF="bench.bare_page",
        FORM_RENDERER="django.forms.renderers.DjangoTemplates",
    )
    portal = wsgi.portal()
    with plain:
        bare = WSGIHandler()

    def subject() -> None:
        for _ in range(REQUESTS):
            wsgi.get(portal, PAGE, cookie)

    def baseline() -> None:
        with plain:
            for _ in range(REQUESTS):
                wsgi.get(bare, PAGE, cookie)

    _same_queries(
        lambda: wsgi.get(portal, PAGE, cookie), plain(lambda: wsgi.get(bare, PAGE, cookie))
    )
    return interleaved(subject, baseline, runs=RUNS)


def _signed_in() -> str:
    """The cookie of a merchant half-way through an application."""
    from accounts.models import Person  # noqa: PLC0415 - after Django is set up
    from onboarding import steps  # noqa: PLC0415 - after Django is set up
    from tests import factories  # noqa: PLC0415 - after Django is set up

    person = Person.objects.create(kind=Person.Kind.MERCHANT, phone="13800138000")
    browser = factories.signed_in(person)
    application = factories.started(person)
    for step in steps.of_role(application.role)[:3]:
        factories.save(application, step, person)
    return wsgi.cookie(browser)


def _same_queries(ours: Callable[[], None], theirs: Callable[[], None]) -> None:
    counts = [_queries(ours), _queries(theirs)]
    if counts[0] != counts[1]:
        raise RuntimeError(f"{counts[0]} queries against {counts[1]}: no fair race")


def _queries(work: Callable[[], None]) -> int:
    """How many queries `work` asks of both databases, once warm."""
    from django.db import connections  # noqa: PLC0415 - after Django is set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - after Django is set up

    work()
    with (
        CaptureQueriesContext(connections["default"]) as rows,
        CaptureQueriesContext(connections["vault"]) as keys,
    ):
        work()
    return len(rows) + len(keys)
