"""Separate consents: one code per decision, bound to the words that were shown (PIPL 14, 23, 29).

A consent is live while the last answer agrees to exactly the notice shown today; refusing and
withdrawing take effect at once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.clocks import Clock, deadline
from accounts.models import BeingErased, Person
from accounts.personal import holders
from consent import notices, purposes, sources
from consent.actions import answers, assessments, partners
from consent.models import Asking, Consent, ConsentEvent, Partner
from consent.notices import Notice

SHARE = purposes.SHARE
Key = tuple[UUID, str]


class UnknownNotice(Exception):
    """There is no such question."""


class WrongNotice(Exception):
    """The words answered are not the words shown today; `notice` are. Nothing was written."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(f"{notice.code}: another text")
        self.notice = notice


class NotOpen(Exception):
    """Not asked now: no impact assessment is in force, or the recipient's contract is over."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice.code)
        self.notice = notice


@runtime_checkable
class ForgetsOnWithdrawal(Protocol):
    """A holder that keeps something on the ground of a consent alone, and gives it up with it."""

    def withdrawn(self, person: UUID, code: str) -> None: ...


def notice_for(code: str, now: datetime | None = None) -> Notice:
    """The notice a person may be asked with today; raises UnknownNotice, NotOpen."""
    notice = words_of(code)
    if not assessments.is_open(code, now) or not _is_under_contract(code, now):
        raise NotOpen(notice)
    return notice


def _is_under_contract(code: str, now: datetime | None) -> bool:
    if not code.startswith(SHARE):
        return True
    partners_now = Partner.objects.under_contract(timezone.localdate(now))
    return partners_now.filter(slug=code.removeprefix(SHARE)).exists()


def words_of(code: str) -> Notice:
    """The notice of a code, open or not; raises UnknownNotice."""
    if code in notices.OFFERED:
        return notices.OFFERED[code].notice
    if code in sources.notices():
        return sources.notices()[code]
    slug = code.removeprefix(SHARE) if code.startswith(SHARE) else ""
    partner = Partner.objects.active().filter(slug=slug).first() if slug else None
    if partner is None:
        raise UnknownNotice(code)
    return partners.notice(partner)


def label(code: str) -> str:
    """What a question is called in a list; raises UnknownNotice."""
    permission = notices.OFFERED.get(code)
    return permission.label if permission else f"提供给{words_of(code).recipient}"


def give(
    *,
    person: Person,
    code: str,
    sha256: str,
    way: str = ConsentEvent.Way.BUTTON,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Agree to one notice, by the hash of its words; raises UnknownNotice, WrongNotice, NotOpen.

    Of `address` only the network is kept. None when this was agreed to before.
    """
    return answers.record(
        person.pk,
        _question(notice_for(code, now), sha256),
        answers.Decision.AGREED,
        way=way,
        asking=asking,
        address=address,
        now=now,
    )


