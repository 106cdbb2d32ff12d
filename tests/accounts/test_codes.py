"""One-time codes: single use, bound, counted, limited; the same for every number."""

import logging
import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import codes
from accounts.models import Challenge, OutboxMessage
from accounts.personal import open_system
from accounts.ports import sms
from tests.accounts.inbox import last_code

pytestmark = pytest.mark.django_db

PHONE = "13700137000"


def ask(phone=PHONE, *, purpose="sign_in", bound_to="browser", address="203.0.113.7", now=None):
    return codes.send(purpose=purpose, phone=phone, bound_to=bound_to, address=address, now=now)


def enter(challenge, code, *, purpose="sign_in", bound_to="browser", now=None):
    return codes.check(
        challenge_id=challenge.pk, code=code, purpose=purpose, bound_to=bound_to, now=now
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def refusal(challenge, code, **how):
    with pytest.raises(codes.CodeRefused) as refused:
        enter(challenge, code, **how)
    return refused.value.reason, refused.value.left


@pytest.mark.clause("C31", "C64")
def test_the_code_sent_proves_the_number():
    challenge = ask()

    assert enter(challenge, f" {last_code()} ") == PHONE


def test_a_code_has_six_digits_and_its_message_names_the_act():
    ask(purpose="deactivate")

    message = OutboxMessage.objects.get()
    text = open_system(sms.OUTBOX_CONTEXT, bytes(message.sealed)).decode()

    assert re.search(r"验证码 \d{6}，用于注销账号，10 分钟内有效", text)


def test_a_code_works_once():
    challenge = ask()
    code = last_code()
    enter(challenge, code)

    assert refusal(challenge, code) == ("used", 0)


def test_a_code_is_refused_after_ten_minutes():
    challenge = ask()

    late = challenge.created_at + timedelta(minutes=10)

    assert refusal(challenge, last_code(), now=late) == ("expired", 0)


@pytest.mark.clause("C85")
def test_wrong_guesses_are_counted_and_the_fifth_closes_the_challenge():
    challenge = ask()
    code = last_code()

    answers = [refusal(challenge, wrong(code)) for _ in range(5)]

    assert answers == [("wrong", 4), ("wrong", 3), ("wrong", 2), ("wrong", 1), ("exhausted", 0)]
    assert refusal(challenge, code) == ("exhausted", 0)


@pytest.mark.parametrize("elsewhere", [{"bound_to": "other"}, {"purpose": "deactivate"}])
def test_a_code_is_unknown_to_another_browser_and_another_act(elsewhere):
    challenge = ask()
    code = last_code()

    assert refusal(challenge, code, **elsewhere) == ("expired", 0)
    assert enter(challenge, code) == PHONE


def test_a_new_code_closes_the_one_before_it():
    now = timezone.now()
    first = ask(now=now - timedelta(seconds=61))
    old = last_code()
    second = ask(now=now)

    assert refusal(first, old) == ("expired", 0)
    assert enter(second, last_code()) == PHONE


def test_a_number_gets_one_code_a_minute():
    now = timezone.now()
    ask(now=now)

    with pytest.raises(codes.TooSoon) as refused:
        ask(bound_to="another browser", address="198.51.100.1", now=now + timedelta(seconds=18))

    assert refused.value.seconds == 42


@pytest.mark.parametrize(("gap", "allowed"), [(61, 5), (3000, 10)])
def test_a_number_gets_five_codes_an_hour_and_ten_a_day(gap, allowed):
    start = timezone.now() - timedelta(days=1)
    for n in range(allowed):
        ask(address=f"198.51.{n}.1", now=start + timedelta(seconds=gap * n))

    with pytest.raises(codes.TooMany):
        ask(address="192.0.2.1", now=start + timedelta(seconds=gap * allowed))


@pytest.mark.clause("C85")
def test_an_address_gets_twenty_codes_an_hour_whatever_the_numbers():
    for n in range(20):
        ask(phone=f"137001370{n:02d}")

    with pytest.raises(codes.TooMany):
        ask(phone="13700137099")
    ask(phone="13700137098", address="198.51.100.1")


def test_an_address_is_counted_again_after_an_hour():
    earlier = timezone.now() - timedelta(minutes=61)
    for n in range(20):
        ask(phone=f"137001370{n:02d}", now=earlier)

    assert ask(phone="13700137099").pk


def test_a_known_and_an_unknown_number_cost_the_same_queries(merchant):
    with CaptureQueriesContext(connection) as known:
        ask(phone="13800138000")
    with CaptureQueriesContext(connection) as unknown:
        ask(phone="13700137000")

    assert len(known) == len(unknown)


@pytest.fixture
def failing_sender(monkeypatch):
    def refuse(_phone, _text, _key):
        raise sms.SmsFailed

    with monkeypatch.context() as wire:
        wire.setitem(sms.SENDERS, "outbox", refuse)
        yield wire


def test_a_sender_that_fails_leaves_no_number_and_lets_the_user_ask_again(failing_sender):
    with pytest.raises(codes.SenderDown):
        ask()
    failing_sender.undo()

    left = Challenge.objects.get()
    assert (left.number_hash, left.sealed_phone) == ("", None)
    assert ask().pk


def test_what_a_failing_sender_was_asked_for_still_counts_for_the_address(failing_sender):
    for n in range(20):
        with pytest.raises(codes.SenderDown):
            ask(phone=f"137001370{n:02d}")

    with pytest.raises(codes.TooMany):
        ask(phone="13700137099")


def test_nothing_stored_or_logged_holds_the_number_or_the_code(caplog):
    caplog.set_level(logging.DEBUG)

    challenge = ask()
    code = last_code()
    enter(challenge, code)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_challenge")
        stored = repr(cursor.fetchall())
    for place in (stored, caplog.text):
        assert PHONE not in place
        assert code not in place


def test_the_number_goes_with_the_challenge_once_it_is_spent():
    challenge = ask()
    enter(challenge, last_code())

    challenge.refresh_from_db()

    assert challenge.sealed_phone is None


@pytest.mark.django_db(transaction=True)
def test_racing_guesses_never_exceed_five():
    challenge = ask()
    bad = wrong(last_code())

    reasons = _race(8, lambda: refusal(challenge, bad)[0])

    challenge.refresh_from_db()
    assert challenge.attempts == 5
    assert reasons.count("wrong") <= 4


@pytest.mark.django_db(transaction=True)
def test_the_right_code_entered_twice_at_once_opens_once():
    challenge = ask()
    code = last_code()

    def attempt():
        try:
            return enter(challenge, code)
        except codes.CodeRefused as refused:
            return refused.reason

    assert sorted(_race(2, attempt)) == [PHONE, "used"]


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_send_one_code():
    def attempt():
        try:
            ask()
        except codes.TooSoon:
            return "too soon"
        return "sent"

    assert sorted(_race(4, attempt)) == ["sent", "too soon", "too soon", "too soon"]


@pytest.mark.django_db(transaction=True)
def test_a_code_is_never_sent_or_checked_inside_a_transaction():
    challenge = ask()

    with transaction.atomic():
        with pytest.raises(RuntimeError):
            ask(phone="13700137001")
        with pytest.raises(RuntimeError):
            enter(challenge, "000000")


def _race(count, act):
    results = []
    start = threading.Barrier(count)

    def runner():
        start.wait()
        try:
            results.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=runner) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
