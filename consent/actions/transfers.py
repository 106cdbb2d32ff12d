"""Telling people that somebody else takes over: thirty working days ahead, and by two officers."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.clocks import Clock, Deadline, deadline
from accounts.models import Person
from accounts.transitions import MoveRefused, move
from consent import kinds
from consent.actions import officers, telling
from consent.models import TransferNotice
from consent.states import TransferState


class TooSoon(Exception):
    """It would take effect before it was public long enough; `earliest` names day and rule."""

    def __init__(self, earliest: Deadline) -> None:
        super().__init__(earliest.basis)
        self.earliest = earliest

    @property
    def message_zh(self) -> str:
        """The earliest day, and which rule says so."""
        day = self.earliest.at.date()
        return f"今天公示，最早 {day:%Y-%m-%d} 才能转移。依据：{self.earliest.basis}。"


class SamePerson(Exception):
    """Whoever wrote it does not publish it."""


class NotWaiting(Exception):
    """Somebody published, discarded or withdrew it already."""


def earliest(now: datetime | None = None) -> Deadline:
    """The first day a transfer announced now may take effect."""
    return deadline(Clock.MERGER_NOTICE, now or timezone.now())


def check_lead(effect_date: date, now: datetime | None = None) -> None:
    """Raise TooSoon unless this day is far enough ahead (PIPL 22; order 25, art. 9)."""
    first = earliest(now)
    if effect_date < first.at.date():
        raise TooSoon(first)


@transaction.atomic
def draft(
    *, by: Person, effect_date: date, now: datetime | None = None, **facts: str
) -> TransferNotice:
    """Write a notice, for another officer to publish. Raises NotAnOfficer, TooSoon.

    `facts`: successor, contact, why, passes, new_purpose.
    """
    at = now or timezone.now()
    officers.check(by)
    check_lead(effect_date, at)
    notice = TransferNotice.objects.create(
        drafted_by=by, drafted_at=at, effect_date=effect_date, **facts
    )
    ledger.append("transfer_drafted", stream="system", by=by.pk, body={"id": str(notice.pk)})
    return notice


@transaction.atomic
def publish(*, notice: TransferNotice, by: Person, now: datetime | None = None) -> None:
    """Announce it to everybody. Raises NotAnOfficer, SamePerson, TooSoon, NotWaiting."""
    at = now or timezone.now()
    officers.check(by)
    if notice.drafted_by_id == by.pk:
        raise SamePerson
    check_lead(notice.effect_date, at)
    _move(notice, TransferState.PUBLISHED, by, at, published_at=at, published_by=by)
    telling.begin(kind=kinds.TRANSFER.code, about=str(notice.pk), begins_at=at)


def discard(*, notice: TransferNotice, by: Person) -> None:
    """Give up what was never published. Raises NotAnOfficer, NotWaiting."""
    officers.check(by)
    _move(notice, TransferState.DISCARDED, by, None)


@transaction.atomic
def withdraw(*, notice: TransferNotice, by: Person, now: datetime | None = None) -> None:
    """Take it back before it takes effect. Raises NotAnOfficer, NotWaiting."""
    at = now or timezone.now()
    officers.check(by)
    if notice.effect_date <= timezone.localdate(at):
        raise NotWaiting
    _move(notice, TransferState.WITHDRAWN, by, at)
    telling.call_off(kind=kinds.TRANSFER.code, about=str(notice.pk), now=at)


def _move(notice: TransferNotice, to: str, by: Person, at: datetime | None, **fields: Any) -> None:
    try:
        move(notice, to, by=by, now=at, **fields)
    except MoveRefused as refused:
        raise NotWaiting from refused