def refuse(
    *,
    person: Person,
    code: str,
    sha256: str,
    way: str = ConsentEvent.Way.BUTTON,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Say no to one notice; raises UnknownNotice, WrongNotice. What was agreed to is withdrawn."""
    asked = _question(words_of(code), sha256)
    with transaction.atomic():
        event = answers.record(
            person.pk,
            asked,
            answers.Decision.REFUSED,
            way=way,
            asking=asking,
            address=address,
            now=now,
        )
        if event and event.decision == answers.Decision.WITHDRAWN:
            _tell_holders(person.pk, code)
    return event


def withdraw(
    *,
    person: Person,
    code: str,
    way: str = ConsentEvent.Way.BUTTON,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Withdraw what was agreed to, in whatever version; None when nothing was live.

    In the same transaction every holder that kept something on this ground gives it up (PIPL 47).
    Raises UnknownNotice for a code this person was never asked about.
    """
    with transaction.atomic():
        # Held before it is looked at: what is withdrawn is what is live, whoever answers meanwhile.
        Person.objects.hold(person.pk)
        state = Consent.objects.of(person.pk).filter(code=code).first()
        if state is None:
            raise UnknownNotice(code)
        asked = answers.Question(
            kind=state.kind, code=code, version=state.version, sha256=state.sha256
        )
        event = answers.record(
            person.pk,
            asked,
            answers.Decision.WITHDRAWN,
            way=way,
            asking=asking,
            address=address,
            now=now,
        )
        if event:
            _tell_holders(person.pk, code)
    return event


def is_live(person_id: UUID, code: str) -> bool:
    """Whether this person agrees, today, to exactly the words of today's notice."""
    try:
        notice = words_of(code)
    except UnknownNotice:
        return False
    return Consent.objects.agreed_to(person_id, [notice.sha256]).filter(code=code).exists()


def live(person_id: UUID, codes: Collection[str]) -> frozenset[str]:
    """Which of these questions everybody is asked this person agrees to, in today's words."""
    asked = {code: notices.OFFERED[code] for code in codes if code in notices.OFFERED}
    hashes = {permission.notice.sha256: code for code, permission in asked.items()}
    found = Consent.objects.agreed_to(person_id, hashes).values_list("code", "sha256")
    return frozenset(code for code, sha256 in found if hashes[sha256] == code)


def declined(person_id: UUID, codes: Collection[str]) -> frozenset[str]:
    """Which of these questions this person last answered with no, or took the yes back."""
    said = Consent.objects.of(person_id).filter(code__in=codes).exclude(decision="")
    return frozenset(said.exclude(decision=answers.Decision.AGREED).values_list("code", flat=True))


def may_ask(person_id: UUID, code: str, now: datetime | None = None) -> bool:
    """Whether this may be asked unprompted: not while it is agreed to, nor soon after a refusal.

    Whoever taps the function itself is always asked (网络数据安全管理条例 art. 22).
    """
    state = Consent.objects.of(person_id).filter(code=code).first()
    if state is None or state.at is None:
        return True
    if state.is_live:
        return not is_live(person_id, code)
    return (now or timezone.now()) >= deadline(Clock.ASK_AGAIN, state.at).at


def astray() -> list[tuple[UUID, str]]:
    """Persons and codes whose state is not their last event; nobody while all is well.

    The state of a person who left is erased with the account, and is not missed here. Whatever
    looks wrong is looked at again with the person held: people go on answering meanwhile.
    """
    here = set(Person.objects.values_list("pk", flat=True))
    states = {(state.person, state.code): state for state in Consent.objects.exclude(event=None)}
    folded = {key: event for key, event in ConsentEvent.objects.fold().items() if key[0] in here}
    suspects = {person for person, _code in _differing(states, folded)}
    found = [(person, code) for person in suspects for code in _astray_of(person)]
    return sorted(found, key=str)


@transaction.atomic
def rebuild(person: UUID) -> None:
    """Make the state of one person what the events say; changes nothing while all is well.

    What no event speaks for goes. Raises BeingErased.
    """
    Person.objects.hold(person)
    events = ConsentEvent.objects.filter(person=person).fold()
    for (_person, code), event in events.items():
        state, _is_new = Consent.objects.get_or_create(
            person=person, code=code, defaults={"kind": event.kind}
        )
        state.follow(event)
        state.save()
    spoken_for = {code for _person, code in events}
    Consent.objects.of(person).exclude(event=None).exclude(code__in=spoken_for).delete()


@transaction.atomic
def _astray_of(person: UUID) -> set[str]:
    try:
        Person.objects.hold(person)
    except BeingErased:
        return set()
    rows = Consent.objects.of(person).exclude(event=None)
    states = {(state.person, state.code): state for state in rows}
    folded = ConsentEvent.objects.filter(person=person).fold()
    return {code for _person, code in _differing(states, folded)}


def _differing(states: Mapping[Key, Consent], events: Mapping[Key, ConsentEvent]) -> set[Key]:
    agreeing = {key for key, state in states.items() if key in events and state.says(events[key])}
    return (states.keys() | events.keys()) - agreeing


def _question(notice: Notice, sha256: str) -> answers.Question:
    if notice.sha256 != sha256:
        raise WrongNotice(notice)
    return question(notice)


def question(notice: Notice) -> answers.Question:
    """A notice as the question people answer."""
    is_share = notice.code.startswith(SHARE)
    return answers.Question(
        kind=ConsentEvent.Kind.SHARE if is_share else ConsentEvent.Kind.NOTICE,
        code=notice.code,
        version=notice.version,
        sha256=notice.sha256,
        text=notice.text,
    )


def _tell_holders(person: UUID, code: str) -> None:
    for holder in holders.downward():
        if isinstance(holder, ForgetsOnWithdrawal):
            holder.withdrawn(person, code)
