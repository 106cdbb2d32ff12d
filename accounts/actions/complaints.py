"""Complaints and reports: taken in, answered within fifteen days, heard again by somebody else.

Policy 7 and 8 of the merchants' texts; 个人信息保护法 art. 50. What people write is sealed, and
goes half a year after the matter ended.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import after_commit, ledger, tasks
from accounts.clocks import Clock, deadline
from accounts.models import BeingErased, Complaint, GuardianClaim, Person
from accounts.personal import KeyGone, Retention, keys
from accounts.personal.fields import keyed_hash
from accounts.ports import sms
from accounts.states import ComplaintState
from accounts.transitions import MoveRefused, move

logger = logging.getLogger(__name__)

PER_HOUR: Final = 5
PER_DAY: Final = 20
KEPT: Final = timedelta(days=180)
LEASE: Final = timedelta(minutes=2)
RETRY: Final = timedelta(minutes=10)
PATIENCE: Final = timedelta(days=7)


class TooMany(Exception):
    """This address sent its share for now; the hotline takes everything else."""


class AlreadyAnswered(Exception):
    """Somebody answered first, or the matter is over."""


class NotYours(Exception):
    """Nobody answers about a decision of their own, nor judges the appeal against their answer."""


def take_in(
    *,
    topic: str,
    words: str,
    contact: str,
    address: str | None,
    by: Person | None,
    taken_by: Person | None = None,
    about: Person | None = None,
    now: datetime | None = None,
) -> Complaint:
    """Keep a complaint of a merchant, or of anybody; raises TooMany, and BeingErased.

    `address` is what they are counted by, None where the caller counts; `about` never answers it.

    `contact` is a mobile number to tell the answer to, or "": the answer is also on the page of its
    unguessable code, and a merchant is told on the account's number. `taken_by` wrote it down for
    a merchant on the phone.
    """
    at = now or timezone.now()
    complaint = Complaint(
        topic=topic,
        words=words,
        contact=contact,
        received_at=at,
        due_at=deadline(Clock.COMPLAINT, at).at,
        address_hash=keyed_hash("complaint.address", address) if address else "",
        about=about,
    )
    complaint.owner = by.pk if by else complaint.pk
    with transaction.atomic():
        if by:
            Person.objects.hold(by.pk)
        if complaint.address_hash:
            _refuse_too_many(complaint.address_hash, at)
        complaint.save(force_insert=True)
        body = {"complaint": str(complaint.pk), "topic": topic}
        actor = taken_by or by
        ledger.append(
            "complained",
            stream=complaint.owner,
            by=actor.pk if actor else None,
            body=body,
            now=at,
        )
    return complaint


def _refuse_too_many(address_hash: str, at: datetime) -> None:
    sent = Complaint.objects.filter(address_hash=address_hash)
    for length, most in ((timedelta(hours=1), PER_HOUR), (timedelta(days=1), PER_DAY)):
        if sent.filter(received_at__gt=at - length).count() >= most:
            raise TooMany


def open_for(*, complaint: Complaint, by: Person, now: datetime | None = None) -> None:
    """Note that a member of staff read it; call it before showing what people wrote."""
    body = {"complaint": str(complaint.pk)}
    ledger.append("complaint_read", stream=complaint.owner, by=by.pk, body=body, now=now)


def answer(*, complaint: Complaint, words: str, by: Person, now: datetime | None = None) -> None:
    """Answer a complaint, or the appeal against an answer. Raises AlreadyAnswered, NotYours."""
    at = now or timezone.now()
    is_appeal = complaint.state == ComplaintState.APPEALED
    with transaction.atomic():
        _hold(complaint)
        complaint.refresh_from_db(fields=["about", "answered_by"])
        if by.pk == complaint.about_id or (is_appeal and by.pk == complaint.answered_by_id):
            raise NotYours
        if is_appeal:
            _put(complaint, "appeal_answer", words)
            _moved(complaint, ComplaintState.CLOSED, by, at, tell_at=at, closed_at=at, closed_by=by)
        else:
            _put(complaint, "answer", words)
            given = {"answered_at": at, "answered_by": by}
            _moved(complaint, ComplaintState.ANSWERED, by, at, tell_at=at, **given)
        after_commit.send(tasks.tell_complaint, complaint_id=str(complaint.pk))


def appeal(
    *, complaint: Complaint, words: str, by: Person | None, now: datetime | None = None
) -> None:
    """Have somebody else look at it again, once; 15 working days. Raises AlreadyAnswered."""
    at = now or timezone.now()
    with transaction.atomic():
        _hold(complaint)
        _put(complaint, "appeal", words)
        due_at = deadline(Clock.APPEAL, at).at
        _moved(complaint, ComplaintState.APPEALED, by, at, appealed_at=at, due_at=due_at)


def set_apart(*, complaint_id: UUID, about: Person) -> None:
    """Somebody just decided what an open complaint is about: they will not be who answers it."""
    still_open = Complaint.objects.filter(pk=complaint_id, state=ComplaintState.RECEIVED)
    still_open.update(about=about)


def _hold(complaint: Complaint) -> None:
    """Nothing is written behind a deactivation; a stranger's complaint belongs to itself."""
    if complaint.owner == complaint.pk:
        return
    try:
        Person.objects.hold(complaint.owner)
    except BeingErased as leaving:
        raise AlreadyAnswered from leaving


