"""Entering the portal: a proven number and an explicit agreement, together or not at all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actions import codes, sign_in
from accounts.models import Challenge, Person
from consent.actions import policies
from consent.models import ConsentEvent, PolicyVersion, ServiceEnding

PURPOSE = Challenge.Purpose.SIGN_IN.value


@dataclass(frozen=True, slots=True)
class Agreed:
    """The version a person ticked, by its row and hash."""

    version: int
    sha256: str


class Ended(Exception):
    """The service has ended: nobody new is registered. Who has an account still gets in."""


def begin(
    *, phone: str, agreed: Agreed, bound_to: str, address: str, now: datetime | None = None
) -> Challenge:
    """Send the code, once the policy in force was agreed to. Raises WrongVersion, codes.NotSent."""
    check_version(agreed, now)
    return codes.send(purpose=PURPOSE, phone=phone, bound_to=bound_to, address=address, now=now)


def finish(
    *,
    challenge_id: UUID,
    code: str,
    agreed: Agreed,
    bound_to: str,
    address: str,
    now: datetime | None = None,
) -> tuple[Person, bool]:
    """The person, and whether they are new: registered and agreed in one transaction.

    Raises codes.CodeRefused, and policies.WrongVersion when another version came into force since
    the box was ticked, and Ended; then nothing was written.
    """
    check_version(agreed, now)
    phone = codes.check(
        challenge_id=challenge_id, code=code, purpose=PURPOSE, bound_to=bound_to, now=now
    )
    with transaction.atomic():
        person, is_new = sign_in.person_for(phone=phone, now=now)
        if is_new and ServiceEnding.objects.collecting_over().exists():
            raise Ended
        policies.agree(
            person=person,
            version=agreed.version,
            sha256=agreed.sha256,
            way=ConsentEvent.Way.CHECKBOX,
            address=address,
            now=now,
        )
    return person, is_new


def check_version(agreed: Agreed, now: datetime | None = None) -> None:
    """Raise WrongVersion unless exactly the privacy policy in force was agreed to."""
    current = PolicyVersion.objects.in_force(PolicyVersion.Kind.PRIVACY, now)
    if current is None or (current.pk, current.sha256) != (agreed.version, agreed.sha256):
        raise policies.WrongVersion(current)
