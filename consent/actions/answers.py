"""The one way an answer is written: event, state and ledger entry in one transaction.

Answers of one person queue up behind that person's row, so the state is always the last event,
however many taps arrive at once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.addresses import network
from accounts.models import Person
from consent.models import Asking, Consent, ConsentEvent, Wording

Decision = ConsentEvent.Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, word for word: `sha256` is of the text that was on the screen.

    `text` are those words, where no published version keeps them. `is_change` holds of an
    agreement: saying no to it leaves standing what was concluded before.
    """

    kind: str
    code: str
    version: str
    sha256: str
    language: str = "zh-Hans"
    text: str = ""
    is_change: bool = False


def record(
    person: UUID,
    question: Question,
    decision: str,
    *,
    way: str,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Write one answer; None when it only repeats the last one (a second tap, another sign-in).

    Of `address` only the network is kept, whether it comes whole or shortened already.
    """
    at = now or timezone.now()
    with transaction.atomic():
        Person.objects.hold(person)
        state = _locked(person, question)
        if not _says_something_new(state, question, decision):
            return None
        keep_words(question)
        event = ConsentEvent.objects.create(
            person=person,
            kind=question.kind,
            code=question.code,
            version=question.version,
            sha256=question.sha256,
            language=question.language,
            decision=decision if question.is_change else _settled(state, decision),
            way=way,
            asking=asking,
            address_prefix=network(address),
            at=at,
        )
        state.follow(event)
        state.save()
        _enter(event)
    return event


def keep_words(question: Question) -> None:
    """Keep the words themselves under their fingerprint, unless they are kept already."""
    if question.text:
        Wording.objects.get_or_create(sha256=question.sha256, defaults={"text": question.text})


def _locked(person: UUID, question: Question) -> Consent:
    """The row of this person and code, held until the transaction ends."""
    rows = Consent.objects.select_for_update()
    state, _is_new = rows.get_or_create(
        person=person, code=question.code, defaults={"kind": question.kind}
    )
    return state


def _says_something_new(state: Consent, question: Question, decision: str) -> bool:
    if decision == Decision.WITHDRAWN:
        return state.is_live
    if decision == Decision.REFUSED and state.decision == Decision.WITHDRAWN:
        return False
    return (state.decision, state.sha256) != (decision, question.sha256)


def _settled(state: Consent, decision: str) -> str:
    """Refusing what was agreed to is withdrawing it."""
    return Decision.WITHDRAWN if decision == Decision.REFUSED and state.is_live else decision


def _enter(event: ConsentEvent) -> None:
    ledger.append(
        event.decision,
        stream=event.person,
        by=event.person,
        body={
            "event": event.pk,
            "kind": event.kind,
            "code": event.code,
            "version": event.version,
            "sha256": event.sha256,
            "language": event.language,
            "asking": event.asking,
            "way": event.way,
        },
        now=event.at,
    )
