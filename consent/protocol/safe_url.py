"""Where the portal may connect to: partner addresses that lead to the public internet alone.

Resolve once, refuse everything non-public, and connect to the very addresses that were checked
(`Target.pin` is for CURLOPT_RESOLVE), so that a second look-up cannot lead elsewhere. The caller
follows no redirects.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

Resolver = Callable[[str, int], Iterable[str]]

PORTS = frozenset({443})
_MOST_URL = 2048
_MOST_ADDRESSES = 16
_PRINTABLE = re.compile(r"[!-~]+\Z")
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")

# IANA special-purpose blocks, and Azure's in-cloud service on a public-looking address.
_CLOSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only global unicast is open at all: that alone shuts v4-mapped, NAT64, ULA, link-local,
# site-local, multicast and SRv6. Inside it: Teredo and other protocol blocks, documentation, 6to4,
# AS112.
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


class UnsafeURL(ValueError):
    """An address the portal will not connect to.

    `reason` is one of malformed, scheme, userinfo, port, unresolvable, not_public.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL and the addresses to connect to, in the resolver's order."""

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]

    @property
    def address(self) -> str:
        """The address to try first."""
        return self.addresses[0]

    @property
    def pin(self) -> str:
        """The entry for CURLOPT_RESOLVE: curl tries these addresses and no others."""
        addresses = (_bracketed(found) for found in self.addresses)
        return f"{_bracketed(self.host)}:{self.port}:{','.join(addresses)}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{_bracketed(self.host)}:{self.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_public(address: str | IPv4Address | IPv6Address) -> bool:
    """Whether `address` is ordinary public unicast."""
    found = ipaddress.ip_address(address)
    if isinstance(found, IPv4Address):
        return not any(found in block for block in _CLOSED_V4)
    if found.scope_id is not None:
        return False
    return found in _OPEN_V6 and not any(found in block for block in _CLOSED_V6)


def resolve(host: str, port: int) -> Iterable[str]:
    """The addresses the system's resolver gives, in its order of preference."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


def check(
    url: str,
    *,
    allow_loopback: bool = False,
    ports: Collection[int] = PORTS,
    resolver: Resolver = resolve,
) -> Target:
    """Check `url` and pin its address, or raise UnsafeURL. Looks the name up: may take seconds.

    `allow_loopback` is for development: it opens this machine, over http too and on any port.
    One non-public address among several is enough to refuse them all.
    """
    scheme, host, port = _parse(url, allow_loopback=allow_loopback)
    try:
        addresses = [ipaddress.ip_address(found) for found in resolver(host, port)][
            :_MOST_ADDRESSES
        ]
    except (OSError, ValueError):
        raise UnsafeURL("unresolvable") from None
    if not addresses:
        raise UnsafeURL("unresolvable")
    _judge(scheme, port, addresses, allow_loopback=allow_loopback, ports=ports)
    return Target(url, scheme, host, port, tuple(str(address) for address in addresses))


def look(url: str, *, allow_loopback: bool = False, ports: Collection[int] = PORTS) -> None:
    """What can be told of `url` without looking its name up; raises UnsafeURL as `check` would."""
    scheme, host, port = _parse(url, allow_loopback=allow_loopback)
    try:
        addresses = [ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)]
    except ValueError:
        addresses = []
    _judge(scheme, port, addresses, allow_loopback=allow_loopback, ports=ports)


def _judge(
    scheme: str,
    port: int,
    addresses: Sequence[IPv4Address | IPv6Address],
    *,
    allow_loopback: bool,
    ports: Collection[int],
) -> None:
    if allow_loopback and addresses and all(address.is_loopback for address in addresses):
        return
    if not all(is_public(address) for address in addresses):
        raise UnsafeURL("not_public")
    if scheme != "https":
        raise UnsafeURL("scheme")
    if port not in ports:
        raise UnsafeURL("port")


def _parse(url: str, *, allow_loopback: bool) -> tuple[str, str, int]:
    # Two parsers see this text, ours and curl's: whatever they might read differently is refused.
    if len(url) > _MOST_URL or not _PRINTABLE.match(url) or "\\" in url or "#" in url:
        raise UnsafeURL("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UnsafeURL("malformed") from None
    if parts.scheme not in ({"http", "https"} if allow_loopback else {"https"}):
        raise UnsafeURL("scheme")
    if "@" in parts.netloc:
        raise UnsafeURL("userinfo")
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, _host(parts.hostname or ""), default if port is None else port


def _host(host: str) -> str:
    """A plain DNS name, or an IP address in its one canonical spelling."""
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        # 127.1, 0x7f.0.0.1 and 2130706433 are addresses to some parsers and names to others.
        last = host.rpartition(".")[2]
        if len(host) > 253 or not _NAME.match(host) or _NUMERIC.match(last):
            raise UnsafeURL("malformed") from None
        return host
    if str(literal) != host:
        raise UnsafeURL("malformed")
    return host
