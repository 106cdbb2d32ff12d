"""What a deletion certificate may state: its fields, their order, their spelling, their sense.

Every field is checked in both directions by the same rule, and none can hold personal data.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final, TypedDict

CHINA: Final = timezone(timedelta(hours=8))

OUTCOMES: Final = {
    "erased": "已删除",
    "anonymised": "已匿名化",
    "sealed": "依法封存,不再使用",
    "nothing": "没有数据",
}


class HolderResult(TypedDict):
    """What one part of the portal did with the person's data; `sealed` names law and end."""

    name: str
    label: str
    outcome: str
    count: int
    law: str
    until: date | None


class PartnerResult(TypedDict):
    """What one recipient answered; closed only together with the hash of its evidence."""

    label: str
    outcome: str
    transport: str
    closed_at: datetime | None
    evidence_sha256: str | None


class Payload(TypedDict):
    """Everything a certificate states. `final` says that no partner's answer is missing."""

    receipt_code: str
    issuer: str
    requested_at: datetime
    due_at: datetime
    completed_at: datetime | None
    final: bool
    holders: list[HolderResult]
    partners: list[PartnerResult]
    plan_sha256: str
    ledger_head: str


@dataclass(frozen=True, slots=True)
class _Kind:
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


class _Record:
    """An object with exactly these fields, in this order."""

    def __init__(self, **kinds: _Kind) -> None:
        self.kinds: Final = kinds

    def write(self, value: Mapping[str, Any]) -> dict[str, Any]:
        self._refuse_other_fields(value)
        return {name: kind.write(value[name]) for name, kind in self.kinds.items()}

    def read(self, found: Any) -> dict[str, Any]:
        self._refuse_other_fields(found)
        return {name: kind.read(found[name]) for name, kind in self.kinds.items()}

    def _refuse_other_fields(self, value: Mapping[str, Any]) -> None:
        if set(value) != set(self.kinds):
            raise ValueError(f"fields must be exactly {', '.join(self.kinds)}")


def _same(check: Callable[[Any], Any]) -> _Kind:
    return _Kind(write=check, read=check)


def _matching(pattern: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(f"{value!r} does not match {pattern}")
        return value

    return check


key_name: Final = _matching(r"[A-Za-z0-9_.:-]{1,64}")


def _text(value: Any) -> str:
    """Words for people. A long run of digits could be a phone or identity number: refused."""
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise ValueError(f"{value!r} is not a line of text")
    if re.search(r"\d{11}", value):
        raise ValueError("a certificate holds no personal data, and this text looks like it")
    return value


def a_line(words: str) -> str:
    """The words as a certificate may hold them: one line, nothing unprintable, no long number."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return re.sub(r"\d{11,}", "…", line)[:200]


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def _write_moment(value: Any) -> str:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError(f"{value!r} is not a datetime with its time zone")
    return value.astimezone(CHINA).isoformat(timespec="seconds")


def _write_day(value: date) -> str:
    if isinstance(value, datetime):
        return _write_moment(value)[:10]
    return value.isoformat()


def _one_of(words: Mapping[str, str]) -> Callable[[Any], str]:
    def translate(value: Any) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return words[value]

    return translate


def _maybe(kind: _Kind) -> _Kind:
    return _Kind(
        write=lambda value: None if value is None else kind.write(value),
        read=lambda found: None if found is None else kind.read(found),
    )


def _list_of(record: _Record) -> _Kind:
    return _Kind(
        write=lambda values: [record.write(value) for value in values],
        read=lambda found: [record.read(value) for value in found],
    )


_TEXT: Final = _same(_text)
_NAME: Final = _same(key_name)
_CODE: Final = _same(_matching(r"[A-Za-z0-9_-]{8,64}"))
_SHA256: Final = _same(_matching(r"[0-9a-f]{64}"))
_MOMENT: Final = _Kind(write=_write_moment, read=datetime.fromisoformat)
_DAY: Final = _Kind(write=_write_day, read=date.fromisoformat)
_OUTCOME: Final = _Kind(
    write=_one_of(OUTCOMES), read=_one_of({label: code for code, label in OUTCOMES.items()})
)

PAYLOAD: Final = _Record(
    receipt_code=_CODE,
    issuer=_TEXT,
    requested_at=_MOMENT,
    due_at=_MOMENT,
    completed_at=_maybe(_MOMENT),
    final=_same(_flag),
    holders=_list_of(
        _Record(
            name=_NAME,
            label=_TEXT,
            outcome=_OUTCOME,
            count=_same(_count),
            law=_TEXT,
            until=_maybe(_DAY),
        )
    ),
    partners=_list_of(
        _Record(
            label=_TEXT,
            outcome=_TEXT,
            transport=_TEXT,
            closed_at=_maybe(_MOMENT),
            evidence_sha256=_maybe(_SHA256),
        )
    ),
    plan_sha256=_SHA256,
    ledger_head=_SHA256,
)


def refuse_contradictions(payload: Payload) -> None:
    """Raise ValueError when the certificate would claim more than it can show."""
    completed = payload["completed_at"]
    if payload["due_at"] < payload["requested_at"]:
        raise ValueError("due before it was requested")
    if completed and completed < payload["requested_at"]:
        raise ValueError("completed before it was requested")
    for holder in payload["holders"]:
        sealed = holder["outcome"] == "sealed"
        if sealed != (holder["until"] is not None) or (sealed and not holder["law"]):
            raise ValueError(f"{holder['name']}: sealed data, and only that, has law and end date")
    for partner in payload["partners"]:
        if (partner["closed_at"] is None) != (partner["evidence_sha256"] is None):
            raise ValueError(f"{partner['label']}: closed and evidence only come together")
    is_open = completed is None or any(p["closed_at"] is None for p in payload["partners"])
    if payload["final"] and is_open:
        raise ValueError("final while something is still open")
