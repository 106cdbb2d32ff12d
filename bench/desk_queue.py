"""The reviewers' queue page among 20 000 applications, against itself among 1 000.

What the page shows is the same and can be opened; what grows stands behind it.
"""

import statistics
import time
from datetime import timedelta

from bench import stage, wsgi
from bench.harness import Row

GOAL = 1.3
FEW, MANY = 1_000, 20_000
SHOWN, REQUESTS = 40, 60
PAGE = "/desk/"


def measure() -> Row:
    """The median time of the page before and after the queue grew."""
    with stage.portal() as place:
        from tests import conftest, factories  # noqa: PLC0415 - Django is set up now

        portal = wsgi.portal()
        cookie = wsgi.cookie(factories.signed_in(conftest.make_staff("reviewer", "reviewer")))
        _submit(SHOWN, named=True)
        _submit(FEW - SHOWN)
        few = _median(portal, cookie)
        _submit(MANY - FEW)
        many = _median(portal, cookie)
    return Row(
        name=f"desk queue page, {FEW:,} to {MANY:,} applications",
        value=f"{many * 1000:.1f} ms",
        against=f"itself among {FEW:,}, {few * 1000:.1f} ms; {place.database}",
        ratio=many / few,
        goal=f"≤ {GOAL}×",
        met=many / few <= GOAL,
    )


def _submit(number: int, *, named: bool = False) -> None:
    """So many applications of as many merchants, waiting longest first; some with a name."""
    from django.utils import timezone  # noqa: PLC0415 - after Django is set up

    from accounts.models import Person  # noqa: PLC0415 - after Django is set up
    from onboarding.models import Application, Role  # noqa: PLC0415 - after Django is set up
    from onboarding.states import ApplicationState  # noqa: PLC0415 - after Django is set up

    before, now = Application.objects.count(), timezone.now() - timedelta(days=30)
    people = Person.objects.bulk_create(Person(kind=Person.Kind.MERCHANT) for _ in range(number))
    Application.objects.bulk_create(
        Application(
            person=person,
            role=Role.FOUR_S,
            state=ApplicationState.SUBMITTED,
            round=1,
            submitted_at=now + timedelta(seconds=before + place),
            name=f"金华星辰汽车销售有限公司{place}" if named else None,
        )
        for place, person in enumerate(people)
    )
    stage.analyse()


def _median(portal: wsgi.Application, cookie: str) -> float:
    """Seconds of one page, after some unmeasured."""
    seconds = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        wsgi.get(portal, PAGE, cookie)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[REQUESTS // 6 :])