def _put(complaint: Complaint, field: str, words: str) -> None:
    """Seal a text into the row; its owner's key may be gone with the account."""
    setattr(complaint, field, words)
    try:
        complaint.save(update_fields=[field])
    except KeyGone as gone:
        raise AlreadyAnswered from gone


def _moved(complaint: Complaint, to: str, by: Person | None, at: datetime, **fields: Any) -> None:
    try:
        move(complaint, to, by=by, now=at, **fields)
    except MoveRefused as refused:
        raise AlreadyAnswered from refused


def to_tell(now: datetime | None = None) -> list[UUID]:
    """Complaints whose answer is still to be told by text message."""
    return list(Complaint.objects.to_tell(now or timezone.now()).values_list("pk", flat=True)[:500])


def tell(*, complaint_id: UUID, now: datetime | None = None) -> None:
    """Send the text message that there is an answer; tried again for seven days.

    Claimed by moving `tell_at` on, so that one worker sends it and a killed one loses nothing.
    """
    at = now or timezone.now()
    claim = at + LEASE
    if not Complaint.objects.to_tell(at).filter(pk=complaint_id).update(tell_at=claim):
        return
    complaint = Complaint.objects.get(pk=complaint_id)
    mine = Complaint.objects.filter(pk=complaint_id, tell_at=claim)
    phone = _number(complaint)
    try:
        if phone:
            sms.send(phone, _text(complaint))
    except sms.SmsFailed:
        logger.warning("answer of complaint %s was not told", complaint_id)
        answered = complaint.closed_at or complaint.answered_at or at
        mine.update(tell_at=None if at - answered > PATIENCE else at + RETRY)
        return
    mine.update(tell_at=None)


def _number(complaint: Complaint) -> str:
    """Where to tell it: the number left with it, else the merchant's own, else nowhere."""
    try:
        if complaint.contact:
            return str(complaint.contact.clear)
        owner = Person.objects.filter(pk=complaint.owner).first()
        return str(owner.phone.clear) if owner and owner.phone else ""
    except KeyGone:
        return ""


def _text(complaint: Complaint) -> str:
    link = f"{settings.PORTAL_URL}/complaints/{complaint.code}/"
    is_look = complaint.topic == Complaint.Topic.HUMAN_LOOK
    what = "人工复核请求" if is_look else "投诉或举报"
    return f"【51车商家端】您的{what}已有答复，请打开 {link} 查看。不满意可以在那里申诉。"


def drop(owner: UUID, now: datetime | None = None) -> int:
    """Forget what a leaving merchant wrote and was answered; returns how many complaints."""
    rows = Complaint.objects.of(owner)
    for complaint in rows.exclude(state__in=[ComplaintState.CLOSED, ComplaintState.DROPPED]):
        move(complaint, ComplaintState.DROPPED, by=None, now=now)
    return rows.update(tell_at=None, address_hash="", **_NO_WORDS)


def discard(now: datetime) -> int:
    """What people wrote goes half a year after the matter ended; a stranger's key with it."""
    spent = Complaint.objects.spent(now - KEPT)
    strangers = [row.owner for row in spent if row.owner == row.pk]
    ids = [row.pk for row in spent]
    GuardianClaim.objects.filter(complaint__in=ids).update(child_phone=None, sealed=None)
    gone = Complaint.objects.filter(pk__in=ids).update(**_NO_WORDS)
    for owner in strangers:
        keys.destroy(owner, [Retention.MESSAGES])
    return gone


def forget_addresses(now: datetime) -> int:
    """By address they are counted for a day, and not longer."""
    old = Complaint.objects.filter(received_at__lte=now - timedelta(days=1))
    return old.exclude(address_hash="").update(address_hash="")


_NO_WORDS: Final = dict.fromkeys(("words", "contact", "answer", "appeal", "appeal_answer"))
