"""OpenDSR 2.0 as a processor speaks it: reading erasure requests, writing answers and callbacks.

What the reference processor stands on, and what a partner may take over as it is.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from consent.protocol import messages, opendsr
from consent.protocol.messages import Malformed
from consent.protocol.opendsr import Problem

RequestStatus = Literal["pending", "in_progress", "completed", "cancelled"]

_REGULATIONS = {"gdpr", "ccpa", "pipl"}


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure request as a processor needs it."""

    subject_request_id: UUID
    identity: UUID
    submitted_at: datetime
    callback_url: str
    cause: str


def parse_erasure(body: dict[str, object], *, processor_domain: str) -> Erasure:
    """Check one erasure request; Malformed names the field that cannot be acted on."""
    _one_of(body, "regulation", _REGULATIONS)
    _one_of(body, "subject_request_type", {"erasure"})
    extension = messages.mapping(messages.mapping(body, "extensions"), processor_domain)
    callbacks = messages.texts(body, "status_callback_urls")
    if not callbacks:
        raise Malformed("missing", "status_callback_urls")
    return Erasure(
        subject_request_id=messages.uuid(body, "subject_request_id", version=4),
        identity=_identity(body),
        submitted_at=messages.instant(body, "submitted_time"),
        callback_url=callbacks[0],
        cause=messages.text_or_none(extension, "cause", most=32) or "",
    )


def _identity(body: dict[str, object]) -> UUID:
    for item in messages.objects(body, "subject_identities", most=20):
        if item.get("identity_type") == opendsr.IDENTITY_TYPE:
            _one_of(item, "identity_format", {opendsr.IDENTITY_FORMAT})
            return messages.uuid(item, "identity_value")
    raise Malformed("unsupported", "subject_identities")


def _one_of(body: dict[str, object], field: str, allowed: set[str]) -> None:
    if messages.text(body, field, most=64).lower() not in allowed:
        raise Malformed("unsupported", field)


def discovery_body() -> bytes:
    """The answer to GET /v1/discovery of a processor that follows the CN profile."""
    return messages.write(
        {
            "api_version": opendsr.API_VERSION,
            "supported_identities": [
                {
                    "identity_type": opendsr.IDENTITY_TYPE,
                    "identity_format": opendsr.IDENTITY_FORMAT,
                }
            ],
            "supported_subject_request_types": ["erasure"],
            "extensions": {
                "profile": "opendsr-cn-1.0",
                "regulations": ["gdpr", "pipl"],
                "signatures": ["standard-webhooks-1.0.0"],
                "most_in_batch": opendsr.MOST_IN_BATCH,
            },
        }
    )


def accepted_body(*, raw: bytes, processor_signature: str, **fields: str) -> bytes:
    """The 201 to a single request; echoes `raw` whole, so it must be neither logged nor stored.

    `fields`: controller_id, subject_request_id, received_time, expected_completion_time.
    """
    return messages.write(
        {
            **fields,
            "encoded_request": base64.b64encode(raw).decode(),
            "processor_signature": processor_signature,
        }
    )


def batch_answer_body(*, raw: bytes, results: Sequence[Mapping[str, object]]) -> bytes:
    """The 200 to a batch: one result for each request, tied to it by the hash of the batch."""
    return messages.write({"request_sha256": opendsr.request_sha256(raw), "results": list(results)})


def error(code: int, problems: Sequence[Problem], domain: str = "Validation") -> dict[str, object]:
    """An OpenDSR error object. `problems` hold codes and field names, never values."""
    return {
        "error": {
            "code": code,
            "message": "The request could not be accepted.",
            "errors": [
                {"domain": domain, "reason": problem.reason, "message": problem.message}
                for problem in problems
            ],
        }
    }


def error_body(code: int, problems: Sequence[Problem], domain: str = "Validation") -> bytes:
    """The body of a refusal."""
    return messages.write(error(code, problems, domain))


def status_body(
    *,
    subject_request_id: UUID,
    request_status: RequestStatus,
    expected_at: datetime,
    controller_id: str,
    extension: Mapping[str, Mapping[str, object]] | None = None,
    callback_url: str | None = None,
) -> bytes:
    """A status (GET) or, with `callback_url`, a callback. `extension` is keyed by our domain."""
    body: dict[str, object] = {
        "controller_id": controller_id,
        "expected_completion_time": messages.rfc3339(expected_at),
        "subject_request_id": str(subject_request_id),
        "request_status": request_status,
        "api_version": opendsr.API_VERSION,
    }
    if extension:
        body["extensions"] = extension
    if callback_url is not None:
        body["status_callback_url"] = callback_url
    return messages.write(body)


def cancelled_body(**fields: str) -> bytes:
    """The 202 to a cancellation.

    `fields`: controller_id, subject_request_id, received_time, processor_signature.
    """
    return messages.write({**fields, "api_version": opendsr.API_VERSION})
