"""The identity port, chosen by IDENTITY_URL: who is asked if name and ID number belong together.

By default nobody: staff compare the papers. Whoever is asked learns a name and an ID number, so
`actions.real_names` alone calls this, after the door of the consent floor let them out.
"""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol
from uuid import UUID

from django.conf import settings

from onboarding.ports import identity_url, tencent
from onboarding.ports.identity_url import Address
from onboarding.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose name and ID number are asked about; prints as nothing."""

    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `reference` is the number the verifier knows this request by."""

    verdict: Verdict
    reference: UUID | None = None


class Verifier(Protocol):
    """Somebody who can be asked. Asking twice changes nothing there, and costs twice."""

    def ask(self, subject: Subject) -> Answer:
        """Never raises for what the other side does or fails to do; holds no transaction open."""
        ...


def address() -> Address:
    """What IDENTITY_URL says; it was checked at the start."""
    return identity_url.parse(settings.IDENTITY_URL, development=settings.DEVELOPMENT)


def verifier() -> Verifier | None:
    """Who is asked; None where staff compare the papers."""
    chosen = address()
    if chosen.kind == identity_url.TENCENT:
        return Tencent(chosen)
    return Simulator() if chosen.kind == identity_url.SIMULATOR else None


class Tencent:
    """IdCardVerification of Tencent Cloud, which asks the population register of the police."""

    def __init__(self, chosen: Address) -> None:
        self._chosen = chosen

    def ask(self, subject: Subject) -> Answer:
        answer = tencent.check(
            endpoint=self._chosen.endpoint,
            secret_id=self._chosen.secret_id,
            secret_key=self._chosen.secret_key,
            name=subject.name,
            number=subject.number,
        )
        return Answer(Verdict(answer.outcome), answer.reference)


class Simulator:
    """Invents answers for development: the one a name asks for, else that all is well."""

    ASKED_FOR: ClassVar = {
        "核验不一致": Verdict.MISMATCH,
        "核验查无": Verdict.NOT_FOUND,
        "核验不可用": Verdict.UNAVAILABLE,
        "核验超限": Verdict.OVER_QUOTA,
        "核验不受理": Verdict.REFUSED,
    }

    def ask(self, subject: Subject) -> Answer:
        return Answer(self.ASKED_FOR.get(subject.name, Verdict.MATCH))
