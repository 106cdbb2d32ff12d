"""The erasure engine: planned before it destroys, resumed after a crash, taken back in time."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.actions import codes, erasure
from accounts.actions.erasure import carrying_out
from accounts.models import Challenge, DataKey, Erasure, LedgerEntry, Person, Session
from accounts.personal import holders as registry
from accounts.transitions import MoveRefused, move
from tests.accounts.drawers import LATER, SHANGHAI, SUNDAY, Drawer, verbs

pytestmark = pytest.mark.django_db


@pytest.mark.clause("C150")
def test_a_request_is_due_within_three_chinese_working_days(asked):
    assert asked.due_at == datetime(2026, 11, 25, 23, 59, 59, tzinfo=SHANGHAI)
    assert asked.starts_at == SUNDAY + timedelta(days=1)


def test_a_request_closes_the_account_and_asked_twice_is_one(asked, merchant):
    again = erasure.request(person=merchant, now=SUNDAY)

    merchant.refresh_from_db()
    assert again == asked
    assert merchant.state == "closing"


def test_nothing_starts_before_its_time(asked, house):
    erasure.run(erasure_id=asked.pk, now=SUNDAY + timedelta(hours=23))

    asked.refresh_from_db()
    assert asked.state == "scheduled"
    assert house["log"] == []


def test_holders_are_erased_from_the_top_down_and_the_account_last(asked, house):
    erasure.run(erasure_id=asked.pk, now=LATER)

    steps = list(asked.steps.values_list("holder", "state"))
    assert house["log"] == ["partners", "papers"]
    assert steps == [("partners", "done"), ("papers", "done"), ("account", "done")]
    assert not Person.objects.filter(pk=asked.person).exists()


def test_the_plan_is_in_the_ledger_before_anything_is_destroyed(asked):
    erasure.run(erasure_id=asked.pk, now=LATER)

    found = verbs(asked.person)
    asked.refresh_from_db()
    planned = LedgerEntry.objects.get(verb="erasure_planned")
    assert found.index("erasure_planned") < found.index("erased") < found.index("keys_destroyed")
    assert json.loads(planned.body)["plan_sha256"] == asked.plan_sha256


def test_a_plan_once_frozen_is_the_one_that_is_carried_out(asked, house):
    house["partners"].crashes = 1
    with pytest.raises(RuntimeError):
        erasure.run(erasure_id=asked.pk, now=LATER)
    late = Drawer("late", house["log"])
    registry.register(late)

    erasure.run(erasure_id=asked.pk, now=LATER + timedelta(minutes=2))

    assert house["log"] == ["partners", "papers"]


@pytest.mark.parametrize("where", ["partners", "papers"])
def test_a_crash_in_the_middle_is_found_and_finished_by_the_sweep(asked, house, where):
    house[where].crashes = 1
    with pytest.raises(RuntimeError):
        erasure.run(erasure_id=asked.pk, now=LATER)
    soon = LATER + timedelta(minutes=2)

    found = erasure.due(soon)
    erasure.run(erasure_id=found[0], now=soon)

    asked.refresh_from_db()
    assert found == [asked.pk]
    assert asked.state == "completed"
    assert house["log"] == ["partners", "papers"]


def test_a_runner_that_died_holding_the_lease_is_replaced_when_it_ends(asked, house):
    carrying_out.claim(asked.pk, LATER)

    early = erasure.due(LATER + timedelta(minutes=1))
    late = erasure.due(LATER + carrying_out.LEASE)
    erasure.run(erasure_id=asked.pk, now=LATER + carrying_out.LEASE)

    asked.refresh_from_db()
    assert (early, late) == ([], [asked.pk])
    assert asked.state == "completed"


def test_a_runner_whose_lease_was_taken_changes_nothing(asked, house):
    stale = carrying_out.claim(asked.pk, LATER)
    carrying_out.claim(asked.pk, LATER + carrying_out.LEASE)

    carrying_out.carry_out(stale, LATER + carrying_out.LEASE)

    asked.refresh_from_db()
    assert asked.plan == ""
    assert house["log"] == []


@pytest.mark.clause("C152", "B85")
def test_afterwards_no_row_no_session_and_no_readable_key_is_left(asked, merchant):
    codes.send(purpose="sign_in", phone="13800138000", bound_to="b", address="203.0.113.7")
    erasure.run(erasure_id=asked.pk, now=LATER)

    keys_left = DataKey.objects.filter(person=asked.person, destroyed_at=None)
    assert not Person.objects.filter(pk=asked.person).exists()
    assert not Session.objects.of_person(asked.person).exists()
    assert not Challenge.objects.exists()
    assert not keys_left.exists()


def test_an_empty_registry_is_a_fault_and_never_an_erasure(asked, monkeypatch):
    monkeypatch.setattr(registry, "_registered", {})

    with pytest.raises(erasure.PlanBroken):
        erasure.run(erasure_id=asked.pk, now=LATER)

    asked.refresh_from_db()
    assert asked.state == "running"


def test_it_can_be_taken_back_until_it_starts(asked, merchant, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        erasure.cancel(erasure=asked, by=merchant, now=SUNDAY)

    merchant.refresh_from_db()
    assert merchant.state == "open"
    assert merchant.phone.clear == "13800138000"
    assert DataKey.objects.get(person=asked.pk).destroyed_at is not None
    assert erasure.due(LATER) == []


def test_it_cannot_be_taken_back_once_it_has_started(asked, merchant):
    erasure.run(erasure_id=asked.pk, now=LATER)
    asked.refresh_from_db()

    with pytest.raises(erasure.AlreadyStarted):
        erasure.cancel(erasure=asked, by=merchant, now=LATER)


def test_after_taking_it_back_one_can_ask_again(asked, merchant):
    erasure.cancel(erasure=asked, by=merchant, now=SUNDAY)
    merchant.refresh_from_db()

    again = erasure.request(person=merchant, now=SUNDAY)

    assert again.pk != asked.pk
    assert again.code != asked.code


def test_operations_can_start_it_before_its_time(asked, ops):
    erasure.start_now(erasure=asked, by=ops, now=SUNDAY)
    erasure.run(erasure_id=asked.pk, now=SUNDAY)

    asked.refresh_from_db()
    hastened = LedgerEntry.objects.get(verb="erasure_hastened")
    assert asked.state == "completed"
    assert hastened.actor == ops.pk


def test_a_cancelled_one_cannot_be_started(asked, merchant, ops):
    erasure.cancel(erasure=asked, by=merchant, now=SUNDAY)

    with pytest.raises(erasure.AlreadyStopped):
        erasure.start_now(erasure=asked, by=ops, now=SUNDAY)


def test_an_erasure_nobody_asked_for_does_not_exist(db):
    with pytest.raises(Erasure.DoesNotExist):
        erasure.run(erasure_id=uuid4())


def test_a_state_cannot_be_skipped(asked):
    with pytest.raises(MoveRefused):
        move(asked, "completed", by=None)
