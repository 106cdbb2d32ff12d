"""The holder registry: everything that holds personal data can list, export and erase it.

Registered lowest floor first in AppConfig.ready. Listing and export run upward; erasure runs back
down, so the account itself goes last.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar, runtime_checkable
from uuid import UUID

from accounts.personal.classes import Category, Level
from accounts.personal.fields import PersonalModel

Row = TypeVar("Row", bound=PersonalModel)


class Fate(StrEnum):
    """What became of what a holder held."""

    ERASED = "erased"
    ANONYMISED = "anonymised"
    SEALED = "sealed"
    NOTHING = "nothing"


FATE_LABELS: Mapping[str, str] = {
    Fate.ERASED: "已删除",
    Fate.ANONYMISED: "已匿名化",
    Fate.SEALED: "依法封存",
    Fate.NOTHING: "没有数据",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One line of 已收集个人信息清单: what kind, why, in which scene, how many, when last."""

    label: str
    category: Category
    level: Level
    purpose: str
    scene: str
    count: int
    last_at: datetime | None


def declared(rows: Iterable[Row], at: Callable[[Row], datetime | None]) -> list[Held]:
    """A line for every declared field that some of these rows of one model fill.

    `at` tells when a row was given. A field declared tomorrow is listed without further work.
    """
    found = list(rows)
    fields = found[0].personal_fields() if found else []
    filled = {field: [row for row in found if getattr(row, field.name)] for field in fields}
    return [
        Held(
            label=str(field.verbose_name),
            category=field.category,
            level=field.level,
            purpose=field.purpose,
            scene=field.scene,
            count=len(holding),
            last_at=max((moment for row in holding if (moment := at(row))), default=None),
        )
        for field, holding in filled.items()
        if holding
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a holder's erasure did; a sealed outcome names its law and end."""

    fate: Fate
    count: int
    law: str = ""
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something an erasure waits for outside: a partner told to delete, and its answer."""

    key: str
    label: str
    transport: str
    outcome: str
    is_closed: bool
    closed_at: datetime | None
    evidence_sha256: str = ""


class Holder(Protocol):
    """Holds personal data of people. `erase` is safe to repeat: a second call finds nothing new."""

    name: str
    label: str

    def models(self) -> tuple[str, ...]:
        """Labels of the models it answers for; a test finds models nobody answers for."""
        ...

    def inventory(self, person: UUID) -> list[Held]: ...

    def export(self, person: UUID) -> Mapping[str, object]: ...

    def erase(self, person: UUID, erasure: UUID) -> Outcome: ...

    def followups(self, erasure: UUID) -> list[FollowUp]: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a holder can be made to hand over; `name` is unique within the holder."""

    name: str
    label: str
    category: Category
    level: Level


@runtime_checkable
class Producing(Protocol):
    """A holder whose people can be found, and their data produced, when the law demands it.

    `finds_by` names the exact values somebody is found by, with their labels.
    """

    finds_by: Mapping[str, str]

    def find(self, by: str, value: str) -> set[UUID]:
        """Who has exactly this value, by its blind index."""
        ...

    def items(self) -> list[Item]: ...

    def produce(self, person: UUID, names: Collection[str]) -> dict[str, str]:
        """The whole values of these items that are held; raises KeyGone."""
        ...


@runtime_checkable
class KnowsAdults(Protocol):
    """A holder that knows of some people that they are grown up, or stand for a firm."""

    def is_known_adult(self, person: UUID) -> bool: ...


_registered: dict[str, Holder] = {}


def register(holder: Holder) -> None:
    """Add a holder on top of those registered before; its name must be new."""
    if holder.name in _registered and type(_registered[holder.name]) is not type(holder):
        raise ValueError(f"holder {holder.name} is registered twice")
    _registered[holder.name] = holder


def upward() -> list[Holder]:
    """Every holder, the ground floor first."""
    return list(_registered.values())


def downward() -> list[Holder]:
    """Every holder in the order of erasure, the account last."""
    return upward()[::-1]


def named(name: str) -> Holder:
    """One holder by name; KeyError when the plan names a holder that no longer exists."""
    return _registered[name]
