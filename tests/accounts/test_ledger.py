"""The ledger: append-only in the database, chained, checkpointed, verified."""

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from accounts import ledger
from accounts.models import LedgerCheckpoint, LedgerEntry


def _without_triggers(statement: str) -> None:
    """Change ledger rows as an attacker with full rights on the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE type = 'trigger' AND tbl_name LIKE 'accounts_l%'"
        )
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)
        for _name, sql in triggers:
            cursor.execute(sql)


@pytest.fixture
def three_entries(db):
    for number in range(3):
        ledger.append("tested", stream="a", body={"n": number})
    ledger.append("tested", stream="b")


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite knows no TRUNCATE")
def test_the_database_itself_refuses_to_empty_the_ledger(three_entries):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_ledgerentry")

    assert LedgerEntry.objects.count() == 4


def test_an_untouched_ledger_verifies(three_entries):
    assert ledger.verify() is None


@pytest.mark.parametrize("change", [{"verb": "other"}, None])
def test_the_database_itself_refuses_to_change_or_delete_an_entry(three_entries, change):
    entry = LedgerEntry.objects.filter(stream="a")

    with pytest.raises(DatabaseError), transaction.atomic():
        entry.update(**change) if change else entry.delete()

    assert ledger.verify() is None


def test_verify_names_the_first_changed_entry(three_entries):
    _without_triggers("UPDATE accounts_ledgerentry SET body='{}' WHERE stream='a' AND seq=2")

    assert ledger.verify() == ledger.Broken("a", 2, "changed")


def test_verify_names_the_place_of_a_removed_entry(three_entries):
    _without_triggers("DELETE FROM accounts_ledgerentry WHERE stream='a' AND seq=2")

    assert ledger.verify() == ledger.Broken("a", 2, "missing")


def test_a_stream_cut_short_after_its_checkpoint_is_noticed(three_entries):
    point = ledger.checkpoint()
    _without_triggers("DELETE FROM accounts_ledgerentry WHERE stream='a' AND seq=3")

    assert ledger.verify() == ledger.Broken("a", 3, f"differs from the checkpoint of {point.day}")


def test_a_forged_checkpoint_is_noticed(three_entries):
    point = ledger.checkpoint()
    _without_triggers("UPDATE accounts_ledgercheckpoint SET heads='{\"heads\":{}}'")

    assert ledger.verify() == ledger.Broken(f"checkpoint {point.day}", 0, "signature does not fit")


def test_one_checkpoint_a_day(three_entries):
    assert ledger.checkpoint() == ledger.checkpoint()
    assert LedgerCheckpoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_one_unbroken_chain():
    def write() -> None:
        for _ in range(5):
            ledger.append("raced", stream="a")
        connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert LedgerEntry.objects.filter(stream="a").count() == 20
    assert ledger.verify() is None
