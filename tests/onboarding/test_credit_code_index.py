"""Firms are found by their credit code, also those that were here before the index was."""

import importlib

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.personal import keys
from onboarding.models import Application
from tests import factories

pytestmark = pytest.mark.django_db
NODE = ("onboarding", "0003_index_known_credit_codes")
CODE = factories.STORE_ANSWERS["credit_code"]


def migrate():
    """What the migration does, with the models as they were then."""
    migration = importlib.import_module(".migrations.".join(NODE))
    migration.index_known(MigrationExecutor(connection).loader.project_state(NODE).apps, None)


def found():
    return list(Application.objects.with_credit_code(CODE))


def test_the_index_follows_the_value_it_is_of(merchant):
    application = factories.filled_in(merchant)
    was_found = found()

    application.credit_code = None
    application.save(update_fields=["credit_code"])

    assert was_found == [application]
    assert found() == []


def test_what_was_stored_before_is_found_after_the_migration(merchant):
    application = factories.filled_in(merchant)
    Application.objects.update(credit_code_index=None)

    migrate()

    assert found() == [application]


def test_what_can_no_longer_be_opened_is_passed_over(merchant, stranger):
    factories.filled_in(merchant)
    readable = factories.filled_in(stranger)
    Application.objects.update(credit_code_index=None)
    keys.destroy(merchant.pk)

    migrate()

    assert found() == [readable]
