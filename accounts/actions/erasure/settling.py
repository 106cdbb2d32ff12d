"""When an erasure is complete: our frozen plan carried out, and every partner's answer proven."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import certificate, ledger, signing
from accounts.certificate import HolderResult, PartnerResult, Payload
from accounts.certificate_schema import a_line
from accounts.models import Certificate, Erasure
from accounts.personal import holders as registry
from accounts.personal.holders import FollowUp
from accounts.states import ErasureState, StepState
from accounts.transitions import MoveRefused, move


class PlanBroken(Exception):
    """What was carried out, or waits outside, is not what was planned: nobody may say done."""


def followups(erasure_id: UUID) -> list[FollowUp]:
    """Everything outside this erasure waits for, of all holders."""
    return [found for holder in registry.upward() for found in holder.followups(erasure_id)]


def settle(*, erasure_id: UUID, now: datetime | None = None) -> bool:
    """Complete the erasure if nothing is missing any more; says whether it did so now.

    To be called whenever something it waits for may have closed; the sweep calls it too.
    """
    at = now or timezone.now()
    with transaction.atomic():
        erasure = Erasure.objects.get(pk=erasure_id)
        if erasure.state != ErasureState.AWAITING:
            return False
        outside = followups(erasure_id)
        if not all(is_proven(found) for found in outside):
            return False
        refuse_broken_plan(erasure)
        _refuse_lost(erasure, outside)
        head = ledger.head(erasure.person)
        try:
            move(
                erasure, ErasureState.COMPLETED, by=None, now=at, completed_at=at, ledger_head=head
            )
        except MoveRefused:
            return False
        certify(erasure, outside, at)
    return True


def is_proven(found: FollowUp) -> bool:
    """Closed, and with evidence: an answer without proof closes nothing."""
    return found.is_closed and found.closed_at is not None and bool(found.evidence_sha256)


def refuse_broken_plan(erasure: Erasure) -> None:
    """Raise PlanBroken unless every step of the frozen plan is there and done, and nothing else."""
    text = erasure.plan
    if not text or hashlib.sha256(text.encode()).hexdigest() != erasure.plan_sha256:
        raise PlanBroken(f"{erasure.pk}: the plan is not the frozen one")
    planned = [entry["holder"] for entry in json.loads(text)["holders"]]
    steps = list(erasure.steps.values_list("holder", "state"))
    if not planned or [holder for holder, _state in steps] != planned:
        raise PlanBroken(f"{erasure.pk}: the steps are not the planned ones")
    if any(state != StepState.DONE for _holder, state in steps):
        raise PlanBroken(f"{erasure.pk}: a step is not done")


def _refuse_lost(erasure: Erasure, outside: list[FollowUp]) -> None:
    if not erasure.awaited:
        raise PlanBroken(f"{erasure.pk}: what it awaits was never stated")
    lost = set(json.loads(erasure.awaited)) - {found.key for found in outside}
    if lost:
        raise PlanBroken(f"{erasure.pk}: {len(lost)} awaited answers have disappeared")


def certify(erasure: Erasure, outside: list[FollowUp], at: datetime) -> Certificate:
    """Sign and keep the certificate of the present state, final once completed. Repeatable."""
    is_final = erasure.state == ErasureState.COMPLETED
    payload = Payload(
        receipt_code=erasure.code,
        issuer=settings.OPERATOR_NAME,
        requested_at=erasure.requested_at,
        due_at=erasure.due_at,
        completed_at=erasure.completed_at,
        final=is_final,
        holders=_holder_results(erasure),
        partners=[_partner_result(found) for found in outside],
        plan_sha256=erasure.plan_sha256,
        ledger_head=erasure.ledger_head,
    )
    made, _is_new = Certificate.objects.get_or_create(
        erasure=erasure,
        is_final=is_final,
        defaults={"file": certificate.issue(payload, key=signing.key()), "issued_at": at},
    )
    return made


def _holder_results(erasure: Erasure) -> list[HolderResult]:
    return [
        HolderResult(
            name=step.holder,
            label=step.label,
            outcome=step.outcome,
            count=step.count,
            law=step.law,
            until=step.until,
        )
        for step in erasure.steps.all()
    ]


def _partner_result(found: FollowUp) -> PartnerResult:
    proven = is_proven(found)
    return PartnerResult(
        # Somebody typed it once: whatever it holds, it must not hold the erasure up.
        label=a_line(found.label),
        outcome=found.outcome,
        transport=found.transport,
        closed_at=found.closed_at if proven else None,
        evidence_sha256=found.evidence_sha256 if proven else None,
    )
