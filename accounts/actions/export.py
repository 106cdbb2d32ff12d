"""个人信息副本: everything every holder has of one person, as one document (PIPL 45).

In the clear, so it goes to that person alone, right after a step-up, and is kept nowhere.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from accounts.personal import KeyGone, holders
from accounts.personal.holders import Held

FORMAT = "51che-personal-data/1"

Document = Mapping[str, object]


class NothingToRead(Exception):
    """The keys are destroyed already: the account is being erased."""


@transaction.atomic
def export(*, person: Person, now: datetime | None = None) -> Document:
    """The document, fit for JSON; the ledger gets counts per holder. Raises NothingToRead."""
    at = now or timezone.now()
    held = {holder.name: holder.inventory(person.pk) for holder in holders.upward()}
    try:
        contents = {holder.name: holder.export(person.pk) for holder in holders.upward()}
    except KeyGone as gone:
        raise NothingToRead from gone
    counts = {name: sum(line.count for line in lines) for name, lines in held.items()}
    ledger.append("exported", stream=person.pk, by=person.pk, body=counts, now=at)
    return {
        "format": FORMAT,
        "generated_at": _moment(at),
        "person": str(person.pk),
        "holders": [
            {
                "name": holder.name,
                "label": holder.label,
                "held": [_line(line) for line in held[holder.name]],
                "content": contents[holder.name],
            }
            for holder in holders.upward()
        ],
    }


def _line(line: Held) -> dict[str, object]:
    return {
        "category": line.category.label,
        "label": line.label,
        "level": line.level.label,
        "purpose": line.purpose,
        "scene": line.scene,
        "count": line.count,
        "last_at": _moment(line.last_at) if line.last_at else None,
    }


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
