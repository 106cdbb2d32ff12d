"""Letting merchants in by a number they have proven; staff come in through allauth."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person, Session


def person_for(*, phone: str, now: datetime | None = None) -> tuple[Person, bool]:
    """The merchant with this proven number, registered now if new; and whether they are new."""
    known = Person.objects.with_phone(phone).first()
    if known is not None:
        return known, False
    at = now or timezone.now()
    try:
        with transaction.atomic():
            person = Person(kind=Person.Kind.MERCHANT, phone=phone, joined_at=at)
            person.set_unusable_password()
            person.save(force_insert=True)
            ledger.append("registered", stream=person.pk, by=person.pk, now=at)
    except IntegrityError:
        # Somebody proved the same number in another browser at the same moment.
        return Person.objects.with_phone(phone).get(), False
    return person, True


@transaction.atomic
def end_other_sessions(*, person: Person, session_key: str | None) -> int:
    """Sign the person out everywhere but here; returns how many sessions ended."""
    others = Session.objects.of_person(person.pk).exclude(session_key=session_key or "")
    ended, _per_model = others.delete()
    if ended:
        ledger.append("signed_out_elsewhere", stream=person.pk, by=person.pk, body={"n": ended})
    return ended
