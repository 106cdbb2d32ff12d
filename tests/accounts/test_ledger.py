"""The ledger: append-only in the database, chained, checkpointed, verified."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from accounts import ledger
from accounts.models import LedgerCheckpoint, LedgerEntry

MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
# Of the three entries of a and the one of b.
HEADS = [("a", 3), ("b", 1)]


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


def test_the_checkpoint_of_a_quiet_day_in_the_place_of_another_is_noticed(three_entries):
    quiet = ledger.checkpoint(MONDAY)
    ledger.append("tested", stream="a")
    ledger.checkpoint(MONDAY + timedelta(days=1))
    _without_triggers("DELETE FROM accounts_ledgerentry WHERE stream='a' AND seq=4")
    _without_triggers(
        f"UPDATE accounts_ledgercheckpoint SET heads='{quiet.heads}', signature='{quiet.signature}'"
    )

    assert ledger.verify() == ledger.Broken("checkpoint 2026-11-24", 0, "is the one of 2026-11-23")


def test_a_checkpoint_holds_the_newest_entry_of_every_stream(three_entries):
    point = ledger.checkpoint(MONDAY)

    newest = [(stream, LedgerEntry.objects.get(stream=stream, seq=seq)) for stream, seq in HEADS]
    assert json.loads(point.heads) == {
        "day": "2026-11-23",
        "heads": {stream: [entry.seq, entry.hash] for stream, entry in newest},
    }
    assert point.entries == 4


@pytest.mark.parametrize("streams", [1, 3])
def test_verifying_a_checkpoint_costs_the_same_however_many_streams_it_holds(
    db, streams, django_assert_num_queries
):
    for name in "abc"[:streams]:
        ledger.append("tested", stream=name)
    ledger.checkpoint(MONDAY)
    ledger.checkpoint(MONDAY + timedelta(days=1))

    with django_assert_num_queries(3):  # entries, checkpoints, the heads of the first
        ledger.verify()


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
