"""Whom a demand of the law is about, and what we hold of them: asked of the holders, by code.

A code is "holder.item". People are found by an exact value's blind index and by nothing else.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Person
from accounts.personal import holders
from accounts.personal.holders import Item, Producing


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find somebody: "holder.value" and what the value is called."""

    code: str
    label: str


def _producing() -> list[tuple[str, Producing]]:
    return [(h.name, h) for h in holders.upward() if isinstance(h, Producing)]


def ways() -> list[Way]:
    """Every way to find somebody."""
    return [
        Way(f"{name}.{by}", label)
        for name, holder in _producing()
        for by, label in holder.finds_by.items()
    ]


def items() -> dict[str, Item]:
    """Everything that can be handed over, by code, in the order of the holders."""
    return {f"{name}.{item.name}": item for name, holder in _producing() for item in holder.items()}


def find(way: str, value: str) -> UUID | None:
    """The one merchant with exactly this value; None when there is none, or more than one."""
    name, _dot, by = way.partition(".")
    holder = dict(_producing())[name]
    found = Person.objects.filter(pk__in=holder.find(by, value), kind=Person.Kind.MERCHANT)
    people = list(found.values_list("pk", flat=True)[:2])
    return people[0] if len(people) == 1 else None


def produce(person: UUID, codes: Collection[str]) -> dict[str, str]:
    """The whole value of each of these items that is held, by code. Raises KeyGone."""
    return {
        f"{name}.{item}": value
        for name, holder in _producing()
        for item, value in holder.produce(
            person, {code.partition(".")[2] for code in codes if code.startswith(f"{name}.")}
        ).items()
    }


def labels(codes: Collection[str]) -> list[str]:
    """What these items are called, in the order of the holders."""
    return [item.label for code, item in items().items() if code in codes]
