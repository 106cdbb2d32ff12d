"""Where a request comes from, as far as our own proxies vouch for it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def client_address(request: HttpRequest) -> str:
    """The client's address: as many entries from the end of X-Forwarded-For as we have proxies.

    What a client wrote into that header itself stands further left and is never believed.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(hops) >= proxies:
        forwarded = _plain(hops[-proxies])
        if forwarded != UNKNOWN:
            return forwarded
    return _plain(request.META.get("REMOTE_ADDR", ""))


def prefix(address: str) -> str:
    """The network an address is in: a /24, or a /48 of IPv6; enough to count by, not to find by."""
    try:
        length = 24 if ipaddress.ip_address(address).version == 4 else 48
    except ValueError:
        return UNKNOWN
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


def network(address: str) -> str:
    """What is kept of an address, whether it comes whole or shortened already; "" of none."""
    return prefix(address.split("/", maxsplit=1)[0]) if address else ""


def _plain(text: str) -> str:
    """The address in its one spelling; IPv4 inside IPv6 as IPv4."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return UNKNOWN
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
