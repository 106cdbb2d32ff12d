"""A personal value in hand: masked wherever it is printed, whole only where code says `.clear`."""

import hmac
from collections.abc import Callable
from typing import NoReturn

from accounts.personal.keys import KeyGone

GONE = "(已删除)"


class PersonalValue:
    """What reading a PersonalText gives. Never pickled, so it cannot reach a cache or a queue."""

    __slots__ = ("_mask", "_open", "cell", "place")

    __hash__ = None  # type: ignore[assignment]  # equality opens the value; hashing would leak it

    def __init__(
        self, opener: Callable[[], str], mask: Callable[[str], str], place: str, cell: object
    ) -> None:
        self._open = opener
        self._mask = mask
        self.place = place
        self.cell = cell

    @property
    def clear(self) -> str:
        """The whole value; raises KeyGone once its key is destroyed."""
        return self._open()

    def __str__(self) -> str:
        try:
            return self._mask(self._open())
        except KeyGone:
            return GONE

    def __repr__(self) -> str:
        return "<personal>"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __len__(self) -> int:
        return len(str(self))

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PersonalValue | str):
            return NotImplemented
        theirs = other if isinstance(other, str) else other.clear
        return hmac.compare_digest(self.clear.encode(), theirs.encode())

    def __reduce__(self) -> NoReturn:
        raise TypeError("a personal value is never serialised")
