"""Recording what came back: a few statements per batch, whatever its size, fenced by the lease."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import bulk
from accounts.transitions import move_many
from consent.courier import claim
from consent.courier.letters import Due
from consent.courier.send import Answer
from consent.models import Attempt, Delivery, DisclosureContent, Obligation, Partner, Receipt
from consent.protocol import opendsr
from consent.protocol.messages import Malformed, Mismatch
from consent.protocol.opendsr import Accepted
from consent.states import DeliveryState, ObligationState

# Full jitter up to these waits, then daily: nothing is ever given up.
RETRY_S = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000)
DAILY_S = 86400
# A person has to look: trying again will not help by itself.
NEEDS_ATTENTION = frozenset(
    {"redirect", "rejected", "unauthorised", "gone", "mismatch", "unreadable"}
)
GONE, TOO_MANY, TIMEOUT = 410, 429, 408


class LeaseLost(Exception):
    """Another courier holds the mailbox now; nothing of this batch was recorded."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means: `problem` is '' when the partner has the message.

    `accepted` is its 201 to an erasure, checked against what was sent.
    """

    answer: Answer
    problem: str
    accepted: Accepted | None = None

    @property
    def due(self) -> Due:
        """The delivery it is about."""
        return self.answer.letter.due


def judge(answer: Answer) -> Verdict:
    """Judge one answer. 2xx moves transport only; 404 and 410 never mean anything was deleted."""
    status, due = answer.status, answer.letter.due
    if status == 0:
        return Verdict(answer, "unreachable")
    if not 200 <= status < 300:
        return Verdict(answer, _problem(status))
    if due.disclosure:
        return Verdict(answer, "")
    if status != 201:
        return Verdict(answer, "unreadable")
    try:
        accepted = opendsr.parse_accepted(
            answer.body, subject_request_id=due.id, sent_sha256=answer.letter.sha256
        )
    except Mismatch:
        return Verdict(answer, "mismatch")
    except Malformed:
        return Verdict(answer, "unreadable")
    return Verdict(answer, "", accepted)


def _problem(status: int) -> str:
    if status in {TIMEOUT, TOO_MANY} or status >= 500:
        return "overloaded"
    if status == GONE:
        return "gone"
    if status in {401, 403}:
        return "unauthorised"
    return "redirect" if 300 <= status < 400 else "rejected"


def retry_at(attempts: int, problem: str, now: datetime, asked_s: int = 0) -> datetime:
    """When to try again after this many tries; not before a Retry-After, a day at most."""
    if problem in NEEDS_ATTENTION or attempts >= len(RETRY_S):
        return now + timedelta(seconds=DAILY_S)
    jitter = random.uniform(0.5, 1)  # noqa: S311 - it spreads load and guards nothing
    wait = jitter * RETRY_S[attempts]
    return now + timedelta(seconds=max(wait, min(asked_s, DAILY_S)))


@transaction.atomic
def record(lease: claim.Lease, answers: Sequence[Answer], gone: Sequence[Due]) -> bool:
    """Write down one batch; True when the partner answered at least once. Raises LeaseLost."""
    if not claim.holds(lease):
        raise LeaseLost
    now = timezone.now()
    stream = Partner.objects.get(pk=lease.partner_id).ledger_stream()
    by_problem: dict[str, list[Verdict]] = defaultdict(list)
    for answer in answers:
        verdict = judge(answer)
        by_problem[verdict.problem].append(verdict)
    _attempted([verdict for group in by_problem.values() for verdict in group], now)
    _delivered(by_problem.pop("", []), stream, now)
    for problem, group in by_problem.items():
        _try_again(problem, group, now)
    gone_ids = [due.id for due in gone]
    _move_deliveries(gone_ids, DeliveryState.CANCELLED, stream, now, note="content gone")
    DisclosureContent.objects.filter(disclosure__in=gone_ids).delete()
    return any(answer.status for answer in answers)


def _attempted(verdicts: Sequence[Verdict], now: datetime) -> None:
    bulk.insert(
        Attempt,
        [
            {
                "delivery_id": verdict.due.id,
                "at": now,
                "ms": verdict.answer.ms,
                "http_status": verdict.answer.status,
                "problem": verdict.problem,
                "request_sha256": verdict.answer.letter.sha256,
            }
            for verdict in verdicts
        ],
    )


def _move_deliveries(
    ids: Sequence[UUID], to: DeliveryState, stream: str, now: datetime, **fields: Any
) -> None:
    queued = DeliveryState.QUEUED
    move_many(Delivery, ids, queued, to, by=None, now=now, stream=stream, **fields)


def _delivered(verdicts: Sequence[Verdict], stream: str, now: datetime) -> None:
    _move_deliveries(
        [verdict.due.id for verdict in verdicts],
        DeliveryState.DELIVERED,
        stream,
        now,
        delivered_at=now,
        attempts=F("attempts") + 1,
        needs_attention=False,
        last_problem="",
    )
    shared = [verdict.due.disclosure for verdict in verdicts if verdict.due.disclosure]
    if shared:
        DisclosureContent.objects.filter(disclosure__in=shared).delete()
    _accepted([verdict for verdict in verdicts if verdict.accepted], stream, now)


def _accepted(verdicts: Sequence[Verdict], stream: str, now: datetime) -> None:
    """Keep each 201 as a receipt, without the echoed request, and move the outcome to accepted."""
    receipts = [
        {
            "obligation_id": verdict.due.id,
            "kind": Receipt.Kind.ACCEPTED,
            "outcome": ObligationState.ACCEPTED,
            "raw": verdict.accepted.received_time,
            "sha256": opendsr.request_sha256(verdict.answer.body),
            "message_id": str(verdict.due.id),
            "sent_at": 0,
            "signature": verdict.accepted.processor_signature or "",
            "key_id": "",
            "received_at": now,
        }
        for verdict in verdicts
        if verdict.accepted
    ]
    bulk.insert(Receipt, receipts, ignore_conflicts=True)
    # One that was moved meanwhile, by a callback faster than this, stays where it is.
    still_open, accepted = ObligationState.OPEN, ObligationState.ACCEPTED
    ids = [verdict.due.id for verdict in verdicts if verdict.due.outcome == still_open]
    move_many(Obligation, ids, still_open, accepted, by=None, now=now, stream=stream)


def _try_again(problem: str, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Keep them queued for later: one UPDATE per tries so far and wait asked, not per message."""
    alike: dict[tuple[int, int], list[UUID]] = defaultdict(list)
    for verdict in verdicts:
        alike[verdict.due.attempts, verdict.answer.retry_after_s].append(verdict.due.id)
    for (tries, asked_s), ids in alike.items():
        Delivery.objects.filter(pk__in=bulk.among(ids), state=DeliveryState.QUEUED).update(
            attempts=F("attempts") + 1,
            next_at=retry_at(tries, problem, now, asked_s),
            needs_attention=problem in NEEDS_ATTENTION,
            last_problem=problem,
        )
