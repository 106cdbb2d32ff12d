"""Handing an authority what two people granted: packed, recorded, given, and kept nowhere."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from accounts.transitions import move
from consent import packing
from consent.actions import officers, sharing, subjects
from consent.actions.authorities import NotWaiting
from consent.actions.sharing import ByLaw
from consent.bases import Basis
from consent.models import AuthorityRequest
from consent.states import AuthorityRequestState


class NothingHeld(Exception):
    """Of all that was granted we hold nothing: the answer is that we hold nothing."""


@dataclass(frozen=True, slots=True)
class Package:
    """The encrypted file, once, in memory; it says nothing of its content when printed."""

    raw: bytes = field(repr=False)
    sha256: str


@transaction.atomic
def hand_over(
    *, request: AuthorityRequest, passphrase: str, by: Person, now: datetime | None = None
) -> Package:
    """Pack exactly what was granted, under a passphrase that is not kept; disclosure and ledger.

    Raises NotAnOfficer, NotWaiting, NothingHeld, BeingErased.
    """
    at = now or timezone.now()
    officers.check(by)
    Person.objects.hold(request.person)
    fresh: AuthorityRequest = AuthorityRequest.objects.select_for_update().get(pk=request.pk)
    if fresh.state != AuthorityRequestState.GRANTED:
        raise NotWaiting
    values = subjects.produce(fresh.person, fresh.granted_items)
    if not values:
        raise NothingHeld
    raw = packing.pack({"handed-over.txt": _letter(fresh, values, at)}, passphrase)
    package = Package(raw, hashlib.sha256(raw).hexdigest())
    disclosure = sharing.hand_over(
        person_id=fresh.person,
        authority=fresh.authority,
        purpose=Basis(fresh.basis).label,
        content=_by_category(values),
        scope=_by_category(dict.fromkeys(fresh.granted_items, "")),
        by_law=ByLaw(Basis(fresh.basis), fresh.reference),
        by=by,
        now=at,
    )
    move(
        fresh,
        AuthorityRequestState.HANDED,
        by=by,
        now=at,
        handed_at=at,
        handed_by=by,
        file_sha256=package.sha256,
        disclosure=disclosure,
    )
    body = {"request": str(fresh.pk), "items": sorted(values), "sha256": package.sha256}
    ledger.append("handed_over", stream=fresh.person, by=by.pk, body=body, now=at)
    return package


def _by_category(values: dict[str, str]) -> dict[str, dict[str, str]]:
    """Category to code to value, as the sharing ledger wants it."""
    known = subjects.items()
    content: dict[str, dict[str, str]] = defaultdict(dict)
    for code, value in values.items():
        content[known[code].category.value][code] = value
    return dict(content)


def _letter(request: AuthorityRequest, values: dict[str, str], at: datetime) -> str:
    """What the authority reads: which demand it answers, each item, and what is not held."""
    lines = [
        f"答复文书：{request.number}",
        f"调取机关：{request.authority.legal_name}",
        f"法律依据：{request.law}",
        f"提供时间：{timezone.localtime(at):%Y-%m-%d %H:%M}",
        "",
        *(
            f"{item.label}：{values.get(code, '未持有')}"
            for code, item in subjects.items().items()
            if code in request.granted_items
        ),
        "",
        "仅限用于上述文书写明的目的，请依法保密，用后按规定销毁。",
    ]
    return "\r\n".join(lines)
