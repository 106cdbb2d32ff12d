"""A partner's statuses and callbacks, read into outcomes.

Liberal in spelling (in-progress, canceled, Mixpanel's `failed`), strict in meaning: nothing that
contradicts itself is ever taken for a deletion, and an exemption without its ground is refused.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.protocol import messages
from consent.protocol.messages import Malformed, Mismatch
from consent.protocol.outcomes import TERMINAL, Outcome


@dataclass(frozen=True, slots=True)
class Downstream:
    """What a recipient of the partner answered, as the partner tells it."""

    domain: str
    outcome: str
    at: str


@dataclass(frozen=True, slots=True)
class Status:
    """A partner's status or callback body, in our words."""

    subject_request_id: UUID
    outcome: Outcome
    expected_at: datetime | None
    reason_code: str | None
    reason_text: str | None
    legal_basis: str | None
    evidence_url: str | None
    retained_categories: tuple[str, ...]
    retain_until: datetime | None
    downstream: tuple[Downstream, ...]


def parse_callback(raw: bytes, *, processor_domain: str, ours: Collection[str]) -> Status:
    """Read a callback's body; Mismatch unless it names one of our callback addresses.

    Call only with a body whose signature was verified. It is kept as received, so whatever is not
    part of the answer is refused: no data about anybody come in by this door.
    """
    body = messages.read(raw)
    _refuse_unknown(body, processor_domain)
    if messages.text(body, "status_callback_url", most=2048) not in ours:
        raise Mismatch("other_address", "status_callback_url")
    return _status(body, processor_domain)


def parse_status(raw: bytes, *, processor_domain: str, subject_request_id: UUID) -> Status:
    """Read the 200 to GET /v1/requests/{id}."""
    status = _status(messages.read(raw), processor_domain)
    if status.subject_request_id != subject_request_id:
        raise Mismatch("other_request", "subject_request_id")
    return status


_FIELDS = {
    "api_version",
    "controller_id",
    "expected_completion_time",
    "extensions",
    "group_id",
    "received_time",
    "request_status",
    "status_callback_url",
    "subject_request_id",
}
_SAID = {
    "downstream",
    "evidence_url",
    "legal_basis",
    "outcome",
    "reason_code",
    "reason_text",
    "retain_until",
    "retained_categories",
    "status",
}


def _refuse_unknown(body: dict[str, object], processor_domain: str) -> None:
    """Nothing but the answer, and of extensions only the partner's own. Names are not repeated."""
    extensions = messages.mapping(body, "extensions")
    said = messages.mapping(extensions, processor_domain)
    if body.keys() - _FIELDS or extensions.keys() - {processor_domain} or said.keys() - _SAID:
        raise Malformed("unknown_field")


def _status(body: dict[str, object], processor_domain: str) -> Status:
    said = messages.mapping(messages.mapping(body, "extensions"), processor_domain)
    core = messages.text(body, "request_status", most=32).lower().replace("-", "_")
    status = Status(
        subject_request_id=messages.uuid(body, "subject_request_id"),
        outcome=_outcome(core, said),
        expected_at=messages.instant_or_none(body, "expected_completion_time"),
        reason_code=messages.text_or_none(said, "reason_code", most=64),
        reason_text=messages.text_or_none(said, "reason_text", most=1000),
        legal_basis=messages.text_or_none(said, "legal_basis", most=500),
        evidence_url=_https_or_none(said, "evidence_url"),
        retained_categories=messages.texts(said, "retained_categories"),
        retain_until=messages.instant_or_none(said, "retain_until"),
        downstream=tuple(_downstream(said)),
    )
    _check_evidence(status)
    return status


_OPEN = {"pending": Outcome.ACCEPTED, "in_progress": Outcome.IN_PROGRESS}
_ENDED = {"completed": Outcome.COMPLETED, "cancelled": Outcome.REFUSED, "canceled": Outcome.REFUSED}


def _outcome(core: str, said: dict[str, object]) -> Outcome:
    """The core state decides whether it is over; the extension only how it ended."""
    if core in _OPEN:
        return _OPEN[core]
    if core not in _ENDED:
        raise Malformed("invalid", "request_status")
    detail = messages.text_or_none(said, "outcome", most=64)
    if detail is None:
        # Mixpanel cancels a request that failed and says so under `status`.
        return Outcome.FAILED if said.get("status") == "failed" else _ENDED[core]
    try:
        outcome = Outcome(detail.lower().replace("-", "_"))
    except ValueError:
        raise Malformed("invalid", "outcome") from None
    # "Cancelled, yet completed" must never be read as a deletion, nor an end as still running.
    if outcome not in TERMINAL or (outcome is Outcome.COMPLETED and core != "completed"):
        raise Malformed("contradiction", "outcome")
    return outcome


def _check_evidence(status: Status) -> None:
    """An exemption counts only with its ground: the agreements promise it to the person."""
    if status.outcome is Outcome.EXEMPT_LEGAL and not status.legal_basis:
        raise Malformed("missing", "legal_basis")
    if status.outcome is Outcome.EXEMPT_INDEPENDENT_CONSENT and not (
        status.evidence_url or status.reason_text
    ):
        raise Malformed("missing", "evidence_url")


def _https_or_none(said: dict[str, object], field: str) -> str | None:
    found = messages.text_or_none(said, field, most=2048)
    if found is not None and not found.startswith("https://"):
        raise Malformed("invalid", field)
    return found


def _downstream(said: dict[str, object]) -> Iterable[Downstream]:
    found = said.get("downstream")
    for item in found[:50] if isinstance(found, list) else ():
        if isinstance(item, dict):
            yield Downstream(*(str(item.get(key, ""))[:253] for key in ("domain", "outcome", "at")))
