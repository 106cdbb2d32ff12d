"""Nothing about a merchant is published: every page a stranger can open, read for it."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories

pytestmark = pytest.mark.django_db


def addresses(patterns=None, namespace=""):
    """Every address that takes nothing to fill in."""
    for entry in patterns or get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, entry.namespace or namespace)
        elif isinstance(entry, URLPattern) and _is_plain(entry):
            yield reverse(f"{namespace}:{entry.name}" if namespace else entry.name)


def _is_plain(entry):
    is_ours = entry.name and not str(entry.pattern).startswith("dev/")
    return is_ours and not entry.pattern.converters


@pytest.mark.clause("A66", "B61")
def test_no_page_open_to_strangers_shows_anything_of_a_merchant(merchant, reviewer):
    factories.approved(merchant, reviewer)
    known = {"13800138000", "138****8000", *factories.STORE_ANSWERS.values()}
    stranger = Client()

    read = {address: stranger.get(address) for address in addresses()}
    shown = {
        address: value
        for address, answer in read.items()
        if answer.status_code == 200
        for value in known
        if value in answer.content.decode()
    }

    assert shown == {}
    assert {"/", "/policies/", "/complaints/", "/transfers/"} <= {
        address for address, answer in read.items() if answer.status_code == 200
    }
