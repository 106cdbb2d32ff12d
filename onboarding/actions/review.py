"""The reviewer's side. Of two judging at once one wins, and the other is told who did."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions import notifications
from accounts.actions import reveal as reveals
from accounts.models import Person
from accounts.transitions import move
from onboarding import kinds, permissions
from onboarding.actions import risk
from onboarding.actions.application import locked, missing
from onboarding.models import Application, Paper, Remark
from onboarding.states import ApplicationState


class AlreadyJudged(Exception):
    """Somebody was faster; `by` is who, None when the merchant took it back or changed it."""

    def __init__(self, by: Person | None, state: str) -> None:
        super().__init__(state)
        self.by, self.found = by, state

    @property
    def message_zh(self) -> str:
        """What the slower reviewer is told."""
        if self.by is None:
            return "商家已经撤回或重新提交了这份申请，请刷新后再看。"
        done = "通过" if self.found == ApplicationState.APPROVED else "退回修改"
        return f"这份申请已由 {self.by.username} 处理：{done}。您的操作没有生效。"


class NoLongerComplete(Exception):
    """A consent was withdrawn meanwhile, and what stood on it is gone."""


class OriginalsNotSeen(Exception):
    """Nobody said yet to have looked at the ID of a merchant who is checked in person."""


class NothingSentBack(Exception):
    """An application was about to be sent back without saying what to change."""


def _awaited(application: Application, seen_round: int) -> Application:
    """The locked row, if it still waits for the judgement of what was seen.

    Raises AlreadyJudged, and NotAllowed once its merchant is leaving.
    """
    owner = Person.objects.hold(application.person_id)
    fresh = locked(application)
    if fresh.state != ApplicationState.SUBMITTED:
        is_judged = fresh.state in (ApplicationState.APPROVED, ApplicationState.SENT_BACK)
        raise AlreadyJudged(fresh.decided_by if is_judged else None, fresh.state)
    if fresh.round != seen_round:
        raise AlreadyJudged(None, fresh.state)
    permissions.check_is_staying(owner)
    return fresh


def approve(
    *,
    application: Application,
    seen_round: int,
    by: Person,
    saw_originals: bool = False,
    how_checked: str = "",
    now: datetime | None = None,
) -> Application:
    """Approve what was handed in at `seen_round`.

    Whoever is checked in person is approved by who `saw_originals` of the ID; what was pointed out
    to be checked, by who says how. Raises NotAllowed, AlreadyJudged, NoLongerComplete,
    OriginalsNotSeen and risk.NotChecked.
    """
    at = now or timezone.now()
    permissions.check_can_review(by)
    with transaction.atomic():
        fresh = _awaited(application, seen_round)
        if missing(fresh):
            raise NoLongerComplete
        if fresh.is_checked_in_person:
            _note_originals(fresh, by, at, saw_originals)
        risk.settle(application=fresh, by=by, now=at, how_checked=how_checked)
        move(
            fresh,
            ApplicationState.APPROVED,
            by=by,
            now=at,
            decided_at=at,
            decided_by=by,
            updated_at=at,
        )
        notifications.tell(
            person=fresh.person_id, kind=kinds.APPROVED.code, about=fresh.this_round, now=at
        )
    return fresh


def _note_originals(
    application: Application, by: Person, at: datetime, saw_originals: bool
) -> None:
    if not saw_originals:
        raise OriginalsNotSeen
    body = {"id": str(application.pk), "round": application.round}
    ledger.append("originals_seen", stream=application.person_id, by=by.pk, body=body, now=at)


def send_back(
    *,
    application: Application,
    seen_round: int,
    remarks: Mapping[str, tuple[str, str]],
    by: Person,
    now: datetime | None = None,
) -> Application:
    """Ask the merchant to change fields and papers: item -> (Remark.Reason, note or "").

    Raises NothingSentBack, NotAllowed and AlreadyJudged.
    """
    at = now or timezone.now()
    permissions.check_can_review(by)
    if not remarks:
        raise NothingSentBack
    with transaction.atomic():
        fresh = _awaited(application, seen_round)
        for item, (reason, note) in remarks.items():
            Remark(
                application=fresh,
                person_id=fresh.person_id,
                round=fresh.round,
                field=item,
                reason=reason,
                note=note,
                created_at=at,
            ).save(force_insert=True)
        risk.settle(application=fresh, by=by, now=at)
        move(
            fresh,
            ApplicationState.SENT_BACK,
            by=by,
            now=at,
            decided_at=at,
            decided_by=by,
            updated_at=at,
        )
        notifications.tell(
            person=fresh.person_id, kind=kinds.SENT_BACK.code, about=fresh.this_round, now=at
        )
    return fresh


def reveal_field(*, application: Application, field: str, reason: str, by: Person) -> str:
    """One whole value, for a stated reason (a code), ledgered; raises NotAllowed."""
    permissions.check_can_look_into(by, application)
    permissions.check_reason(reason, application)
    return reveals.reveal(application, field, by=by, reason=reason)


def reveal_paper(*, paper: Paper, reason: str, by: Person) -> None:
    """Let a reviewer see one photo, for a stated reason (a code), ledgered; raises NotAllowed."""
    permissions.check_can_look_into(by, paper.application)
    permissions.check_reason(reason, paper.application)
    body = {"row": paper._meta.label, "id": str(paper.pk), "field": paper.kind, "reason": reason}
    ledger.append("revealed", stream=paper.person_id, by=by.pk, body=body)
