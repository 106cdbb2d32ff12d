"""Telling the merchant how it ended (policy 5.5.2), on a number kept for this one message.

The number is sealed under a key of the erasure itself, which is destroyed once the message is out.
"""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts import ledger
from accounts.models import DataKey, Erasure
from accounts.personal import KeyGone, keys, open_bytes, seal_bytes
from accounts.personal.classes import Retention
from accounts.ports import sms
from accounts.states import ErasureState

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=2)
RETRY: Final = timedelta(minutes=10)
PATIENCE: Final = timedelta(days=7)


def seal_phone(erasure_id: UUID, phone: str) -> bytes:
    """The number, readable until the reply is out."""
    return seal_bytes(
        person=erasure_id,
        retention=Retention.REPLY,
        context=_place(erasure_id),
        plain=phone.encode(),
    )


def reply(erasure_id: UUID, at: datetime) -> None:
    """Send the result once everything of ours is done; repeated until sent, or for seven days."""
    token = uuid4()
    waiting = Erasure.objects.filter(pk=erasure_id, replied_at=None).exclude(local_done_at=None)
    claim = {"lease_token": token, "lease_until": at + LEASE}
    if not waiting.unleased(at).update(**claim):
        return
    erasure = Erasure.objects.get(pk=erasure_id)
    verb = _send(erasure, at)
    if verb is None:
        waiting.filter(lease_token=token).update(lease_token=None, lease_until=at + RETRY)
        return
    forget(erasure_id)
    with transaction.atomic():
        free = {"lease_token": None, "lease_until": None}
        mine = waiting.filter(lease_token=token)
        if mine.update(replied_at=at, sealed_phone=None, **free):
            body = {"erasure": str(erasure_id)}
            ledger.append(verb, stream=erasure.person, body=body, now=at)


def forget(erasure_id: UUID) -> None:
    """Destroy the key the number is sealed under."""
    keys.destroy(erasure_id, [Retention.REPLY])


def forget_spent() -> int:
    """Destroy reply keys whose erasure needs no reply any more, should a crash have left one."""
    live = DataKey.objects.filter(retention=Retention.REPLY, destroyed_at=None)
    spent = Erasure.objects.filter(pk__in=list(live.values_list("person", flat=True))).filter(
        ~Q(replied_at=None) | Q(state=ErasureState.CANCELLED)
    )
    return sum(keys.destroy(pk, [Retention.REPLY]) for pk in spent.values_list("pk", flat=True))


def _send(erasure: Erasure, at: datetime) -> str | None:
    """The verb for the ledger: replied, or reply_failed for good; None to try again later."""
    try:
        phone = _open_phone(erasure)
    except KeyGone:
        # The key dies only after the message went out.
        return "replied"
    if phone is None:
        return "reply_failed"
    try:
        sms.send(phone, _text(erasure))
    except sms.SmsFailed:
        logger.warning("reply of erasure %s was not sent", erasure.pk)
        gave_up = at - (erasure.local_done_at or at) > PATIENCE
        return "reply_failed" if gave_up else None
    return "replied"


def _open_phone(erasure: Erasure) -> str | None:
    if erasure.sealed_phone is None:
        return None
    return open_bytes(
        person=erasure.pk,
        retention=Retention.REPLY,
        context=_place(erasure.pk),
        sealed=bytes(erasure.sealed_phone),
    ).decode()


def _text(erasure: Erasure) -> str:
    done = erasure.state == ErasureState.COMPLETED
    rest = "全部处理完毕" if done else "合作方仍在处理"
    link = f"{settings.PORTAL_URL}/receipt/{erasure.code}/"
    return f"【51车商家端】您的账号已注销，本平台的个人信息已处理完毕，{rest}。回执 {link}"


def _place(erasure_id: UUID) -> str:
    return f"accounts.Erasure.sealed_phone:{erasure_id}"
