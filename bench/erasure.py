"""One merchant's erasure, our own part of it: from the worker's claim to keys destroyed.

The merchant has an application handed in with its three papers, and one disclosure to a partner.
"""

import statistics
import time
from typing import TYPE_CHECKING

from bench import stage
from bench.harness import Row

if TYPE_CHECKING:
    from accounts.models import Erasure

GOAL_S = 1.0
RUNS = 5


def measure() -> Row:
    """The median of some merchants, after one unmeasured."""
    with stage.portal() as place:
        seconds = [_seconds(_asked_for(number)) for number in range(RUNS + 1)][1:]
    median = statistics.median(seconds)
    return Row(
        name="erasure of one merchant, local work",
        value=f"{median:.3f} s on {place.database}",
        against="-",
        ratio=None,
        goal=f"≤ {GOAL_S:.0f} s",
        met=median <= GOAL_S,
    )


def _asked_for(number: int) -> "Erasure":
    """The erasure of a merchant who left something on every floor."""
    from accounts.actions import erasure as erasures  # noqa: PLC0415 - Django is set up now
    from accounts.models import Person  # noqa: PLC0415 - after Django is set up
    from tests import factories  # noqa: PLC0415 - after Django is set up
    from tests.consent import sharing_kit  # noqa: PLC0415 - after Django is set up

    person = Person.objects.create(kind=Person.Kind.MERCHANT, phone=f"1380013800{number}")
    factories.submitted(person)
    partner = sharing_kit.partner_at("http://127.0.0.1:9", slug=f"partner-{number}")
    sharing_kit.shared(person, partner)
    erasure = erasures.request(person=person)
    erasures.start_now(erasure=erasure, by=person)
    return erasure


def _seconds(erasure: "Erasure") -> float:
    """How long the run takes; it must have ended with nothing of ours left to do."""
    from accounts.actions import erasure as erasures  # noqa: PLC0415 - after Django is set up
    from onboarding.models import Application, Paper  # noqa: PLC0415 - after Django is set up

    began = time.perf_counter()
    erasures.run(erasure_id=erasure.pk)
    took = time.perf_counter() - began
    erasure.refresh_from_db()
    left = [kind.objects.filter(person=erasure.person).exists() for kind in (Application, Paper)]
    if erasure.local_done_at is None or any(left):
        raise RuntimeError("the erasure did not finish")
    return took
