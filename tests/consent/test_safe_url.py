"""The guard on outward connections: only public addresses, and the very ones that were checked."""

import socket
from typing import Any

import pytest

from consent.protocol import safe_url
from consent.protocol.safe_url import UnsafeURL

PUBLIC = "93.184.216.34"


def leads_to(*addresses: str):
    return lambda host, port: addresses


def refusal(url: str, *addresses: str, **options: Any) -> str:
    with pytest.raises(UnsafeURL) as refused:
        safe_url.check(url, resolver=leads_to(*(addresses or (PUBLIC,))), **options)
    return refused.value.reason


def test_a_public_https_address_is_pinned():
    target = safe_url.check("https://Partner.example/v1", resolver=leads_to(PUBLIC))

    assert (target.url, target.host, target.port) == (
        "https://Partner.example/v1",
        "partner.example",
        443,
    )
    assert target.address == PUBLIC
    assert target.pin == f"partner.example:443:{PUBLIC}"
    assert target.origin == "https://partner.example:443"


def test_every_checked_address_is_pinned_with_ipv6_in_brackets():
    target = safe_url.check(
        "https://partner.example/", resolver=leads_to("2606:2800:220:1::1", PUBLIC)
    )

    assert target.pin == f"partner.example:443:[2606:2800:220:1::1],{PUBLIC}"


def test_the_name_is_looked_up_once_only():
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC]

    target = safe_url.check("https://partner.example/", resolver=resolver)

    assert (target.address, target.pin, asked) == (
        PUBLIC,
        f"partner.example:443:{PUBLIC}",
        [("partner.example", 443)],
    )


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:2800:220:1::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address):
    assert refusal("https://partner.example/", address) == "not_public"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "114.114.114.114", "172.32.0.1", "100.63.0.1", "2400:3200::1"]
)
def test_an_ordinary_public_address_is_public(address):
    assert safe_url.is_public(address)


def test_one_private_address_among_public_ones_refuses_them_all():
    assert refusal("https://partner.example/", PUBLIC, "10.0.0.1") == "not_public"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://partner.example/", "scheme"),
        ("ftp://partner.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//partner.example/", "scheme"),
        ("https://user:secret@partner.example/", "userinfo"),
        ("https://partner.example:8443/", "port"),
        ("https://partner.example:0/", "port"),
        ("https://partner.example:99999/", "malformed"),
        ("https:///path", "malformed"),
        ("https://partner.example\\@127.0.0.1/", "malformed"),
        ("https://partner.example/#part", "malformed"),
        ("https://partner.example/\r\nHost: x", "malformed"),
        ("https://partner .example/", "malformed"),
        ("https://合作方.example/", "malformed"),
        ("https://partner.example./", "malformed"),
        ("https://-a.example/", "malformed"),
        ("https://127.1/", "malformed"),
        ("https://0x7f.0.0.1/", "malformed"),
        ("https://2130706433/", "malformed"),
        ("https://0177.0.0.1/", "malformed"),
        ("https://[::ffff:7f00:1/", "malformed"),
        ("https://[2606:2800:0220:0001::1]/", "malformed"),
        ("https://partner.example/" + "a" * 2048, "malformed"),
    ],
)
def test_a_url_two_parsers_could_read_differently_is_refused(url, reason):
    assert refusal(url) == reason


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/"]
)
def test_a_literal_address_is_judged_like_a_name(url):
    literal = url.removeprefix("https://").strip("/[]")

    assert refusal(url, literal) == "not_public"


def test_another_port_is_open_when_it_is_named():
    target = safe_url.check(
        "https://partner.example:8443/", ports={443, 8443}, resolver=leads_to(PUBLIC)
    )

    assert target.port == 8443


def test_a_name_that_leads_nowhere_is_refused():
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(UnsafeURL) as refused:
        safe_url.check("https://partner.example/", resolver=resolver)

    assert refused.value.reason == "unresolvable"
    assert refusal("https://partner.example/", "nonsense") == "unresolvable"


def test_development_may_reach_this_machine_over_http():
    target = safe_url.check("http://127.0.0.1:8010/v1", allow_loopback=True)

    assert (target.origin, target.pin) == ("http://127.0.0.1:8010", "127.0.0.1:8010:127.0.0.1")


def test_development_opens_nothing_but_this_machine():
    assert refusal("http://partner.example/", allow_loopback=True) == "scheme"
    assert refusal("http://10.0.0.1/", "10.0.0.1", allow_loopback=True) == "not_public"
    assert refusal("http://x.example/", "127.0.0.1", PUBLIC, allow_loopback=True) == "not_public"
    assert refusal("https://x.example:22/", allow_loopback=True) == "port"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://partner.example/", "scheme"),
        ("https://partner.example:8443/", "port"),
        ("https://me@partner.example/", "userinfo"),
        ("https://10.0.0.1/", "not_public"),
        ("https://localhost/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://127.1/", "malformed"),
    ],
)
def test_what_can_be_told_without_looking_a_name_up_is_told(url, reason):
    with pytest.raises(UnsafeURL) as refused:
        safe_url.look(url)

    assert refused.value.reason == reason


def test_a_glance_finds_no_fault_with_a_name_and_with_this_machine_in_development_only():
    safe_url.look("http://localhost:8010/", allow_loopback=True)
    safe_url.look("https://partner.example/")

    with pytest.raises(UnsafeURL):
        safe_url.look("http://localhost:8010/")
