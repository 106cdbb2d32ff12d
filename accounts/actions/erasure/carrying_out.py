"""Carrying an erasure out: claim, freeze the plan, erase holder by holder, destroy the keys.

The row holds the lease. Every transaction first proves that the lease is still ours, so a runner
that was thought dead changes nothing; and what is planned is in the ledger before anything dies.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions.erasure import replying, settling
from accounts.actions.erasure.settling import PlanBroken
from accounts.models import Erasure, ErasureStep, Person, SealedRecord
from accounts.personal import holders as registry
from accounts.personal import keys
from accounts.personal.classes import Retention
from accounts.personal.holders import Outcome
from accounts.states import ErasureState, StepState
from accounts.transitions import MoveRefused, move

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
RETRY: Final = timedelta(minutes=1)
LOOK_AGAIN: Final = timedelta(minutes=10)


class LeaseLost(Exception):
    """Somebody else carries this erasure on."""


def run(*, erasure_id: UUID, now: datetime | None = None) -> None:
    """Do everything that can be done for an erasure now. Safe to call at any time and twice.

    Ends with our part done and the merchant told; partners still to answer are settled later.
    """
    erasure = claim(erasure_id, now or timezone.now())
    if erasure is not None:
        carry_out(erasure, now)
    try:
        settling.settle(erasure_id=erasure_id, now=now)
    finally:
        # A broken plan is ours to mend: the merchant hears of their part all the same.
        replying.reply(erasure_id, now or timezone.now())
        _look_again_later(erasure_id, now or timezone.now())


def carry_out(erasure: Erasure, now: datetime | None) -> None:
    try:
        _freeze_plan(erasure, now)
        for step in erasure.steps.filter(state=StepState.WAITING):
            _erase(erasure, step, now)
        _finish(erasure, now)
    except LeaseLost:
        logger.info("erasure %s is carried on by another runner", erasure.pk)
    except Exception:
        again = (now or timezone.now()) + RETRY
        _mine(erasure).update(lease_token=None, lease_until=again)
        raise


def claim(erasure_id: UUID, at: datetime) -> Erasure | None:
    """The erasure with a lease of ours, if it is due and nobody works on it."""
    lease: dict[str, Any] = {"lease_token": uuid4(), "lease_until": at + LEASE}
    with transaction.atomic():
        erasure = Erasure.objects.get(pk=erasure_id)
        if erasure.state == ErasureState.SCHEDULED and erasure.starts_at <= at:
            try:
                move(erasure, ErasureState.RUNNING, by=None, now=at, **lease)
            except MoveRefused:
                return None
            return erasure
        running = Erasure.objects.filter(pk=erasure_id, state=ErasureState.RUNNING)
        if not running.unleased(at).update(**lease):
            return None
        return Erasure.objects.get(pk=erasure_id)


def _mine(erasure: Erasure) -> Any:
    return Erasure.objects.filter(
        pk=erasure.pk, state=ErasureState.RUNNING, lease_token=erasure.lease_token
    )


def _fence(erasure: Erasure, now: datetime | None, **fields: object) -> datetime:
    """Prove the lease, renew it and lock the row for this transaction; raises LeaseLost."""
    at = now or timezone.now()
    if _mine(erasure).update(lease_until=at + LEASE, **fields) != 1:
        raise LeaseLost
    return at


def _freeze_plan(erasure: Erasure, now: datetime | None) -> None:
    """Fix which holders will be asked, in which order, and write it down before anything dies."""
    if erasure.plan:
        return
    holders = registry.downward()
    if not holders:
        raise PlanBroken("no holder is registered: an empty plan would erase nothing and say done")
    held = {h.name: sum(line.count for line in h.inventory(erasure.person)) for h in holders}
    erasure.plan = ledger.canonical(
        {
            "erasure": str(erasure.pk),
            "holders": [{"holder": h.name, "held": held[h.name]} for h in holders],
        }
    )
    erasure.plan_sha256 = hashlib.sha256(erasure.plan.encode()).hexdigest()
    with transaction.atomic():
        at = _fence(erasure, now, plan=erasure.plan, plan_sha256=erasure.plan_sha256)
        ErasureStep.objects.bulk_create(
            ErasureStep(erasure=erasure, position=position, holder=h.name, label=h.label)
            for position, h in enumerate(holders, start=1)
        )
        body = {"plan_sha256": erasure.plan_sha256, "steps": len(holders)}
        _write("erasure_planned", erasure, body, at)


def _erase(erasure: Erasure, step: ErasureStep, now: datetime | None) -> None:
    with transaction.atomic():
        at = _fence(erasure, now)
        # Held like by every writer about them; it may be gone, in a restored backup.
        Person.objects.select_for_update(no_key=True).filter(pk=erasure.person).first()
        outcome = registry.named(step.holder).erase(erasure.person, erasure.pk)
        move(step, StepState.DONE, by=None, now=at, done_at=at, **_result(outcome))
        body = {"holder": step.holder, "outcome": step.outcome, "count": step.count}
        sealed = {"law": step.law, "until": str(step.until)} if step.until else {}
        _write("erased", erasure, body | sealed, at)


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": outcome.fate.value,
        "count": outcome.count,
        "law": outcome.law,
        "until": outcome.until,
        "note": outcome.note,
    }


def _finish(erasure: Erasure, now: datetime | None) -> None:
    """Our last act: the keys die, who must still answer is fixed, a first certificate is made."""
    with transaction.atomic():
        at = _fence(erasure, now)
        settling.refuse_broken_plan(erasure)
        is_sealed = SealedRecord.objects.filter(person=erasure.person).exists()
        kept = {Retention.SEALED} if is_sealed else set()
        died = keys.destroy(erasure.person, [kind for kind in Retention if kind not in kept])
        _write("keys_destroyed", erasure, {"count": died}, at)
        outside = settling.followups(erasure.pk)
        awaited = ledger.canonical(sorted(found.key for found in outside))
        digest = hashlib.sha256(awaited.encode()).hexdigest()
        _write("erasure_awaits", erasure, {"count": len(outside), "sha256": digest}, at)
        move(
            erasure,
            ErasureState.AWAITING,
            by=None,
            now=at,
            local_done_at=at,
            awaited=awaited,
            ledger_head=ledger.head(erasure.person),
            lease_token=None,
            lease_until=None,
        )
        settling.certify(erasure, outside, at)


def _look_again_later(erasure_id: UUID, at: datetime) -> None:
    """The sweep need not ask every few seconds about an erasure that waits for partners."""
    waiting = Erasure.objects.filter(pk=erasure_id, state=ErasureState.AWAITING)
    waiting.unleased(at).update(lease_until=at + LOOK_AGAIN)


def _write(verb: str, erasure: Erasure, body: dict[str, object], at: datetime) -> None:
    ledger.append(verb, stream=erasure.person, body={"erasure": str(erasure.pk)} | body, now=at)
