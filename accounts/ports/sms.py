"""The text-message port, chosen by SMS_URL.

`outbox://` keeps messages here, for development. `https://:TOKEN@host/path` posts each to a message
gateway of the operator's as {"phone", "text"} with the token, percent-encoded where it must be, as
bearer; `http://` likewise, in development only. A message that may be sent twice carries a key, as
Idempotency-Key, by which a gateway can tell.
"""

import json
from collections.abc import Callable
from urllib.parse import unquote, urlsplit, urlunsplit

import pycurl
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.ledger import canonical
from accounts.models import OutboxMessage
from accounts.personal import seal_system

OUTBOX_CONTEXT = "sms outbox"
CONNECT_TIMEOUT_S, TIMEOUT_S = 3, 5

Sender = Callable[[str, str, str], None]


class SmsFailed(Exception):
    """The sender did not take the message, or did not say that it did."""


def send(phone: str, text: str, *, key: str = "") -> None:
    """Send `text` to a mobile number. Never inside a transaction. Raises SmsFailed.

    `key` is the same whenever the same message is sent again.
    """
    sender()(phone, text, key)


def sender() -> Sender:
    """The sender of SMS_URL; ImproperlyConfigured when nobody knows its scheme."""
    scheme = urlsplit(settings.SMS_URL).scheme
    if scheme not in SENDERS:
        raise ImproperlyConfigured(f"SMS_URL: unknown scheme {scheme!r}")
    return SENDERS[scheme]


def _keep(phone: str, text: str, _key: str) -> None:
    message = canonical({"phone": phone, "text": text})
    OutboxMessage.objects.create(sealed=seal_system(OUTBOX_CONTEXT, message.encode()))


def _post(phone: str, text: str, key: str) -> None:
    parts = urlsplit(settings.SMS_URL)
    address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    token = unquote(parts.password or "")
    headers = ["Content-Type: application/json", f"Authorization: Bearer {token}"]
    headers += [f"Idempotency-Key: {key}"] if key else []
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, address)
    curl.setopt(pycurl.POSTFIELDS, json.dumps({"phone": phone, "text": text}))
    curl.setopt(pycurl.HTTPHEADER, headers)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT_S)
    curl.setopt(pycurl.TIMEOUT, TIMEOUT_S)
    curl.setopt(pycurl.WRITEFUNCTION, len)
    try:
        curl.perform()
        status = curl.getinfo(pycurl.RESPONSE_CODE)
    except pycurl.error as failure:
        # curl's own words hold no part of the message; the exception chain is cut all the same.
        raise SmsFailed(f"curl {failure.args[0]}") from None
    finally:
        curl.close()
    if not 200 <= status < 300:
        raise SmsFailed(f"status {status}")


SENDERS: dict[str, Sender] = {"outbox": _keep, "https": _post}
if settings.DEVELOPMENT:
    SENDERS["http"] = _post
