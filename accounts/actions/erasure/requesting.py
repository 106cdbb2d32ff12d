"""Asking for deactivation, taking it back, and starting it early."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import after_commit, ledger, tasks
from accounts.actions.erasure import replying
from accounts.clocks import Clock, deadline
from accounts.models import BeingErased, Erasure, Person
from accounts.personal import KeyGone
from accounts.states import ErasureState, PersonState
from accounts.transitions import MoveRefused, move


class AlreadyStarted(Exception):
    """The erasure runs, or is over: nothing of it can be taken back."""


class AlreadyStopped(Exception):
    """The erasure was cancelled or is over: there is nothing to start."""


@transaction.atomic
def request(
    *,
    person: Person,
    is_ours: bool = False,
    asked_of: Person | None = None,
    on_record: UUID | None = None,
    now: datetime | None = None,
) -> Erasure:
    """Schedule the erasure of a merchant's account; asked twice, it gives the first one again.

    `is_ours`: nobody asked for it, the service ends. `asked_of`: who of our staff was asked for
    it, and `on_record` where that is written down.
    """
    at = now or timezone.now()
    # A request's lazy user is not a row that can be moved; and its state may be old.
    person = Person.objects.get(pk=person.pk)
    by = None if is_ours else asked_of or person
    try:
        move(person, PersonState.CLOSING, by=by, now=at)
    except MoveRefused:
        return Erasure.objects.live().of_person(person.pk).get()
    due_by = deadline(Clock.DEACTIVATION, at)
    erasure = Erasure(
        pk=uuid4(),
        person=person.pk,
        requested_at=at,
        starts_at=at + timedelta(seconds=settings.ERASURE_GRACE_SECONDS),
        due_at=due_by.at,
        due_is_estimated=due_by.estimated,
    )
    erasure.sealed_phone = _sealed_phone(erasure.pk, person)
    erasure.save(force_insert=True)
    body = {"erasure": str(erasure.pk), "due_at": due_by.at.isoformat()}
    if on_record:
        body["on_record"] = str(on_record)
    ledger.append(
        "erasure_requested", stream=person.pk, by=by.pk if by else None, body=body, now=at
    )
    if erasure.starts_at <= at:
        _hurry(erasure)
    return erasure


@transaction.atomic
def cancel(*, erasure: Erasure, by: Person, now: datetime | None = None) -> None:
    """Take a scheduled erasure back and open the account again. Raises AlreadyStarted."""
    try:
        person = Person.objects.hold(erasure.person)
        move(erasure, ErasureState.CANCELLED, by=by, now=now, sealed_phone=None)
    except (BeingErased, MoveRefused) as refused:
        raise AlreadyStarted from refused
    move(person, PersonState.OPEN, by=by, now=now)
    transaction.on_commit(partial(replying.forget, erasure.pk))


@transaction.atomic
def start_now(*, erasure: Erasure, by: Person | None, now: datetime | None = None) -> None:
    """End the days of grace, or hurry an erasure that waits for its worker. AlreadyStopped."""
    at = now or timezone.now()
    if erasure.state in (ErasureState.COMPLETED, ErasureState.CANCELLED):
        raise AlreadyStopped
    rows = Erasure.objects.filter(pk=erasure.pk, state=ErasureState.SCHEDULED, starts_at__gt=at)
    if rows.update(starts_at=at):
        body = {"erasure": str(erasure.pk)}
        actor = by.pk if by else None
        ledger.append("erasure_hastened", stream=erasure.person, by=actor, body=body, now=at)
    _hurry(erasure)


def due(now: datetime | None = None) -> list[UUID]:
    """Erasures somebody should work on now, the longest waiting first."""
    return list(Erasure.objects.due(now or timezone.now()).values_list("pk", flat=True)[:500])


def _hurry(erasure: Erasure) -> None:
    """The message only hurries: when the broker is gone, the sweep finds the row."""
    after_commit.send(tasks.run_erasure, erasure_id=str(erasure.pk))


def _sealed_phone(erasure_id: UUID, person: Person) -> bytes | None:
    try:
        return replying.seal_phone(erasure_id, person.phone.clear) if person.phone else None
    except KeyGone:
        return None
