"""One-time codes: for signing in, deactivating, before sensitive acts, and to know a caller.

A code belongs to one number, one purpose and one browser session, works once, for ten minutes, and
survives five guesses. Nothing here asks whether the number has an account, so nothing can tell.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.addresses import prefix
from accounts.models import Challenge
from accounts.personal import open_system, seal_system
from accounts.personal.fields import keyed_hash
from accounts.ports import sms

LIFE: Final = timedelta(minutes=10)
ATTEMPTS: Final = 5
PAUSE: Final = timedelta(seconds=60)

# How many codes may go out: counted in rows, by number, by address and by the network around it.
LIMITS: Final = (
    ("number_hash", timedelta(hours=1), 5),
    ("number_hash", timedelta(days=1), 10),
    ("address_hash", timedelta(hours=1), 20),
    ("address_hash", timedelta(days=1), 60),
    ("network_hash", timedelta(hours=1), 200),
)

# Codes that are read out to our staff, who first say the phrase that stands beside the code.
SPOKEN: Final = frozenset({Challenge.Purpose.CALL, Challenge.Purpose.CALL_CLOSE})
SHOWN_PER_HOUR: Final = 10
# Plain things of two characters each: what nobody mishears.
THINGS: Final = (
    "青山白云春风夏荷秋叶冬雪朝霞晚灯长桥小舟远帆古道竹林麦田江南海港"
    "钟楼石板雨伞风筝茶壶毛笔琵琶算盘灯塔草原松树菊花白鹭红枫月亮星河"
)

REFUSALS: Final = {
    "wrong": "验证码不正确，还可以再试 {left} 次。",
    "expired": "验证码已过期，请重新获取。",
    "used": "验证码已使用过，请重新获取。",
    "exhausted": "验证码输错次数过多，请重新获取。",
}


class NotSent(Exception):
    """No code went out; the text is fit to show."""


class TooSoon(NotSent):
    """The last code to this number is younger than a minute."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"获取验证码过于频繁，请 {seconds} 秒后再试")
        self.seconds = seconds


class TooMany(NotSent):
    """This number or address had its share of codes."""

    def __init__(self) -> None:
        super().__init__("获取验证码次数过多，请稍后再试；急需办理请拨打客服电话")


class SenderDown(NotSent):
    """The text-message service did not take the message; asking again at once is fine."""

    def __init__(self) -> None:
        super().__init__("短信暂时发送失败，请稍后重新获取验证码")


class CodeRefused(Exception):
    """The code does not open this challenge; `reason` is wrong, expired, used or exhausted."""

    def __init__(self, reason: str, left: int = 0) -> None:
        super().__init__(REFUSALS[reason].format(left=left))
        self.reason, self.left = reason, left


def send(
    *, purpose: str, phone: str, bound_to: str, address: str, now: datetime | None = None
) -> Challenge:
    """Send a fresh code to `phone` for one purpose and the session `bound_to`.

    Raises TooSoon, TooMany or SenderDown, all NotSent. Must not be called inside a transaction:
    the message goes out only once its row is committed.
    """
    at = now or timezone.now()
    code = _random_code()
    challenge = _challenge(purpose, phone.strip(), bound_to, address, at)
    challenge.code_hash = _code_hash(challenge.pk, code)
    with transaction.atomic(durable=True):
        _queue_up(challenge)
        _refuse_too_many(challenge, at)
        Challenge.objects.open_at(at).filter(
            number_hash=challenge.number_hash, bound_hash=challenge.bound_hash, purpose=purpose
        ).update(expires_at=at, sealed_phone=None)
        challenge.save(force_insert=True)
    _deliver(challenge, phone, code)
    return challenge


@transaction.atomic
def show(*, phone: str, bound_to: str, now: datetime | None = None) -> tuple[Challenge, str]:
    """A code to read out from a page of the number's owner, instead of the one before it.

    Raises TooMany. Nothing is sent, so it does not count among the messages of the number.
    """
    at = now or timezone.now()
    purpose = Challenge.Purpose.CALL_PAGE
    code = _random_code()
    challenge = _challenge(purpose, phone, bound_to, "", at)
    challenge.address_hash = challenge.network_hash = ""
    challenge.code_hash = _code_hash(challenge.pk, code)
    mine = Challenge.objects.filter(purpose=purpose, number_hash=challenge.number_hash)
    if mine.filter(created_at__gt=at - timedelta(hours=1)).count() >= SHOWN_PER_HOUR:
        raise TooMany
    mine.open_at(at).update(expires_at=at, sealed_phone=None)
    challenge.save(force_insert=True)
    return challenge, code


def shown(*, phone: str, bound_to: str, now: datetime | None = None) -> UUID:
    """Which challenge a code from the page of this number's owner would open; a new id if none."""
    rows = Challenge.objects.open_at(now or timezone.now()).filter(
        purpose=Challenge.Purpose.CALL_PAGE,
        number_hash=number_hash(phone),
        bound_hash=keyed_hash("code.bound", bound_to),
    )
    return rows.values_list("pk", flat=True).first() or uuid4()


