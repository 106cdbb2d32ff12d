"""What an inspector brings: a browser of nobody, one of a merchant, and a partner that listens."""

import pytest
from django.test import Client

from accounts.models import Person
from consent.models import Partner
from tests import factories
from tests.consent.sharing_kit import partner_at
from tests.onboarding.conftest import files, stored

__all__ = ["files", "stored"]


@pytest.fixture
def visitor(db: None) -> Client:
    """A browser that was never here, in front of a portal whose policies are in force."""
    factories.publish_policies()
    return Client()


@pytest.fixture
def browser(merchant: Person) -> Client:
    """The browser of a merchant who agreed to the policy."""
    return factories.signed_in(merchant)


@pytest.fixture
def partner(db: None) -> Partner:
    """An active recipient."""
    return partner_at("http://127.0.0.1:9")
