"""Who is on the line: proven by a code before our staff see anything of an account.

A number is typed whole and answered alike, whether it has an account or not: only who holds the
phone learns that, by reading the code out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions import codes
from accounts.models import CallerCheck, Challenge, Person
from accounts.models.contacts import Way
from accounts.personal.fields import keyed_hash

CHECKED_FOR: Final = timedelta(minutes=10)
# What was said may still be written down when the ten minutes are over; nothing is shown then.
RECORDED_WITHIN: Final = timedelta(hours=1)
CHECKS_KEPT: Final = timedelta(days=1)


class NoAccount(Exception):
    """The number is proven, and has no account with us."""


class NotProven(Exception):
    """Number and code do not fit together; which of them is wrong is not said."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One member of staff in one session, who told the caller at `told_at` that it is recorded."""

    by: Person
    session: str
    told_at: datetime

    @property
    def bound_hash(self) -> str:
        """What a check is bound to."""
        return bound_hash(self.session)


def bound_hash(session: str) -> str:
    """Under which the checks of one session are found."""
    return keyed_hash("caller.bound", session)


def ask(*, phone: str, desk: Desk, now: datetime | None = None) -> Challenge:
    """Send the code to be read out to a number, account or not; raises codes.NotSent.

    Counted by member of staff: a whole office shares one address.
    """
    return codes.send(
        purpose=Challenge.Purpose.CALL,
        phone=phone,
        bound_to=desk.session,
        address=f"staff:{desk.by.pk}",
        now=now,
    )


def prove(*, challenge_id: UUID, code: str, desk: Desk, now: datetime | None = None) -> CallerCheck:
    """The caller read out the code that was sent. Raises codes.CodeRefused, NoAccount."""
    phone = codes.check(
        challenge_id=challenge_id,
        code=code,
        purpose=Challenge.Purpose.CALL,
        bound_to=desk.session,
        now=now,
    )
    return _open(challenge_id, phone, Way.SMS, desk, now)


def show_code(*, person: Person, now: datetime | None = None) -> tuple[str, str]:
    """A code a merchant reads out from their own page, and the phrase; raises codes.TooMany."""
    phone = person.phone.clear
    challenge, code = codes.show(phone=phone, bound_to=_page_of(phone), now=now)
    return code, codes.phrase(challenge.pk)


def prove_by_page(*, phone: str, code: str, desk: Desk, now: datetime | None = None) -> CallerCheck:
    """The caller read out the code of their own page. Raises NotProven, whatever was wrong."""
    challenge_id = codes.shown(phone=phone, bound_to=_page_of(phone), now=now)
    try:
        proven = codes.check(
            challenge_id=challenge_id,
            code=code,
            purpose=Challenge.Purpose.CALL_PAGE,
            bound_to=_page_of(phone),
            now=now,
        )
        return _open(challenge_id, proven, Way.PAGE, desk, now)
    except (codes.CodeRefused, NoAccount) as refused:
        raise NotProven from refused


def _page_of(phone: str) -> str:
    return f"page:{phone}"


def _open(
    challenge_id: UUID, phone: str, way: Way, desk: Desk, now: datetime | None
) -> CallerCheck:
    at = now or timezone.now()
    merchants = Person.objects.with_phone(phone).filter(kind=Person.Kind.MERCHANT)
    person = merchants.values_list("pk", flat=True).first()
    if person is None:
        raise NoAccount
    with transaction.atomic():
        check = CallerCheck.objects.create(
            person=person,
            by=desk.by,
            bound_hash=desk.bound_hash,
            challenge=challenge_id,
            way=way,
            told_at=desk.told_at,
            proven_at=at,
            ends_at=at + CHECKED_FOR,
        )
        body = {"check": str(check.pk), "way": way.value}
        ledger.append("caller_proven", stream=person, by=desk.by.pk, body=body, now=at)
    return check


def forget(now: datetime) -> int:
    """Checks go after a day: the records and the ledger keep what matters."""
    gone, _per_model = CallerCheck.objects.filter(proven_at__lte=now - CHECKS_KEPT).delete()
    return gone
