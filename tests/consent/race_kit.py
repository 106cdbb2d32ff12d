"""Two things at the same moment, in the one order that would do harm."""

from collections.abc import Callable
from threading import Event
from typing import Any

from django.db import connection

from tests.onboarding.test_at_once import at_once


def overtaken(
    slow: Callable[[], object], quick: Callable[[], object], *, before: str
) -> list[object]:
    """What both gave or raised: `slow` stands still before its first statement that begins so.

    It goes on once `quick` is done, or after a second, when `quick` waits for its locks.
    """
    reached, is_done = Event(), Event()

    def stand_still(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not reached.is_set() and sql.startswith(before):
            reached.set()
            is_done.wait(timeout=1)
        return execute(sql, *rest)

    def first() -> object:
        with connection.execute_wrapper(stand_still):
            return slow()

    def second() -> object:
        reached.wait(timeout=10)
        try:
            return quick()
        finally:
            is_done.set()

    outcomes = at_once(first, second)
    assert reached.is_set(), f"nothing began with {before!r}"
    return outcomes
