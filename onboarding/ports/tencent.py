"""Tencent Cloud's IdCardVerification (faceid 2018-03-01): one signed POST, one code back.

https://cloud.tencent.com/document/api/1007/33188. Of the answer only a code and the number of the
request are read; nothing personal is in an address, a log or an exception.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pycurl
from django.utils import timezone

from onboarding.ports import tc3

SERVICE, ACTION, VERSION = "faceid", "IdCardVerification", "2018-03-01"
CONNECT_TIMEOUT_S, TIMEOUT_S = 3, 10
ANSWER_MAX = 64 * 1024

# Result codes; the first two are charged for.
RESULTS = {
    "0": "match",
    "-1": "mismatch",
    "-2": "refused",  # not a number of an ID
    "-3": "refused",  # not a name
    "-4": "unavailable",
    "-5": "not_found",
    "-6": "unavailable",
    "-7": "over_quota",
}
# What an error's code begins with; every other one is taken to pass.
ERRORS = (
    ("RequestLimitExceeded", "over_quota"),
    ("LimitExceeded", "over_quota"),
    ("FailedOperation.RequestLimitExceeded", "over_quota"),
    ("AuthFailure", "refused"),
    ("UnauthorizedOperation", "refused"),
    ("InvalidParameter", "refused"),
    ("MissingParameter", "refused"),
    ("UnknownParameter", "refused"),
    ("UnsupportedOperation", "refused"),
    ("InvalidAction", "refused"),
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A value of `verdicts.Verdict`, and the number this request has at the other side."""

    outcome: str
    reference: UUID | None = None


def check(
    *,
    endpoint: str,
    secret_id: str,
    secret_key: str,
    name: str,
    number: str,
    now: datetime | None = None,
) -> Answer:
    """Ask whether this name and this ID number belong together; whatever fails is an outcome."""
    payload = json.dumps({"IdCard": number, "Name": name}, ensure_ascii=False).encode()
    at = now or timezone.now()
    host = urlsplit(endpoint).netloc
    signed = tc3.authorization(
        secret_id=secret_id,
        secret_key=secret_key,
        service=SERVICE,
        host=host,
        action=ACTION,
        payload=payload,
        at=at,
    )
    headers = [
        f"Authorization: {signed}",
        f"Content-Type: {tc3.CONTENT_TYPE}",
        f"Host: {host}",
        f"X-TC-Action: {ACTION}",
        f"X-TC-Version: {VERSION}",
        f"X-TC-Timestamp: {int(at.timestamp())}",
    ]
    return read(_post(f"{endpoint}/", headers, payload))


def read(raw: bytes) -> Answer:
    """What a body says; one that says nothing we know is "unavailable"."""
    try:
        told: Any = json.loads(raw)["Response"]
        reference = _reference(told.get("RequestId"))
        if "Error" in told:
            return Answer(_failed(str(told["Error"]["Code"])), reference)
        return Answer(RESULTS.get(str(told["Result"]), "unavailable"), reference)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer("unavailable")


def _failed(code: str) -> str:
    outcome = next((to for begins, to in ERRORS if code.startswith(begins)), "unavailable")
    # The code is theirs and says nothing of a person; whoever runs this must mend a refusal.
    log.warning("identity check %s: %.60s", outcome, code)
    return outcome


def _reference(given: object) -> UUID | None:
    try:
        return UUID(str(given))
    except ValueError:
        return None


def _post(address: str, headers: list[str], payload: bytes) -> bytes:
    """The body of a 200; b"" for everything else."""
    body = BytesIO()

    def take(chunk: bytes) -> int:
        """Fewer than were given ends the transfer: an answer is small."""
        return body.write(chunk) if body.tell() + len(chunk) <= ANSWER_MAX else 0

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, address)
    curl.setopt(pycurl.POSTFIELDS, payload)
    curl.setopt(pycurl.HTTPHEADER, headers)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT_S)
    curl.setopt(pycurl.TIMEOUT, TIMEOUT_S)
    curl.setopt(pycurl.WRITEFUNCTION, take)
    try:
        curl.perform()
        status = curl.getinfo(pycurl.RESPONSE_CODE)
    except pycurl.error as failure:
        log.warning("identity check: curl %s", failure.args[0])
        return b""
    finally:
        curl.close()
    return body.getvalue() if status == 200 else b""
