"""Which text governs, and answering it. Continued use is never an answer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from consent.actions import answers
from consent.models import Asking, Consent, ConsentEvent, PolicyVersion

Kind = PolicyVersion.Kind


class WrongVersion(Exception):
    """The version answered is not the one in force; `current` is. Nothing was written."""

    def __init__(self, current: PolicyVersion | None) -> None:
        super().__init__("the policy changed meanwhile")
        self.current = current


class Concluded(Exception):
    """An agreement this person concluded; it ends with the account, not with a tap."""


def in_force(kind: str, now: datetime | None = None) -> PolicyVersion:
    """The version in force; raises PolicyVersion.DoesNotExist before the first one."""
    version = PolicyVersion.objects.in_force(kind, now)
    if version is None:
        raise PolicyVersion.DoesNotExist(kind)
    return version


def governing(function: str, now: datetime | None = None) -> PolicyVersion:
    """The text that governs one function: its special policy in force, else the privacy policy.

    Raises PolicyVersion.DoesNotExist while neither is in force.
    """
    special = PolicyVersion.SPECIAL.get(function)
    found = PolicyVersion.objects.in_force(special, now) if special else None
    return found or in_force(Kind.PRIVACY, now)


def agree(
    *,
    person: Person,
    version: PolicyVersion | int,
    sha256: str,
    way: str,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Agree to the version in force, by its row and hash; raises WrongVersion for any other.

    Of `address` only the network is kept. None when this was agreed to before.
    """
    question = _asked(version, sha256, now)
    return answers.record(
        person.pk,
        question,
        answers.Decision.AGREED,
        way=way,
        asking=asking,
        address=address,
        now=now,
    )


@transaction.atomic
def refuse(
    *,
    person: Person,
    version: PolicyVersion | int,
    sha256: str,
    way: str,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Refuse the version in force; raises WrongVersion. What was agreed to before is withdrawn.

    Not so with an agreement: the version concluded before goes on binding both sides, and who
    concluded this very one cannot refuse it any more (raises Concluded), only leave.
    """
    asked = _asked(version, sha256, now)
    # Held before it is looked at: a yes from another window is not overlooked.
    Person.objects.hold(person.pk)
    if asked.is_change and Consent.objects.agreed_to(person.pk, [sha256]).exists():
        raise Concluded(asked.code)
    return answers.record(
        person.pk,
        asked,
        answers.Decision.REFUSED,
        way=way,
        asking=asking,
        address=address,
        now=now,
    )


def _asked(version: PolicyVersion | int, sha256: str, now: datetime | None) -> answers.Question:
    """The question these two name, when it is asked today; raises WrongVersion."""
    shown = PolicyVersion.objects.filter(
        pk=version.pk if isinstance(version, PolicyVersion) else version
    ).first()
    current = PolicyVersion.objects.in_force(shown.kind, now) if shown else None
    if shown is None or current is None or (current.pk, current.sha256) != (shown.pk, sha256):
        raise WrongVersion(current)
    return question(current)


def question(version: PolicyVersion) -> answers.Question:
    """A version as the question people answer."""
    return answers.Question(
        kind=ConsentEvent.Kind.POLICY,
        code=version.code,
        version=version.number,
        sha256=version.sha256,
        language=version.language,
        is_change=version.is_agreement,
    )


def has_agreed(person: UUID, kind: str, now: datetime | None = None) -> bool:
    """Whether this person's last answer agrees to the version of this kind in force."""
    current = PolicyVersion.objects.in_force(kind, now)
    return current is not None and Consent.objects.agreed_to(person, [current.sha256]).exists()
