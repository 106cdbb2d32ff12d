"""Ending the service: proposed by one officer, announced by another, carried out in small batches.

Collecting stops first; rights stay open to the end. Nothing here erases: it asks for erasures.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.models import Erasure, Person
from accounts.states import PersonState
from accounts.transitions import MoveRefused, move
from consent import kinds
from consent.actions import officers, telling
from consent.models import Disclosure, Partner, ServiceEnding
from consent.states import EndingState

# How long people have at least to take their data with them.
NOTICE: Final = timedelta(days=30)
BATCH: Final = 100


class SamePerson(Exception):
    """Whoever proposed it does not announce it."""


class TooSoon(Exception):
    """People would have less than NOTICE to take their data with them."""


class OneAlready(Exception):
    """An end is proposed or announced already."""


class NotWaiting(Exception):
    """Somebody announced or revoked it already."""


class OtherNumber(Exception):
    """The number of accounts typed is not the number there is; `preview` says."""

    def __init__(self, preview: "Preview") -> None:
        super().__init__(preview.merchants)
        self.preview = preview


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be erased, without touching anything."""

    merchants: int
    leaving: int
    partners: int


def preview() -> Preview:
    """How many accounts would be erased, how many are leaving anyway, how many partners told."""
    merchants = Person.objects.filter(kind=Person.Kind.MERCHANT)
    given = Disclosure.objects.filter(person__in=merchants.values("pk"))
    told = given.exclude(partner__kind=Partner.Kind.AUTHORITY).values("partner")
    return Preview(
        merchants=merchants.count(),
        leaving=Erasure.objects.live().count(),
        partners=told.distinct().count(),
    )


@transaction.atomic
def propose(
    *,
    reason: str,
    stop_date: date,
    erase_date: date,
    by: Person,
    now: datetime | None = None,
) -> ServiceEnding:
    """Write it down, for another officer to announce: nothing stops yet.

    Raises NotAnOfficer, TooSoon, OneAlready.
    """
    at = now or timezone.now()
    officers.check(by)
    _check_notice(stop_date, erase_date, at)
    if ServiceEnding.objects.live():
        raise OneAlready
    try:
        with transaction.atomic():
            return ServiceEnding.objects.create(
                reason=reason,
                stop_date=stop_date,
                erase_date=erase_date,
                proposed_at=at,
                proposed_by=by,
            )
    except IntegrityError as lost:
        raise OneAlready from lost


@transaction.atomic
def announce(
    *, ending: ServiceEnding, merchants: int, by: Person, now: datetime | None = None
) -> None:
    """Tell everybody; `merchants` is the number of accounts this officer saw would be erased.

    Raises NotAnOfficer, SamePerson, TooSoon, OtherNumber, NotWaiting.
    """
    at = now or timezone.now()
    officers.check(by)
    if ending.proposed_by_id == by.pk:
        raise SamePerson
    _check_notice(ending.stop_date, ending.erase_date, at)
    seen = preview()
    if merchants != seen.merchants:
        raise OtherNumber(seen)
    _move(ending, EndingState.ANNOUNCED, by, at, announced_at=at, announced_by=by)
    telling.begin(kind=kinds.ENDING.code, about=str(ending.pk), begins_at=at)


@transaction.atomic
def revoke(*, ending: ServiceEnding, by: Person, now: datetime | None = None) -> None:
    """Go on after all: one officer is enough to stop an end. Raises NotAnOfficer, NotWaiting."""
    at = now or timezone.now()
    officers.check(by)
    _move(ending, EndingState.REVOKED, by, at)
    telling.call_off(kind=kinds.ENDING.code, about=str(ending.pk), now=at)


def erase_some(*, now: datetime | None = None, most: int = BATCH) -> int:
    """Ask for the erasure of up to `most` accounts once the day has come; returns how many."""
    at = now or timezone.now()
    ending = ServiceEnding.objects.announced()
    if ending is None or timezone.localdate(at) < ending.erase_date:
        return 0
    still_open = Person.objects.filter(kind=Person.Kind.MERCHANT, state=PersonState.OPEN)
    some = list(still_open.order_by("joined_at")[:most])
    for person in some:
        erasures.request(person=person, is_ours=True, now=at)
    return len(some)


def _check_notice(stop_date: date, erase_date: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if stop_date < today or erase_date < today + NOTICE or erase_date <= stop_date:
        raise TooSoon


def _move(ending: ServiceEnding, to: str, by: Person, at: datetime | None, **fields: Any) -> None:
    try:
        with transaction.atomic():
            move(ending, to, by=by, now=at, **fields)
    except (MoveRefused, IntegrityError) as refused:
        raise NotWaiting from refused
