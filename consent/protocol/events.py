"""Events to partners in the Standard Webhooks form {"type", "timestamp", "data"}.

`disclosure.shared` hands a partner what a merchant agreed to share; it is the only message that
carries personal data, so its bytes are built when they are sent and kept nowhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.protocol import messages, opendsr
from consent.protocol.messages import Malformed

DISCLOSURE_SHARED = "disclosure.shared"
MOST_EVENT = 20_000  # bytes, from the standard


@dataclass(frozen=True, slots=True)
class Shared:
    """A received `disclosure.shared`."""

    disclosure_id: UUID
    identity: UUID
    shared_at: datetime
    contact: dict[str, str]


def event_body(kind: str, *, at: datetime, data: Mapping[str, object]) -> bytes:
    """An event of dotted type `kind` that happened `at`; ValueError beyond 20 kB."""
    body = messages.write({"type": kind, "timestamp": messages.rfc3339(at), "data": data})
    if len(body) >= MOST_EVENT:
        raise ValueError("an event is smaller than 20 kB")
    return body


def disclosure_shared(
    *,
    disclosure_id: UUID,
    identity: UUID,
    shared_at: datetime,
    purpose: str,
    legal_basis: str,
    categories: Sequence[str],
    contact: Mapping[str, str],
) -> bytes:
    """The body that shares `contact` (field name to clear value) of the person `identity`."""
    return event_body(
        DISCLOSURE_SHARED,
        at=shared_at,
        data={
            "disclosure_id": str(disclosure_id),
            "subject": {
                "identity_type": opendsr.IDENTITY_TYPE,
                "identity_value": str(identity),
                "identity_format": opendsr.IDENTITY_FORMAT,
            },
            "purpose": purpose,
            "legal_basis": legal_basis,
            "categories": list(categories),
            "contact": dict(contact),
        },
    )


def parse_disclosure(raw: bytes) -> Shared:
    """Read a `disclosure.shared` body whose signature was verified."""
    body = messages.read(raw, most=MOST_EVENT)
    if messages.text(body, "type") != DISCLOSURE_SHARED:
        raise Malformed("unsupported", "type")
    data = messages.mapping(body, "data")
    contact = messages.mapping(data, "contact")
    if not 1 <= len(contact) <= 50:
        raise Malformed("invalid", "contact")
    return Shared(
        disclosure_id=messages.uuid(data, "disclosure_id"),
        identity=messages.uuid(messages.mapping(data, "subject"), "identity_value"),
        shared_at=messages.instant(body, "timestamp"),
        contact={name: messages.text(contact, name, most=2000) for name in contact},
    )