def phrase(challenge_id: UUID) -> str:
    """Two words that both ends of a call see with this code: who knows them is no stranger."""
    number, count = int(keyed_hash("code.phrase", str(challenge_id)), 16), len(THINGS) // 2
    places = (2 * (number % count), 2 * (number // count % count))
    return "".join(THINGS[place : place + 2] for place in places)


def check(
    *, challenge_id: UUID, code: str, purpose: str, bound_to: str, now: datetime | None = None
) -> str:
    """The phone number proven by `code`, spending the challenge. Raises CodeRefused.

    A challenge of another session or purpose is as unknown as one that never was. Must not be
    called inside a transaction, which could roll the counted guess back.
    """
    at = now or timezone.now()
    mine = Challenge.objects.filter(
        pk=challenge_id, purpose=purpose, bound_hash=keyed_hash("code.bound", bound_to)
    )
    with transaction.atomic(durable=True):
        guesses = mine.open_at(at).filter(attempts__lt=ATTEMPTS)
        counted = guesses.update(attempts=F("attempts") + 1)
        challenge = mine.first()
    if challenge is None:
        raise CodeRefused("expired")
    if not counted:
        raise CodeRefused(_why_closed(challenge, at))
    given = _code_hash(challenge.pk, code.strip())
    if not hmac.compare_digest(given, challenge.code_hash):
        raise _wrong(challenge)
    phone = open_system(_place(challenge.pk), bytes(challenge.sealed_phone or b"")).decode()
    if not mine.filter(used_at=None).update(used_at=at, sealed_phone=None):
        raise CodeRefused("used")
    return phone


def number_hash(phone: str) -> str:
    """Under which challenges of a number are counted."""
    return keyed_hash("code.number", phone)


def _random_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def _challenge(purpose: str, phone: str, bound_to: str, address: str, at: datetime) -> Challenge:
    key = uuid4()
    return Challenge(
        pk=key,
        purpose=Challenge.Purpose(purpose).value,
        number_hash=number_hash(phone),
        address_hash=keyed_hash("code.address", address),
        network_hash=keyed_hash("code.network", prefix(address)),
        bound_hash=keyed_hash("code.bound", bound_to),
        sealed_phone=seal_system(_place(key), phone.encode()),
        created_at=at,
        expires_at=at + LIFE,
    )


def _place(challenge_id: UUID) -> str:
    return f"accounts.Challenge.sealed_phone:{challenge_id}"


def _code_hash(challenge_id: UUID, code: str) -> str:
    return keyed_hash(f"code:{challenge_id}", code)


def _queue_up(challenge: Challenge) -> None:
    """Count and insert alone among requests of this number and network; SQLite is alone anyway."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name in sorted({challenge.number_hash, challenge.network_hash}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 52))", [name])


def _refuse_too_many(challenge: Challenge, at: datetime) -> None:
    # Another purpose need not wait: someone who just signed in may leave at once. The counts below
    # take all purposes together.
    same_number = Challenge.objects.filter(
        number_hash=challenge.number_hash, purpose=challenge.purpose
    )
    last = same_number.aggregate(last=Max("created_at"))["last"]
    if last is not None and at - last < PAUSE:
        raise TooSoon(max(1, int((last + PAUSE - at).total_seconds())))
    for column, window, limit in LIMITS:
        same = {column: getattr(challenge, column), "created_at__gt": at - window}
        if Challenge.objects.sent().filter(**same).count() >= limit:
            raise TooMany


def _deliver(challenge: Challenge, phone: str, code: str) -> None:
    try:
        sms.send(phone, _text(challenge, code))
    except sms.SmsFailed as failure:
        _forget_number(challenge)
        raise SenderDown from failure


def _text(challenge: Challenge, code: str) -> str:
    act = Challenge.Purpose(challenge.purpose).label
    minutes = int(LIFE.total_seconds() // 60)
    text = f"【51车商家端】验证码 {code}，用于{act}，{minutes} 分钟内有效。"
    if challenge.purpose in SPOKEN:
        # No browser must fill this one in anywhere: it is spoken.
        return (
            f"{text}客服先说出暗语“{phrase(challenge.pk)}”，您再念给对方。"
            "谈话会用文字记下，您在“我的-客服”能看到。没有联系过客服，请不要告诉任何人。"
        )
    # Bound to its origin (WICG): a browser fills the code in on this site alone.
    return f"{text}请勿告诉他人。\n@{urlsplit(settings.PORTAL_URL).hostname} #{code}"


def _forget_number(challenge: Challenge) -> None:
    """A code that nobody got must not make its number wait; whoever asked for it is counted."""
    Challenge.objects.filter(pk=challenge.pk).update(
        number_hash="", sealed_phone=None, expires_at=challenge.created_at
    )


def _why_closed(challenge: Challenge, at: datetime) -> str:
    if challenge.used_at is not None:
        return "used"
    return "expired" if challenge.expires_at <= at else "exhausted"


def _wrong(challenge: Challenge) -> CodeRefused:
    left = ATTEMPTS - challenge.attempts
    if left > 0:
        return CodeRefused("wrong", left)
    Challenge.objects.filter(pk=challenge.pk).update(sealed_phone=None)
    return CodeRefused("exhausted")
