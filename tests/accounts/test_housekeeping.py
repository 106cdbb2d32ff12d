"""What must not outlive its purpose, the signs of life, and the commands of operations."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import ledger, tasks
from accounts.actions import codes, erasure, housekeeping
from accounts.models import Challenge, DataKey, Erasure, OutboxMessage, Pulse, Session
from accounts.ports import sms
from tests.accounts.inbox import last_code
from tests.accounts.test_ledger import _without_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(db):
    return codes.send(purpose="sign_in", phone="13700137000", bound_to="b", address="203.0.113.7")


def test_a_number_is_forgotten_when_its_code_expires(challenge):
    before = housekeeping.clean_up(now=challenge.expires_at - timedelta(seconds=1))
    after = housekeeping.clean_up(now=challenge.expires_at)

    assert (before["numbers"], after["numbers"]) == (0, 1)
    assert Challenge.objects.get().sealed_phone is None


def test_a_challenge_is_forgotten_after_a_day_and_a_message_after_an_hour(challenge):
    soon = housekeeping.clean_up(now=timezone.now() + timedelta(minutes=59))
    hour = housekeeping.clean_up(now=timezone.now() + timedelta(hours=1))
    day = housekeeping.clean_up(now=timezone.now() + timedelta(hours=24))

    assert (soon["messages"], hour["messages"], day["codes"]) == (0, 1, 1)


def test_expired_sessions_are_removed(merchant_browser):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert housekeeping.clean_up()["sessions"] == 1


def test_a_session_of_nobody_is_removed_and_one_of_somebody_or_a_visitor_stays(merchant_browser):
    for key, person in (("left-behind", uuid4()), ("just-visiting", None)):
        end = timezone.now() + timedelta(days=1)
        Session.objects.create(session_key=key, person=person, expire_date=end)

    assert housekeeping.clean_up()["sessions"] == 1
    assert not Session.objects.filter(session_key="left-behind").exists()


def test_a_reply_key_left_by_a_crash_is_destroyed(merchant):
    asked = erasure.request(person=merchant)
    erasure.cancel(erasure=asked, by=merchant)

    gone = housekeeping.clean_up()["reply_keys"]

    assert gone == 1
    assert DataKey.objects.get(person=asked.pk).destroyed_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_pulse_is_signed_by_the_sender_for_beat_and_by_the_runner_for_the_worker():
    tasks.pulse.delay()
    sent = set(Pulse.objects.values_list("name", flat=True))
    tasks.pulse()
    ran = set(Pulse.objects.values_list("name", flat=True))

    assert (sent, ran) == ({"beat"}, {"beat", "worker"})


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file is never away")
@pytest.mark.django_db(transaction=True)
def test_beat_signs_again_after_its_database_was_away():
    tasks.pulse.delay()
    Pulse.objects.all().delete()
    connection.connection.close()  # as a restarted server does, without telling anybody

    tasks.pulse.delay()
    tasks.pulse.delay()

    assert Pulse.objects.filter(name="beat").exists()


def test_the_sweep_hands_what_is_due_to_a_worker(merchant, monkeypatch):
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))
    handed = []
    monkeypatch.setattr(tasks.run_erasure, "apply_async", lambda **how: handed.append(how))

    tasks.sweep_erasures()

    assert [how["kwargs"] for how in handed] == [{"erasure_id": str(asked.pk)}]


def test_tasks_carry_identifiers_only(merchant):
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    tasks.run_erasure(erasure_id=str(asked.pk))

    asked.refresh_from_db()
    assert asked.state == "completed"


def test_a_lost_broker_costs_no_erasure(merchant, monkeypatch, django_capture_on_commit_callbacks):
    def gone(**_):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.run_erasure, "delay", gone)
    with django_capture_on_commit_callbacks() as callbacks:
        asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    erasure.start_now(erasure=asked, by=None)

    assert erasure.due() == [asked.pk]
    assert callbacks == []


def test_housekeeping_and_checkpoint_run_as_tasks(challenge):
    tasks.housekeeping()
    tasks.checkpoint_ledger()

    assert ledger.verify() is None


def test_the_ledger_command_passes_an_untouched_ledger(capsys):
    ledger.append("tested", stream="a")

    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")

    assert "核验通过：1 条记录，1 个检查点" in capsys.readouterr().out


def test_the_ledger_command_names_the_first_broken_entry_and_fails():
    for number in range(3):
        ledger.append("tested", stream="a", body={"n": number})
    _without_triggers("UPDATE accounts_ledgerentry SET body='{}' WHERE stream='a' AND seq=2")

    with pytest.raises(CommandError, match="a 第 2 条") as failed:
        call_command("ledger", "verify")

    assert failed.value.returncode == 1


def test_the_keys_command_rewraps_every_key(merchant, stranger, settings, capsys):
    fresh = base64.b64encode(b"n" * 32).decode()
    settings.KMS_KEYS = [f"2:{fresh}", *settings.KMS_KEYS]

    call_command("keys", "rewrap")

    assert "重新包装了 2 个数据密钥" in capsys.readouterr().out
    assert set(DataKey.objects.values_list("kek_version", flat=True)) == {2}


def test_the_erasure_command_lists_starts_and_runs(merchant, capsys):
    asked = erasure.request(person=merchant)

    call_command("erasure", "list")
    call_command("erasure", "start", asked.code)
    call_command("erasure", "run")

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{asked.code}\t已申请\t0/0\t承诺 ")
    assert said[-1] == "处理了 1 条"
    assert Erasure.objects.get().state == "completed"


def test_the_erasure_command_knows_no_made_up_code(db):
    with pytest.raises(CommandError, match="没有这个回执编号"):
        call_command("erasure", "start", "x" * 27)


def test_an_unknown_sms_service_is_refused(settings):
    settings.SMS_URL = "pigeon://coop"

    with pytest.raises(ImproperlyConfigured, match="pigeon"):
        sms.sender()


def test_the_development_inbox_shows_the_code_and_masks_the_number(challenge):
    page = Client().get("/dev/outbox/").content.decode()

    assert f">{last_code()}<" in page
    assert "137****7000" in page
    assert "13700137000" not in page


def test_messages_are_stored_sealed(challenge):
    stored = bytes(OutboxMessage.objects.get().sealed)

    assert b"13700137000" not in stored
    assert last_code().encode() not in stored
