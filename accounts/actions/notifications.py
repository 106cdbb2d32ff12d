"""Telling people by text message what happened: written with the event, sent after it, once.

Nothing goes to whoever is being erased, or switched this kind off; the number is read when the
text is sent, so that it goes to the one the account has then.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts import after_commit, bulk, ledger, tasks
from accounts.clocks import TERMS, Clock
from accounts.kinds import Kind, registered
from accounts.models import BeingErased, Notification, NotificationChoice, Person
from accounts.personal import KeyGone
from accounts.ports import sms
from accounts.states import NotificationState
from accounts.transitions import MoveRefused, move

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
PATIENCE: Final = timedelta(days=7)
# How many one sweep sends before it lets other work have the worker.
BATCH: Final = 50


class MustBeTold(Exception):
    """This kind cannot be switched off; the kind says why."""


def tell(
    *, person: UUID, kind: str, about: str, number: str = "", now: datetime | None = None
) -> None:
    """Have somebody told of one event, in the transaction that makes it; told before, nothing.

    Whoever calls it holds the person. `about` names the event by identifiers; `number` is where to
    send it when that is not the account's own.
    """
    at = now or timezone.now()
    given = {"created_at": at, "due_at": at, "number": number}
    row, is_new = Notification.objects.get_or_create(
        person=person, kind=registered()[kind].code, about=about, defaults=given
    )
    if is_new:
        after_commit.send(tasks.send_notification, notification_id=str(row.pk))


def tell_many(*, people: Collection[UUID], kind: str, about: str, now: datetime) -> None:
    """Have many told of one event; who was told of it before is not told again."""
    same = {
        "kind": registered()[kind].code,
        "about": about,
        "is_for_many": True,
        "state": NotificationState.QUEUED,
        "attempts": 0,
        "created_at": now,
        "due_at": now,
    }
    rows = [{"id": uuid4(), "person": person} | same for person in people]
    bulk.insert(Notification, rows, ignore_conflicts=True)


def call_off(*, kind: str, about: str) -> int:
    """Whoever was not told yet need not be any more; returns how many."""
    return Notification.objects.waiting().filter(kind=kind, about=about).delete()[0]


def send_due(*, now: datetime | None = None, most: int = BATCH) -> None:
    """Send what is due, up to `most`; a gateway that is away ends it, the rest stays due."""
    due = Notification.objects.due(now or timezone.now()).values_list("pk", flat=True)
    for notification_id in due[:most]:
        if not send(notification_id=notification_id, now=now):
            return


def send(*, notification_id: UUID, now: datetime | None = None) -> bool:
    """Send one text, if it is due and still wanted; False when the gateway did not take it.

    Claimed first, so that one worker sends it and a killed one loses nothing; sent again it
    carries the same key.
    """
    at = now or timezone.now()
    claimed = _claim(notification_id, at)
    if claimed is None:
        return True
    row, phone = claimed
    try:
        sms.send(phone, registered()[row.kind].words, key=str(row.pk))
    except sms.SmsFailed:
        logger.warning("notification %s was not sent", row.pk)
        _try_later(row, at)
        return False
    _over(row, NotificationState.SENT, at)
    return True


def _claim(notification_id: UUID, at: datetime) -> tuple[Notification, str] | None:
    """The row, ours for a while, and the number to send it to; None when nothing is to be sent."""
    with transaction.atomic():
        row = Notification.objects.due(at).filter(pk=notification_id).first()
        if row is None:
            return None
        try:
            person = Person.objects.hold(row.person)
            number = row.number or person.phone
            phone = str(number.clear) if number else ""
        except (BeingErased, KeyGone):
            row.delete()
            return None
        if instead := _instead(row, phone):
            _over(row, instead, at)
            return None
        lease = {"due_at": at + LEASE, "attempts": row.attempts + 1}
        if not Notification.objects.due(at).filter(pk=row.pk).update(**lease):
            return None
        row.due_at, row.attempts = lease["due_at"], lease["attempts"]
    return row, phone


def _instead(row: Notification, phone: str) -> str:
    """What becomes of it without being sent; "" when it is to be sent."""
    kind = registered().get(row.kind)
    if kind is None or not wants(row.person, kind):
        return NotificationState.OFF
    return "" if phone else NotificationState.FAILED


def _try_later(row: Notification, at: datetime) -> None:
    if at - row.created_at > PATIENCE:
        _over(row, NotificationState.FAILED, at)
        return
    wait = min(FIRST_WAIT * 2 ** (row.attempts - 1), LONGEST_WAIT)
    ours = Notification.objects.waiting().filter(pk=row.pk, due_at=row.due_at)
    ours.update(due_at=at + wait)


def _over(row: Notification, to: str, at: datetime) -> None:
    try:
        move(row, to, by=None, now=at, note=row.kind, due_at=None, number=None)
    except (MoveRefused, Notification.DoesNotExist):
        # Another worker was here first, or the account was erased while the text went out.
        logger.info("notification %s is over already", row.pk)


def wants(person: UUID, kind: Kind) -> bool:
    """Whether somebody is told of this kind."""
    chosen = NotificationChoice.objects.of(person)
    return bool(kind.always) or chosen.get(kind.code, kind.starts_on)


def switch(*, by: Person, kind: str, is_on: bool, now: datetime | None = None) -> None:
    """Switch a kind on or off; what waits to be sent obeys too. Raises MustBeTold, BeingErased.

    KeyError for a kind there is not.
    """
    at = now or timezone.now()
    wanted = registered()[kind]
    if wanted.always:
        raise MustBeTold(kind)
    with transaction.atomic():
        person = Person.objects.hold(by.pk)
        if wants(person.pk, wanted) == is_on:
            return
        NotificationChoice.objects.update_or_create(
            person=person.pk, kind=kind, defaults={"is_on": is_on, "chosen_at": at}
        )
        body = {"kind": kind, "is_on": is_on}
        ledger.append("notification_switched", stream=person.pk, by=person.pk, body=body, now=at)


def forget(person: UUID) -> int:
    """Forget what somebody was told and chose; returns how many rows."""
    told = Notification.objects.of(person).delete()[0]
    return told + NotificationChoice.objects.filter(person=person).delete()[0]


def discard(now: datetime) -> int:
    """Remove records nobody needs any more; returns how many."""
    kept = timedelta(days=TERMS[Clock.NOTIFICATIONS].amount)
    return Notification.objects.spent(now - kept).delete()[0]
