"""Entering the portal: a proven number and an explicit agreement, together or not at all.

A number is proven by the code sent to it, or by a WeChat account that was bound after such a code.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import codes, sign_in, wechat
from accounts.models import Challenge, Person
from accounts.models.wechat import CONSENT as WECHAT
from consent.actions import consents, policies, serving
from consent.models import Asking, ConsentEvent, PolicyVersion, ServiceEnding

PURPOSE = Challenge.Purpose.SIGN_IN.value


@dataclass(frozen=True, slots=True)
class Agreed:
    """The version a person ticked, by its row and hash."""

    version: int
    sha256: str


class Ended(Exception):
    """The service has ended: nobody new is registered. Who has an account still gets in."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """Whom WeChat named, by which app of ours, and the words agreed to before it was asked."""

    app: str
    openid: str = field(repr=False)
    notice: str


class Binding(StrEnum):
    """What became of a WeChat account that was to be bound."""

    NONE = ""
    BOUND = "bound"
    ELSEWHERE = "elsewhere"
    ANOTHER = "another"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who came in, whether they are new, and what became of their WeChat account."""

    person: Person
    is_new: bool
    binding: Binding = Binding.NONE


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
    introduced: Introduced | None = None,
    now: datetime | None = None,
) -> Entered:
    """Register who is new, and agree, in one transaction; bind the WeChat account that came along.

    Raises codes.CodeRefused, and policies.WrongVersion when another version came into force since
    the box was ticked, and Ended; then nothing was written. A WeChat account that cannot be bound
    keeps nobody out.
    """
    check_version(agreed, now)
    phone = codes.check(
        challenge_id=challenge_id, code=code, purpose=PURPOSE, bound_to=bound_to, now=now
    )
    with transaction.atomic():
        person, is_new = sign_in.person_for(phone=phone, now=now)
        if is_new and ServiceEnding.objects.collecting_over(timezone.localdate(now)).exists():
            raise Ended
        policies.agree(
            person=person,
            version=agreed.version,
            sha256=agreed.sha256,
            way=ConsentEvent.Way.CHECKBOX,
            address=address,
            now=now,
        )
        binding = _bind(person, introduced, address, now) if introduced else Binding.NONE
    return Entered(person, is_new, binding)


def by_wechat(
    *, introduced: Introduced, agreed: Agreed, address: str, now: datetime | None = None
) -> Person | None:
    """Whom this WeChat account signs in, agreed as everybody; None when it is bound to nobody.

    Raises policies.WrongVersion and consents.WrongNotice when other words came since they were
    agreed to, UnknownNotice and NotOpen when WeChat is asked about no more. Then nothing was
    written.
    """
    check_version(agreed, now)
    with transaction.atomic():
        person = wechat.person_of(introduced.openid)
        if person is None:
            return None
        policies.agree(
            person=person,
            version=agreed.version,
            sha256=agreed.sha256,
            way=ConsentEvent.Way.CHECKBOX,
            address=address,
            now=now,
        )
        _agree_to_wechat(person, introduced, address, now)
        wechat.note_sign_in(person=person, app=introduced.app, now=now)
    return person


def _bind(person: Person, introduced: Introduced, address: str, now: datetime | None) -> Binding:
    """Agree and bind, together or not at all."""
    if ServiceEnding.objects.collecting_over(timezone.localdate(now)).exists():
        return Binding.NOT_ASKED
    try:
        with transaction.atomic():
            _agree_to_wechat(person, introduced, address, now)
            wechat.bind(person=person, app=introduced.app, openid=introduced.openid, now=now)
    except wechat.BoundElsewhere:
        return Binding.ELSEWHERE
    except wechat.HasAnother:
        return Binding.ANOTHER
    except (consents.WrongNotice, consents.UnknownNotice, consents.NotOpen):
        return Binding.NOT_ASKED
    return Binding.BOUND


def _agree_to_wechat(
    person: Person, introduced: Introduced, address: str, now: datetime | None
) -> None:
    """Keep what was shown and answered before anybody knew who it was.

    Raises UnknownNotice, NotOpen, WrongNotice.
    """
    notice = consents.notice_for(WECHAT, now)
    if notice.sha256 != introduced.notice:
        raise consents.WrongNotice(notice)
    question = consents.question(notice)
    serving.record(
        person_id=person.pk, question=question, asking=Asking.PAGE, address=address, now=now
    )
    consents.give(person=person, code=WECHAT, sha256=notice.sha256, address=address, now=now)


def check_version(agreed: Agreed, now: datetime | None = None) -> None:
    """Raise WrongVersion unless exactly the privacy policy in force was agreed to."""
    current = PolicyVersion.objects.in_force(PolicyVersion.Kind.PRIVACY, now)
    if current is None or (current.pk, current.sha256) != (agreed.version, agreed.sha256):
        raise policies.WrongVersion(current)
