"""Two at once: one runner does the work, and cancelling or starting wins, never both."""

import base64
import contextlib
import threading
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connections, transaction
from django.utils import timezone

from accounts import ledger, staff_sign_in
from accounts.actions import erasure
from accounts.models import DataKey, Erasure, Person
from accounts.personal import KeyGone, keys, seal_bytes
from accounts.personal.classes import Retention
from tests.accounts.drawers import verbs

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_of_two_runners_at_once_one_does_the_work(house, merchant):
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))

    _race(lambda: erasure.run(erasure_id=asked.pk), lambda: erasure.run(erasure_id=asked.pk))

    asked.refresh_from_db()
    assert house["log"] == ["partners", "papers"]
    assert asked.state == "completed"
    assert verbs(asked.person).count("erasure_planned") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_of_cancelling_and_starting_at_once_exactly_one_happens(house, merchant, _round):
    asked = erasure.request(person=merchant, now=timezone.now() - timedelta(days=2))
    cancelled = []

    def take_back():
        try:
            erasure.cancel(erasure=Erasure.objects.get(pk=asked.pk), by=merchant)
        except erasure.AlreadyStarted:
            return
        cancelled.append(True)

    _race(lambda: erasure.run(erasure_id=asked.pk), take_back)

    asked.refresh_from_db()
    assert asked.state == ("cancelled" if cancelled else "completed")
    assert Person.objects.filter(pk=merchant.pk).exists() == bool(cancelled)


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_writing_about_the_merchant_never_wait_for_each_other(house, merchant):
    asked = erasure.request(person=merchant)
    held, at_the_account = threading.Event(), threading.Event()

    def tell(execute, sql, *rest):
        if sql.startswith('UPDATE "accounts_person"'):
            at_the_account.set()
        return execute(sql, *rest)

    def write():
        with transaction.atomic():
            Person.objects.hold(merchant.pk)
            held.set()
            at_the_account.wait(timeout=1)
            ledger.append("tested", stream=merchant.pk)

    def take_back():
        held.wait(timeout=5)
        with connections["default"].execute_wrapper(tell):
            erasure.cancel(erasure=asked, by=merchant)

    _race(write, take_back)

    asked.refresh_from_db()
    assert asked.state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_a_key_minted_while_the_keys_are_destroyed_does_not_live(merchant):
    begun, minted, statements = threading.Event(), threading.Event(), []

    def pause_halfway(execute, sql, *rest):
        if "accounts_datakey" in sql:
            statements.append(sql)
        if len(statements) == 2:
            begun.set()
            minted.wait(timeout=1)
        return execute(sql, *rest)

    def destroy():
        with connections["vault"].execute_wrapper(pause_halfway):
            keys.destroy(merchant.pk)

    def mint():
        begun.wait(timeout=1)
        with contextlib.suppress(KeyGone):
            seal_bytes(person=merchant.pk, retention=Retention.PAPERS, context="x", plain=b"x")
        minted.set()

    _race(destroy, mint)

    assert not DataKey.objects.filter(person=merchant.pk, destroyed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_key_renewed_while_the_keys_are_destroyed_does_not_live(merchant):
    about_to_mint, destroyed = threading.Event(), threading.Event()

    def pause(execute, sql, *rest):
        if sql.startswith('INSERT INTO "accounts_datakey"'):
            about_to_mint.set()
            destroyed.wait(timeout=1)
        return execute(sql, *rest)

    def renew():
        with connections["vault"].execute_wrapper(pause):
            keys.renew(merchant.pk, Retention.ACCOUNT)

    def destroy():
        about_to_mint.wait(timeout=5)
        keys.destroy(merchant.pk)
        destroyed.set()

    _race(renew, destroy)

    assert not DataKey.objects.filter(person=merchant.pk, destroyed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_used_while_secrets_are_sealed_anew_stays_used(ops, settings):
    seed = RecoveryCodes.activate(ops).instance
    settings.KMS_KEYS = ["2:" + base64.b64encode(b"n" * 32).decode(), *settings.KMS_KEYS]
    about_to_save, used = threading.Event(), threading.Event()

    def pause(execute, sql, *rest):
        if sql.startswith('UPDATE "mfa_authenticator"'):
            about_to_save.set()
            used.wait(timeout=1)
        return execute(sql, *rest)

    def reseal():
        with connections["default"].execute_wrapper(pause):
            staff_sign_in.reseal_second_factors()

    def use():
        about_to_save.wait(timeout=5)
        seed.data["used_mask"] = 1
        seed.save()
        used.set()

    _race(reseal, use)

    assert Authenticator.objects.get().data["used_mask"] == 1


def _race(*acts):
    start = threading.Barrier(len(acts))
    failures = []

    def runner(act):
        start.wait()
        try:
            act()
        except Exception as failure:  # noqa: BLE001 - shown below, outside the thread
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=runner, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
