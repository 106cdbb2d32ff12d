"""OpenDSR 2.0 as the controller speaks it, with the additions of the CN profile.

Strict in what is written, liberal in what is read; statuses and callbacks are in `statuses`.
A person is named to a partner by one identity only: the pairwise id of this person and partner.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from consent.protocol import messages
from consent.protocol.messages import Malformed, Mismatch
from consent.protocol.webhooks import Signer, Verifier

API_VERSION = "2.0"
MOST_IN_BATCH = 1000
IDENTITY_TYPE, IDENTITY_FORMAT = "controller_customer_id", "raw"

Cause = Literal["deactivation", "withdrawal", "contract_end"]
CAUSES: frozenset[str] = frozenset({"deactivation", "withdrawal", "contract_end"})


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a partner's GET /v1/discovery says it can do."""

    erasure: bool
    customer_id: bool
    pipl: bool
    most_in_batch: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A 201 that answers our request. Holds no identity and may be stored whole."""

    subject_request_id: UUID
    controller_id: str
    received_time: str
    expected_at: datetime
    request_sha256: str
    processor_signature: str | None

    def proven_by(self, verifier: Verifier) -> str | None:
        """The id of the key that signed this receipt, or None.

        Works at any later time and without the request, of which only the hash is kept.
        """
        stamp = int(datetime.fromisoformat(self.received_time).timestamp())
        return verifier.matching(
            f"receipt_{self.subject_request_id}",
            stamp,
            self.request_sha256.encode(),
            self.processor_signature or "",
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of an OpenDSR error body."""

    reason: str
    message: str


def erasure_body(
    *,
    subject_request_id: UUID,
    identity: UUID,
    submitted_at: datetime,
    callback_url: str,
    processor_domain: str,
    pipl: bool = False,
    cause: Cause = "deactivation",
) -> bytes:
    """The body of POST /v1/requests; the same arguments give the same bytes.

    `submitted_at` is when the person asked. `pipl` only when discovery lists that regulation;
    otherwise the published "gdpr" is sent and the law is named in our extension.
    """
    if subject_request_id.version != 4:
        raise ValueError("subject_request_id is a version 4 UUID")
    return messages.write(
        {
            "regulation": "pipl" if pipl else "gdpr",
            "subject_request_id": str(subject_request_id),
            "subject_request_type": "erasure",
            "submitted_time": messages.rfc3339(submitted_at),
            "subject_identities": [
                {
                    "identity_type": IDENTITY_TYPE,
                    "identity_value": str(identity),
                    "identity_format": IDENTITY_FORMAT,
                }
            ],
            "api_version": API_VERSION,
            "status_callback_urls": [callback_url],
            "extensions": {processor_domain: {"law": "PIPL", "cause": cause}},
        }
    )


def batch_body(bodies: Iterable[bytes]) -> bytes:
    """The body of POST /v1/requests/batch out of finished single bodies, at most 1000."""
    items = list(bodies)
    if not 1 <= len(items) <= MOST_IN_BATCH:
        raise ValueError("a batch holds 1 to 1000 requests")
    return b'{"api_version":"2.0","requests":[' + b",".join(items) + b"]}"


def request_sha256(body: bytes) -> str:
    """What is kept of a sent body: its SHA-256, hex. The random id in it defeats guessing."""
    return hashlib.sha256(body).hexdigest()


def sign_receipt(
    signer: Signer, *, subject_request_id: UUID, sha256: str, received_at: datetime
) -> str:
    """The `processor_signature` of the CN profile: a lasting receipt for a request of this hash."""
    stamp = int(received_at.timestamp())
    return signer.signature(f"receipt_{subject_request_id}", stamp, sha256.encode())


