"""Showing one masked value whole, to one person, for a stated reason, in the ledger."""

import base64
import json
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import ledger
from accounts.models import LedgerEntry, Person
from accounts.personal import PersonalModel, open_bytes, seal_bytes
from accounts.personal.classes import Retention
from accounts.personal.fields import owner_of


class ReasonMissing(Exception):
    """Nothing is revealed without saying why."""


@transaction.atomic
def reveal(
    row: PersonalModel, field: str, *, by: Person, reason: str, now: datetime | None = None
) -> str:
    """The plain text of `row.field`, ledgered as revealed. Raises ReasonMissing, KeyGone.

    The reason is free text and could name somebody, so the ledger holds it sealed under the key
    of the person the value is about: readable for audit, gone with them.
    """
    if not reason.strip():
        raise ReasonMissing
    owner = owner_of(row)
    place = f"{row._meta.label}.{field}:{row.pk}"
    sealed = seal_bytes(
        person=owner,
        retention=Retention.ACCOUNT,
        context=f"reason:{place}",
        plain=reason.strip().encode(),
    )
    body = {
        "row": row._meta.label,
        "id": str(row.pk),
        "field": field,
        "reason": base64.b64encode(sealed).decode(),
    }
    ledger.append("revealed", stream=owner, by=by.pk, body=body, now=now)
    value = getattr(row, field)
    return "" if value is None else str(value.clear)


def reason_of(entry: LedgerEntry) -> str:
    """The reason in an entry written by `reveal`; raises KeyGone once the person is erased."""
    body = json.loads(entry.body)
    place = f"{body['row']}.{body['field']}:{body['id']}"
    return open_bytes(
        person=UUID(entry.stream),
        retention=Retention.ACCOUNT,
        context=f"reason:{place}",
        sealed=base64.b64decode(body["reason"]),
    ).decode()
