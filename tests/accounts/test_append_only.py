"""Append-only tables: whatever migrations altered since, their triggers are still there."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.append_only import Alterable, AppendOnly

pytestmark = pytest.mark.django_db

VERBS = {"update", "delete"} | ({"truncate"} if connection.vendor == "postgresql" else set())
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def protections() -> Iterator[tuple[str, str, AppendOnly]]:
    """App, model and operation of every step that protected a table or let go of it, in order."""
    loader = MigrationLoader(connection)
    plan = [node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)]
    for app, name in dict.fromkeys(plan):
        for operation in loader.graph.nodes[app, name].operations:
            if isinstance(operation, AppendOnly):
                yield app, operation.model, operation


def test_every_append_only_table_refuses_change_after_the_last_migration(db):
    tables = {apps.get_model(app, model)._meta.db_table for app, model, _operation in protections()}

    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        found = {name.lower() for (name,) in cursor.fetchall()}

    assert {"accounts_ledgerentry", "consent_consentevent", "consent_disclosure"} <= tables
    assert {f"{table}_no_{verb}" for table in tables for verb in VERBS} <= found


def test_a_table_that_was_let_go_of_to_be_altered_is_protected_again():
    last = {(app, model): operation for app, model, operation in protections()}

    assert [key for key, operation in last.items() if isinstance(operation, Alterable)] == []
