"""Changing the number an account signs in with: both numbers proven, every other browser out.

Who no longer has the old number does not get here: the hotline looks at the ID instead.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import kinds, ledger
from accounts.actions import codes, notifications, sign_in
from accounts.models import BeingErased, Challenge, Person
from accounts.states import PersonState

PURPOSE = Challenge.Purpose.NEW_PHONE.value


class NumberTaken(Exception):
    """The new number has an account; only who holds that number, and proved it, learns so."""


class ChangedMeanwhile(Exception):
    """The account no longer has the number this change began from, or is closing."""


def change(
    *,
    person: Person,
    challenge_id: UUID,
    code: str,
    session_key: str,
    now: datetime | None = None,
) -> None:
    """Give the account the number `code` proves, and tell the one it had before.

    `person` is as it was when the old number was proven. Raises codes.CodeRefused, NumberTaken and
    ChangedMeanwhile. Must not be called inside a transaction.
    """
    at = now or timezone.now()
    phone = codes.check(
        challenge_id=challenge_id, code=code, purpose=PURPOSE, bound_to=session_key, now=at
    )
    with transaction.atomic():
        held = _held(person)
        old = str(held.phone.clear)
        _give(held, phone)
        sign_in.end_other_sessions(person=held, session_key=session_key)
        entry = ledger.append("phone_changed", stream=held.pk, by=held.pk, now=at)
        notifications.tell(
            person=held.pk,
            kind=kinds.PHONE_CHANGED.code,
            about=str(entry.seq),
            number=old,
            now=at,
        )


def _held(person: Person) -> Person:
    """The row as it is now, if it is still the one whose number was proven."""
    try:
        held: Person = Person.objects.hold(person.pk)
    except BeingErased as leaving:
        raise ChangedMeanwhile from leaving
    if held.state != PersonState.OPEN or held.phone != person.phone:
        raise ChangedMeanwhile
    return held


def _give(held: Person, phone: str) -> None:
    held.phone = phone
    try:
        with transaction.atomic():
            held.save(update_fields=["phone"])
    except IntegrityError as taken:
        raise NumberTaken from taken
