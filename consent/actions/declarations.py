"""Declaring that another person was told and agrees, before their data are stored."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.addresses import network
from accounts.models import Person
from consent.models import OthersDeclared, Wording
from consent.notices.others import Declaration


class OthersNotTold(Exception):
    """Data of somebody else came without the box that they were told; nothing was stored."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration.code)
        self.declaration = declaration


@transaction.atomic
def declare(
    *,
    person: Person,
    declaration: Declaration,
    sha256: str,
    address: str = "",
    now: datetime | None = None,
) -> OthersDeclared:
    """Keep one tick under the hash of its words. Raises OthersNotTold for other words or none."""
    if sha256 != declaration.sha256:
        raise OthersNotTold(declaration)
    at = now or timezone.now()
    Person.objects.hold(person.pk)
    Wording.objects.get_or_create(sha256=sha256, defaults={"text": declaration.text})
    row = OthersDeclared.objects.create(
        person=person.pk,
        code=declaration.code,
        version=declaration.version,
        sha256=sha256,
        address_prefix=network(address),
        at=at,
    )
    body = {"declared": row.pk, "code": row.code, "version": row.version, "sha256": sha256}
    ledger.append("others_declared", stream=person.pk, by=person.pk, body=body, now=at)
    return row


def declared(person: UUID) -> frozenset[str]:
    """The hashes of all words this person ever ticked."""
    return frozenset(OthersDeclared.objects.of(person).values_list("sha256", flat=True))
