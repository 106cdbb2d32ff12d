"""The consent a field needs before its first byte is stored.

The consent floor registers the one judge of that; until it has, nothing needing consent is stored.
"""

from collections.abc import Callable
from uuid import UUID

Guard = Callable[[UUID, str], bool]


class ConsentMissing(Exception):
    """A value was about to be stored without the separate consent its field needs (PIPL 29)."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no live consent: {code}")
        self.code = code


def _nobody_agreed(_person: UUID, _code: str) -> bool:
    return False


_guard: Guard = _nobody_agreed


def register(guard: Guard) -> None:
    """Let `guard(person, consent code)` judge from now on."""
    global _guard  # noqa: PLW0603 - the one registration point of this module
    _guard = guard


def require(person: UUID, code: str) -> None:
    """Raise ConsentMissing unless a live consent of `person` covers `code`."""
    if not _guard(person, code):
        raise ConsentMissing(code)
