"""Browsers of the cast, and a house of three holders."""

import pytest
from django.test import Client

from accounts.actions import erasure
from accounts.personal import holders as registry
from tests.accounts.drawers import SUNDAY, Drawer


def browser_of(person, backend):
    """A browser this person is signed in with."""
    client = Client()
    client.force_login(person, backend=f"accounts.sign_in_backends.{backend}")
    return client


@pytest.fixture(autouse=True)
def _a_day_of_grace(settings):
    """As in production, whatever this machine's .env says."""
    settings.ERASURE_GRACE_SECONDS = 24 * 60 * 60


@pytest.fixture
def merchant_browser(merchant):
    """The merchant's phone."""
    return browser_of(merchant, "MerchantBackend")


@pytest.fixture
def ops_browser(ops):
    """A browser of operations."""
    return browser_of(ops, "StaffBackend")


@pytest.fixture
def house(monkeypatch):
    """Three holders: the account, and two of the floors above it."""
    log: list[str] = []
    account = registry.named("account")
    drawers = {"papers": Drawer("papers", log), "partners": Drawer("partners", log)}
    monkeypatch.setattr(registry, "_registered", {"account": account, **drawers})
    return drawers | {"log": log}


@pytest.fixture
def asked(house, merchant):
    """The merchant has asked for deactivation."""
    return erasure.request(person=merchant, now=SUNDAY)
