"""Client addresses: believed only as far as our own proxies vouch for them."""

import pytest
from django.test import RequestFactory

from accounts.addresses import client_address, prefix


def request_from(peer, forwarded=""):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "2001:DB8:0::7", "2001:db8::7"),
    ],
)
def test_the_client_is_read_as_many_hops_from_the_end_as_we_have_proxies(
    settings, proxies, forwarded, expected
):
    settings.TRUSTED_PROXIES = proxies

    assert client_address(request_from("10.0.0.1", forwarded)) == expected


def test_a_peer_without_an_address_is_unknown(settings):
    settings.TRUSTED_PROXIES = 0

    assert client_address(request_from("")) == "unknown"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("unknown", "unknown"),
    ],
)
def test_a_prefix_is_a_network_not_a_person(address, network):
    assert prefix(address) == network
