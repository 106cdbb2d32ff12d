"""Links that lead elsewhere go through a page that says so, by addresses we signed ourselves.

Nobody else can make our address lead anywhere: what we did not sign leads nowhere.
"""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.core import signing
from django.urls import reverse

_SIGNER = "consent.leaving"


class NotOurs(Exception):
    """We never linked there."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a link leads: the address, its host as browsers resolve it, and what we call it."""

    url: str
    host: str
    name: str


def address(url: str, name: str = "") -> str:
    """The address on our site that leads to `url`; raises ValueError for what is no site."""
    _host(url)
    signed = signing.Signer(salt=_SIGNER).sign_object([url, name])
    return f"{reverse('consent:leave')}?{urlencode({'to': signed})}"


def is_site(url: str) -> bool:
    """Whether a link can lead there at all."""
    try:
        return bool(_host(url))
    except ValueError:
        return False


def destination(signed: str) -> Destination:
    """Where this leads; raises NotOurs unless we signed exactly this."""
    try:
        url, name = signing.Signer(salt=_SIGNER).unsign_object(signed)
        return Destination(url, _host(url), name)
    except (signing.BadSignature, ValueError) as refused:
        raise NotOurs from refused


def _host(url: str) -> str:
    """Never another name before an @, nor a scheme a browser would run."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not the address of a site")
    return parts.hostname.encode("idna").decode()
