"""TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0, for a JSON body: pure functions.

https://cloud.tencent.com/document/api/213/30654; its worked example is the test.
"""

import hashlib
import hmac
from datetime import UTC, datetime

ALGORITHM = "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json; charset=utf-8"
SIGNED_HEADERS = "content-type;host;x-tc-action"


def canonical_request(*, host: str, action: str, payload: bytes) -> str:
    """The request as both sides write it down to hash it."""
    headers = f"content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    return "\n".join(["POST", "/", "", headers, SIGNED_HEADERS, _sha256(payload)])


def string_to_sign(canonical: str, *, service: str, at: datetime) -> str:
    """What is signed: when, for which service, and the hash of the request."""
    return "\n".join(
        [ALGORITHM, str(int(at.timestamp())), _scope(service, at), _sha256(canonical.encode())]
    )


def signing_key(secret_key: str, *, service: str, at: datetime) -> bytes:
    """The key of one service for one day (UTC), derived from the account's."""
    key = f"TC3{secret_key}".encode()
    for part in (_day(at), service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def authorization(
    *,
    secret_id: str,
    secret_key: str,
    service: str,
    host: str,
    action: str,
    payload: bytes,
    at: datetime,
) -> str:
    """The Authorization header of one request."""
    canonical = canonical_request(host=host, action=action, payload=payload)
    text = string_to_sign(canonical, service=service, at=at)
    key = signing_key(secret_key, service=service, at=at)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return (
        f"{ALGORITHM} Credential={secret_id}/{_scope(service, at)}, "
        f"SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
    )


def _scope(service: str, at: datetime) -> str:
    return f"{_day(at)}/{service}/tc3_request"


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
