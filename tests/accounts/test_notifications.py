"""Text messages about events: once each, to who is still there and wants them, whatever dies."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import tasks
from accounts.actions import erasure, housekeeping, notifications
from accounts.actions.erasure import carrying_out
from accounts.clocks import TERMS, Clock
from accounts.kinds import Kind, register, registered
from accounts.models import LedgerEntry, Notification, NotificationChoice, Person
from accounts.notification_holder import Notifications
from accounts.personal.holders import Fate
from accounts.ports import sms
from accounts.states import NotificationState
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import messages
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db

PAGE = "/me/settings/notifications/"
APPROVED, INCIDENT, SUBMITTED = "application_approved", "incident", "application_submitted"
SOON = timedelta(seconds=1)


def tell(person, kind=APPROVED, about="one", **more):
    with transaction.atomic():
        notifications.tell(person=person.pk, kind=kind, about=about, **more)
    return Notification.objects.get(person=person.pk, kind=kind, about=about)


def send(row, now=None):
    return notifications.send(notification_id=row.pk, now=now or row.due_at + SOON)


def fail(*_args, **_more):
    raise sms.SmsFailed("gateway down")


def test_an_event_is_told_once_however_often_it_is_noticed(merchant):
    for _ in range(2):
        row = tell(merchant)
    for _ in range(2):
        send(row)

    assert [one["phone"] for one in messages()] == ["13800138000"]
    row.refresh_from_db()
    assert (row.state, row.due_at) == (NotificationState.SENT, None)


def test_the_ledger_holds_the_kind_and_the_row_and_nothing_of_the_person(merchant):
    row = tell(merchant)
    send(row)

    (entry,) = LedgerEntry.objects.filter(stream=str(merchant.pk), verb="moved")
    assert f'"id":"{row.pk}"' in entry.body
    assert f'"note":"{APPROVED}"' in entry.body
    assert "13800138000" not in entry.body


@pytest.mark.parametrize("kind", sorted(registered()))
def test_a_text_says_what_happened_and_where_to_look_and_nothing_else(kind, settings):
    settings.PORTAL_URL = "https://portal.example"
    found = registered()[kind]
    words = found.words.replace(settings.OPERATOR_HOTLINE, "")

    if found.text:
        assert found.words.startswith("【51车商家端】")
        assert "https://portal.example" in words or "拨打" in words
        assert not re.search(r"\d{4}|原因|姓名|证件|账户", words)
        assert len(found.words.replace("https://portal.example", "")) <= 70


def test_the_number_is_read_when_the_text_goes_out(merchant):
    row = tell(merchant)
    merchant.phone = "13800138001"
    merchant.save(update_fields=["phone"])

    send(row)

    assert [one["phone"] for one in messages()] == ["13800138001"]


def test_a_number_the_account_had_before_is_kept_sealed_until_it_is_told(merchant):
    row = tell(merchant, "phone_changed", number="13700137000")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM accounts_notification")
        raw = bytes(cursor.fetchone()[0])

    send(row)

    assert b"13700137000" not in raw
    assert [one["phone"] for one in messages()] == ["13700137000"]
    row.refresh_from_db()
    assert row.number is None


def test_nothing_goes_to_somebody_who_is_being_erased_or_gone(merchant):
    row = tell(merchant, INCIDENT)
    nobody = Notification.objects.create(person=uuid4(), kind=INCIDENT, about="one")
    asked = erasure.request(person=merchant)
    carrying_out.claim(asked.pk, asked.starts_at)
    before = len(messages())

    send(row)
    send(nobody)

    assert len(messages()) == before
    assert not Notification.objects.exists()


def test_who_may_still_take_the_deactivation_back_is_told(merchant):
    row = tell(merchant, INCIDENT)
    erasure.request(person=merchant)

    send(row)

    assert len(messages()) == 1


def test_a_gateway_that_fails_is_tried_again_ever_later_and_given_up_after_a_week(
    merchant, monkeypatch
):
    row = tell(merchant)
    at = row.created_at + SOON
    waits = []
    monkeypatch.setattr(sms, "send", fail)
    for _ in range(3):
        send(row, at)
        row.refresh_from_db()
        waits.append(row.due_at - at)
        at = row.due_at
    notifications.send(notification_id=row.pk, now=row.created_at + timedelta(days=8))

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    row.refresh_from_db()
    assert row.state == NotificationState.FAILED
    assert notifications.PATIENCE == timedelta(days=7)


def test_one_failure_ends_a_sweep_and_the_next_one_goes_past_it(merchant, stranger, monkeypatch):
    for person in (merchant, stranger):
        tell(person)
    at = timezone.now() + SOON
    with monkeypatch.context() as away:
        away.setattr(sms, "send", fail)
        notifications.send_due(now=at)
    tried = sorted(Notification.objects.values_list("attempts", flat=True))
    notifications.send_due(now=at)

    assert tried == [0, 1]
    assert len(messages()) == 1


def test_a_sweep_sends_no_more_than_its_share(merchant):
    for about in ("one", "two", "three"):
        tell(merchant, about=about)

    notifications.send_due(now=timezone.now() + SOON, most=2)

    assert len(messages()) == 2


def test_a_sender_killed_half_way_leaves_it_to_the_next_one_under_the_same_key(
    merchant, monkeypatch
):
    row = tell(merchant)
    at, keys = row.due_at + SOON, []

    def killed(_phone, _text, *, key):
        keys.append(key)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(sms, "send", killed)
        for later in (timedelta(0), notifications.LEASE):
            with pytest.raises(KeyboardInterrupt):
                send(row, at + later)
        send(row, at + SOON)

    assert keys == [str(row.pk)] * 2
    assert send(row, at + 2 * notifications.LEASE)
    assert len(messages()) == 1


def test_an_account_erased_while_the_text_went_out_leaves_no_record(merchant, monkeypatch):
    row = tell(merchant)

    def erased_meanwhile(*_args, **_more):
        notifications.forget(merchant.pk)

    monkeypatch.setattr(sms, "send", erased_meanwhile)
    send(row)

    assert not Notification.objects.exists()
    assert not LedgerEntry.objects.filter(verb="moved").exists()


def test_the_database_refuses_a_second_row_for_one_event_and_a_number_after_it_is_over(merchant):
    row = tell(merchant)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(person=merchant.pk, kind=APPROVED, about="one")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.filter(pk=row.pk).update(due_at=None)


def test_a_kind_switched_off_is_not_sent_even_when_it_waits_already(merchant):
    waiting = tell(merchant)

    notifications.switch(by=merchant, kind=APPROVED, is_on=False)
    send(waiting)

    waiting.refresh_from_db()
    assert messages() == []
    assert waiting.state == NotificationState.OFF


def test_a_kind_that_starts_off_is_sent_to_whoever_switched_it_on(merchant, stranger):
    notifications.switch(by=merchant, kind=SUBMITTED, is_on=True)

    for person in (merchant, stranger):
        send(tell(person, SUBMITTED))

    assert [one["phone"] for one in messages()] == ["13800138000"]


def test_what_must_be_told_cannot_be_switched_off(merchant):
    with pytest.raises(notifications.MustBeTold):
        notifications.switch(by=merchant, kind=INCIDENT, is_on=False)

    forged = browser_of(merchant, "MerchantBackend").post(PAGE, {"kind": INCIDENT, "is_on": "off"})
    assert forged.status_code == 400
    assert not NotificationChoice.objects.exists()


def test_a_switch_is_ledgered_once_and_not_when_nothing_changes(merchant):
    for is_on in (False, False, True, True):
        notifications.switch(by=merchant, kind=APPROVED, is_on=is_on)

    told = LedgerEntry.objects.filter(verb="notification_switched").order_by("seq")
    assert [entry.body for entry in told] == [
        f'{{"is_on":{word},"kind":"{APPROVED}"}}' for word in ("false", "true")
    ]


@pytest.mark.clause("B19")
def test_the_settings_list_every_kind_and_switch_each_with_one_tap(merchant):
    browser = browser_of(merchant, "MerchantBackend")

    text = browser.get(PAGE).content.decode()
    done = browser.post(PAGE, {"kind": APPROVED, "is_on": "off"}, follow=True)
    send(tell(merchant))

    for kind in registered().values():
        assert kind.label in text
        assert kind.purpose in text
        assert not kind.always or f"不能关闭：{kind.always}" in text
        assert (f'value="{kind.code}"' in text) == (not kind.always)
    assert 'href="/me/consents/"' in text
    assert PAGE in browser.get("/me/settings/").content.decode()
    assert "已关闭：申请已通过" in done.content.decode()
    assert messages() == []


def test_a_stranger_is_asked_to_sign_in_and_staff_have_no_such_page(reviewer):
    assert Client().get(PAGE).status_code == 302
    assert browser_of(reviewer, "StaffBackend").get(PAGE).status_code == 403


def test_the_page_costs_the_same_whatever_was_chosen(merchant):
    browser = browser_of(merchant, "MerchantBackend")
    notifications.switch(by=merchant, kind=APPROVED, is_on=False)
    with CaptureQueriesContext(connection) as of_one:
        browser.get(PAGE)
    for kind in (SUBMITTED, "application_sent_back", "agreement"):
        notifications.switch(by=merchant, kind=kind, is_on=kind == SUBMITTED)
    with CaptureQueriesContext(connection) as of_four:
        browser.get(PAGE)

    assert len(of_four) == len(of_one) <= 4


def test_choices_and_records_are_listed_exported_and_erased(merchant):
    notifications.switch(by=merchant, kind=APPROVED, is_on=False)
    tell(merchant, "phone_changed", number="13700137000")
    holder = Notifications()

    held = {line.label: line.count for line in holder.inventory(merchant.pk)}
    exported: Any = holder.export(merchant.pk)
    outcome = holder.erase(merchant.pk, uuid4())

    assert held == {"原来的手机号": 1, "短信通知的设置": 1, "短信通知的记录": 1}
    assert exported["settings"] == [{"通知": "申请已通过", "接收": False}]
    assert exported["notifications"][0]["原来的手机号"] == "13700137000"
    assert (outcome.fate, outcome.count) == (Fate.ERASED, 2)
    assert holder.inventory(merchant.pk) == []


def test_a_record_goes_half_a_year_after_and_one_that_waits_stays(merchant):
    over, waiting = tell(merchant), tell(merchant, about="two")
    send(over)
    kept = timedelta(days=TERMS[Clock.NOTIFICATIONS].amount)

    early = housekeeping.clean_up(now=over.created_at + kept - SOON)
    late = housekeeping.clean_up(now=over.created_at + kept)

    assert (early["notifications"], late["notifications"]) == (0, 1)
    assert [row.pk for row in Notification.objects.all()] == [waiting.pk]


@pytest.mark.django_db(transaction=True)
def test_the_message_goes_after_commit_and_the_sweep_finds_what_it_missed(merchant, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.send_notification, "delay", lambda **ids: sent.append(ids))

    with transaction.atomic():
        notifications.tell(person=merchant.pk, kind=APPROVED, about="one")
        assert sent == []
    tasks.sweep_notifications()

    assert sent == [{"notification_id": str(Notification.objects.get().pk)}]
    assert len(messages()) == 1


def test_a_code_stands_for_one_kind():
    with pytest.raises(ValueError, match="twice"):
        register(Kind(code=APPROVED, label="另一种", purpose="别的"))


def test_what_concerns_one_person_goes_before_what_concerns_everybody(merchant, stranger):
    at = timezone.now()
    notifications.tell_many(people=[merchant.pk], kind=INCIDENT, about="all", now=at - SOON)
    tell(stranger)

    notifications.send_due(now=at + SOON, most=1)

    assert [one["phone"] for one in messages()] == ["13900139000"]


def test_a_kind_given_up_by_a_later_release_stands_in_nobodys_way(merchant):
    given_up = Notification.objects.create(person=merchant.pk, kind="given_up", about="one")
    tell(merchant)

    notifications.send_due(now=timezone.now() + SOON)

    given_up.refresh_from_db()
    assert given_up.state == NotificationState.OFF
    assert len(messages()) == 1


def test_many_are_told_at_once_and_nobody_twice(merchant, stranger):
    people, at = [merchant.pk, stranger.pk], timezone.now()
    tell(merchant, INCIDENT)
    with CaptureQueriesContext(connection) as queries:
        notifications.tell_many(people=people, kind=INCIDENT, about="one", now=at)

    assert Notification.objects.filter(kind=INCIDENT).count() == Person.objects.count() == 2
    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_text(merchant):
    row = tell(merchant)
    at = row.due_at + SOON

    at_once(*[lambda: send(row, at) for _ in range(3)])

    assert len(messages()) == 1
    assert LedgerEntry.objects.filter(verb="moved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_noticed_twice_at_once_is_told_once(merchant):
    at_once(*[lambda: tell(merchant) for _ in range(3)])

    assert Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_erasure_at_the_moment_of_sending_leaves_no_record(merchant):
    row = tell(merchant)
    asked = erasure.request(person=merchant)

    at_once(
        lambda: send(row, asked.starts_at),
        lambda: erasure.run(erasure_id=asked.pk, now=asked.starts_at),
    )

    assert not Notification.objects.filter(person=merchant.pk).exists()
    assert not Person.objects.filter(pk=merchant.pk).exists()
