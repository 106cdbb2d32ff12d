"""Answers: one code per decision, append-only, the state always the last event."""

import threading
from itertools import product

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import ledger
from accounts.models import LedgerEntry, Person
from consent import notices
from consent.actions import consents
from consent.models import Consent, ConsentEvent
from tests.consent.consent_kit import ADDRESS, decisions, give, refuse, sha, withdraw

pytestmark = pytest.mark.django_db


def folded() -> dict[tuple[object, str], tuple[str, int]]:
    """What the events alone say."""
    events = ConsentEvent.objects.all().fold()
    return {key: (event.decision, event.pk) for key, event in events.items()}


def state() -> dict[tuple[object, str], tuple[str, int | None]]:
    """What the rows of the state say."""
    return {(row.person, row.code): (row.decision, row.event) for row in Consent.objects.all()}


@pytest.mark.parametrize("change", [{"decision": "agreed"}, None])
def test_the_database_itself_refuses_to_change_or_delete_an_answer(merchant, change):
    refuse(merchant)
    rows = ConsentEvent.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert decisions(merchant) == ["refused"]


def test_every_answer_is_a_ledger_entry_with_the_hash_of_what_was_shown(merchant):
    give(merchant)
    refuse(merchant, "bank_account")
    withdraw(merchant)

    entries = LedgerEntry.objects.filter(stream=str(merchant.pk)).order_by("seq")
    assert list(entries.values_list("verb", flat=True)) == ["agreed", "refused", "withdrawn"]
    assert f'"sha256":"{sha("id_photo")}"' in entries[0].body
    assert ledger.verify() is None


def test_nothing_personal_is_in_an_answer_or_its_ledger_entry(merchant):
    give(merchant)

    with connection.cursor() as cursor:
        dump = ""
        for table in ("consent_consentevent", "consent_consent", "accounts_ledgerentry"):
            cursor.execute(f"SELECT * FROM {table}")
            dump += str(cursor.fetchall())
    assert "13800138000" not in dump
    assert ADDRESS not in dump
    assert ConsentEvent.objects.get().address_prefix == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("nonsense", "unknown"),
        ("", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(merchant, address, kept):
    consents.give(person=merchant, code="id_photo", sha256=sha("id_photo"), address=address)

    assert ConsentEvent.objects.get().address_prefix == kept


def test_an_answer_repeated_is_one_event(merchant):
    first, second = give(merchant), give(merchant)

    assert first is not None
    assert second is None
    assert decisions(merchant) == ["agreed"]


def test_refusing_what_was_agreed_to_is_withdrawing_it(merchant):
    give(merchant)
    refuse(merchant)
    refuse(merchant)

    assert decisions(merchant) == ["agreed", "withdrawn"]


def test_withdrawing_what_was_never_live_writes_nothing(merchant):
    refuse(merchant)

    assert withdraw(merchant) is None
    assert decisions(merchant) == ["refused"]


@pytest.mark.parametrize("code", ["first_visit", "everything", "share:", "share:nobody", ""])
def test_there_is_no_agreeing_to_a_question_nobody_asks(merchant, code):
    with pytest.raises(consents.UnknownNotice):
        consents.give(person=merchant, code=code, sha256="0" * 64)

    assert ConsentEvent.objects.count() == 0


def test_every_question_has_a_name_in_the_list():
    assert all(consents.label(code) for code in notices.OFFERED)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(taps=st.lists(st.sampled_from([*product(("id_photo", "bank_account"), "grw")]), max_size=8))
def test_the_state_is_always_the_last_event(merchant, taps):
    acts = {"g": give, "r": refuse, "w": withdraw}
    with transaction.atomic():
        for code, act in taps:
            try:
                acts[act](merchant, code)
            except consents.UnknownNotice:
                continue

        assert state() == folded()
        Consent.objects.all().delete()
        consents.rebuild(merchant.pk)
        assert state() == folded()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_answers_racing_leave_one_line_of_events_and_its_last_as_the_state(db):
    person = Person.objects.create(kind="merchant", phone="13800138000")
    failed = []

    def answer(act) -> None:
        try:
            for _ in range(5):
                act(person)
        except Exception as error:  # noqa: BLE001 - the test tells what it was
            failed.append(error)
        finally:
            connections.close_all()

    taps = [threading.Thread(target=answer, args=(act,)) for act in (give, refuse, give, refuse)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()

    assert failed == []
    assert state() == folded()
    assert LedgerEntry.objects.filter(stream=str(person.pk)).count() == ConsentEvent.objects.count()
    assert all(
        one != two for one, two in zip(decisions(person), decisions(person)[1:], strict=False)
    )


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_is_one_event(db):
    person = Person.objects.create(kind="merchant", phone="13800138000")

    def tap() -> None:
        give(person)
        connections.close_all()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()

    assert ConsentEvent.objects.count() == Consent.objects.count() == 1