def parse_discovery(raw: bytes) -> Discovery:
    """Read a discovery answer; what is not said is taken as not supported."""
    body = messages.read(raw)
    identities = messages.objects(body, "supported_identities", most=100)
    extensions = messages.mapping(body, "extensions")
    most = extensions.get("most_in_batch")
    return Discovery(
        erasure="erasure" in messages.texts(body, "supported_subject_request_types"),
        customer_id=any(
            (item.get("identity_type"), item.get("identity_format"))
            == (IDENTITY_TYPE, IDENTITY_FORMAT)
            for item in identities
        ),
        pipl="pipl" in messages.texts(extensions, "regulations"),
        most_in_batch=max(1, min(most, MOST_IN_BATCH)) if type(most) is int else 1,
    )


def parse_accepted(raw: bytes, *, subject_request_id: UUID, sent_sha256: str) -> Accepted:
    """Read the body of a 201 to a single request.

    The echoed request is compared by hash and dropped. Raises Mismatch when the partner answers
    for another request than ours: that is no delivery.
    """
    body = messages.read(raw)
    echoed = messages.text(body, "encoded_request", most=messages.MOST_SINGLE)
    try:
        seen = request_sha256(base64.b64decode(echoed, validate=True))
    except (binascii.Error, ValueError):
        raise Malformed("invalid", "encoded_request") from None
    if not hmac.compare_digest(seen, sent_sha256):
        raise Mismatch("other_request", "encoded_request")
    return _accepted(body, subject_request_id, sent_sha256)


def _accepted(body: dict[str, object], expected: UUID, sent_sha256: str) -> Accepted:
    if messages.uuid(body, "subject_request_id") != expected:
        raise Mismatch("other_request", "subject_request_id")
    messages.instant(body, "received_time")
    return Accepted(
        subject_request_id=expected,
        controller_id=messages.text_or_none(body, "controller_id") or "",
        received_time=messages.text(body, "received_time", most=40),
        expected_at=messages.instant(body, "expected_completion_time"),
        request_sha256=sent_sha256,
        processor_signature=messages.text_or_none(body, "processor_signature", most=4096),
    )


def parse_batch_answer(
    raw: bytes, *, batch_sha256: str, sent: Sequence[UUID]
) -> dict[UUID, Accepted | tuple[Problem, ...]]:
    """Read the answer to a batch: for each request what became of it.

    A request the answer leaves out is absent here too and was not delivered. Raises Mismatch when
    it answers another batch, names a request that was not in it, or names one twice.
    """
    body = messages.read(raw, most=messages.MOST_BATCH)
    if not hmac.compare_digest(messages.text(body, "request_sha256"), batch_sha256):
        raise Mismatch("other_request", "request_sha256")
    unanswered = set(sent)
    found: dict[UUID, Accepted | tuple[Problem, ...]] = {}
    for item in messages.objects(body, "results", most=MOST_IN_BATCH):
        request_id = messages.uuid(item, "subject_request_id")
        if request_id not in unanswered:
            raise Mismatch("other_request", "results")
        unanswered.remove(request_id)
        found[request_id] = (
            _accepted(item, request_id, batch_sha256) if item.get("code") == 201 else problems(item)
        )
    return found


def parse_error(raw: bytes) -> tuple[Problem, ...]:
    """The lines of an error body, bounded; empty when it is no OpenDSR error. Never raises."""
    try:
        return problems(messages.read(raw))
    except Malformed:
        return ()


def problems(body: dict[str, object]) -> tuple[Problem, ...]:
    """The lines of an `error` object."""
    error = body.get("error")
    lines = error.get("errors") if isinstance(error, dict) else None
    if not isinstance(lines, list):
        return ()
    return tuple(
        Problem(str(line.get("reason", ""))[:64], str(line.get("message", ""))[:256])
        for line in lines[:20]
        if isinstance(line, dict)
    )


def parse_cancelled(raw: bytes, *, subject_request_id: UUID) -> datetime:
    """Read the 202 to DELETE /v1/requests/{id}: when the partner received the cancellation."""
    body = messages.read(raw)
    if messages.uuid(body, "subject_request_id") != subject_request_id:
        raise Mismatch("other_request", "subject_request_id")
    return messages.instant(body, "received_time")
