"""The one door for state: move() checks the table, updates conditionally, writes the ledger."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import bulk, ledger
from accounts.models.people import Person
from accounts.models.stateful import Stateful


class MoveRefused(Exception):
    """The move is not in the table, or someone else moved the row first; `current` is the truth."""

    def __init__(self, row: Stateful, current: str, wanted: str) -> None:
        super().__init__(f"{row._meta.label} {row.pk}: {current} to {wanted}")
        self.row, self.current, self.wanted = row, current, wanted


def move(
    row: Stateful,
    to: str,
    *,
    by: Person | None,
    now: datetime | None = None,
    note: str = "",
    **fields: Any,
) -> None:
    """Move `row` to state `to`, setting `fields` in the same UPDATE, and ledger it.

    `note` is a code or a hash, never personal text. Raises MoveRefused with the present state.
    """
    before = row.state
    with transaction.atomic():
        if to not in row.MOVES.get(before, frozenset()):
            raise MoveRefused(row, before, to)
        rows = type(row)._default_manager.filter(pk=row.pk, state=before)
        if rows.update(state=to, **fields) != 1:
            current = type(row)._default_manager.values_list("state", flat=True).get(pk=row.pk)
            raise MoveRefused(row, current, to)
        body = {"row": row._meta.label, "id": str(row.pk), "from": before, "to": to}
        ledger.append(
            "moved",
            stream=row.ledger_stream(),
            by=by.pk if by else None,
            body=body | ({"note": note} if note else {}),
            now=now,
        )
    row.state = to
    for name, value in fields.items():
        setattr(row, name, value)


def move_many(
    model: type[Stateful],
    ids: Sequence[UUID],
    before: str,
    to: str,
    *,
    by: Person | None,
    stream: str,
    now: datetime | None = None,
    note: str = "",
    **fields: Any,
) -> int:
    """Move rows of one model and one state together: one UPDATE, one ledger entry in `stream`.

    For machines handling thousands. Rows no longer in `before` stay as they are; returns how many
    moved. The entry holds that count and the hash of `ids`. Raises MoveRefused when the table does
    not allow the move.
    """
    if not ids:
        return 0
    if to not in model.MOVES.get(before, frozenset()):
        raise MoveRefused(model(), before, to)
    identifiers = sorted(map(str, ids))
    digest = hashlib.sha256("\n".join(identifiers).encode()).hexdigest()
    with transaction.atomic():
        found = model._default_manager.filter(pk__in=bulk.among(ids), state=before)
        moved = found.update(state=to, **fields)
        body = {"row": model._meta.label, "count": moved, "ids_sha256": digest}
        ledger.append(
            "moved_many",
            stream=stream,
            by=by.pk if by else None,
            body=body | {"from": before, "to": to} | ({"note": note} if note else {}),
            now=now,
        )
    return moved
