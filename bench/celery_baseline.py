"""The courier's rival, written well: one Celery task per delivery over a pooled requests.Session.

It records the same attempt, receipt and states in one transaction, and is spared the ledger.
"""

import os
import time
from functools import cache
from typing import Any
from uuid import UUID

import django
import requests
from celery import Celery
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from consent.courier import letters  # noqa: E402 - models need the line above
from consent.models import Attempt, Delivery, Obligation, Partner, Receipt  # noqa: E402 - as above
from consent.protocol import opendsr  # noqa: E402 - as above
from consent.protocol.webhooks import Signer  # noqa: E402 - as above
from consent.states import DeliveryState, ObligationState  # noqa: E402 - as above

app = Celery("bench", broker=settings.CELERY_BROKER_URL)
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=16,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    # Celery would open a database connection for every task; a well-written one keeps it.
    CELERY_DB_REUSE_MAX=1_000_000,
)


@cache
def _session() -> requests.Session:
    """One for each worker process: its connections are kept, no proxy is looked up each time."""
    session = requests.Session()
    session.trust_env = False
    return session


@cache
def _signer(partner_id: int) -> Signer:
    return letters.signer(Partner.objects.get(pk=partner_id))


@app.task(name="bench.deliver")
def deliver(*, delivery_id: str) -> None:
    """Load, sign, post, record."""
    delivery = Delivery.objects.select_related("partner", "obligation").get(pk=delivery_id)
    obligation, partner = delivery.obligation, delivery.partner
    if obligation is None or delivery.state != DeliveryState.QUEUED:
        return
    body = opendsr.erasure_body(
        subject_request_id=obligation.pk,
        identity=obligation.identity,
        submitted_at=obligation.asked_at,
        callback_url=letters.callback_url(partner),
        processor_domain=partner.domain,
    )
    signed = _signer(partner.pk).headers(delivery_id, body, timestamp=int(time.time()))
    began = time.perf_counter()
    answer = _session().post(
        partner.endpoint + letters.REQUESTS,
        data=body,
        headers={"Content-Type": "application/json"} | signed,
        timeout=(5, 20),
        allow_redirects=False,
    )
    ms = int((time.perf_counter() - began) * 1000)
    answer.raise_for_status()
    _record(obligation.pk, answer.content, opendsr.request_sha256(body), ms)


@transaction.atomic
def _record(pk: UUID, answer: bytes, sha256: str, ms: int) -> None:
    accepted = opendsr.parse_accepted(answer, subject_request_id=pk, sent_sha256=sha256)
    now = timezone.now()
    Attempt.objects.create(
        delivery_id=pk, at=now, ms=ms, http_status=201, problem="", request_sha256=sha256
    )
    Receipt.objects.create(
        obligation_id=pk,
        kind=Receipt.Kind.ACCEPTED,
        outcome=ObligationState.ACCEPTED,
        raw=accepted.received_time,
        sha256=opendsr.request_sha256(answer),
        message_id=str(pk),
        sent_at=0,
        signature=accepted.processor_signature or "",
        key_id="",
        received_at=now,
    )
    done: dict[str, Any] = {"attempts": F("attempts") + 1, "delivered_at": now}
    Delivery.objects.filter(pk=pk, state=DeliveryState.QUEUED).update(
        state=DeliveryState.DELIVERED, **done
    )
    Obligation.objects.filter(pk=pk, state=ObligationState.OPEN).update(
        state=ObligationState.ACCEPTED
    )
