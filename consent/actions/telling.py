"""Telling everybody it concerns by text message: a list written in batches, then sent one by one.

However many there are, no task takes longer than one batch; whoever joins later was asked at once.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import after_commit
from accounts.actions import notifications
from accounts.models import Person
from consent import kinds, tasks
from consent.models import ConsentEvent, PolicyVersion, Telling

BATCH: Final = 500


def of_version(version: PolicyVersion, now: datetime) -> None:
    """Tell of a version to come: of the policy everybody, of an agreement who concluded it."""
    is_first = PolicyVersion.objects.before(version) is None
    if not version.is_prevailing or version.effective_at <= now or is_first:
        return
    begins_at = max(now, version.published_at)
    if version.kind == PolicyVersion.Kind.PRIVACY:
        begin(kind=kinds.PRIVACY.code, about=_about(version), begins_at=begins_at)
    elif version.is_agreement:
        begin(
            kind=kinds.AGREEMENT.code,
            about=_about(version),
            audience=version.code,
            begins_at=begins_at,
        )


def version_withdrawn(version: PolicyVersion, now: datetime) -> None:
    """Nobody need be told of a version that will never take effect."""
    for kind in (kinds.PRIVACY, kinds.AGREEMENT):
        call_off(kind=kind.code, about=_about(version), now=now)


def _about(version: PolicyVersion) -> str:
    return f"{version.kind}:{version.number}"


def begin(*, kind: str, about: str, begins_at: datetime, audience: str = "") -> None:
    """Begin to tell of an event, in the transaction that makes it; begun before, nothing."""
    given = {"begins_at": begins_at, "audience": audience}
    _row, is_new = Telling.objects.get_or_create(kind=kind, about=about, defaults=given)
    if is_new:
        after_commit.send(tasks.sweep_tellings)


def call_off(*, kind: str, about: str, now: datetime) -> None:
    """Stop: what was not sent yet is not sent."""
    Telling.objects.filter(kind=kind, about=about, done_at=None).update(done_at=now)
    notifications.call_off(kind=kind, about=about)


def spread_some(*, now: datetime | None = None, most: int = BATCH) -> int:
    """Write the next batch of the oldest telling; returns how many accounts that were.

    A batch and how far it reached are one transaction: killed half way, nothing of it happened.
    """
    at = now or timezone.now()
    with transaction.atomic():
        # Whoever else is at it holds the row; there is nothing to wait for.
        telling = Telling.objects.open_at(at).select_for_update(skip_locked=True).first()
        if telling is None:
            return 0
        people = _next(telling, most)
        notifications.tell_many(people=people, kind=telling.kind, about=telling.about, now=at)
        telling.after = people[-1] if people else telling.after
        telling.done_at = at if len(people) < most else None
        telling.save(update_fields=["after", "done_at"])
    return len(people)


def _next(telling: Telling, most: int) -> list[UUID]:
    """The accounts there were when it began, in the order of their identifiers."""
    merchants = Person.objects.filter(
        kind=Person.Kind.MERCHANT, joined_at__lte=telling.begins_at
    ).order_by("pk")
    if telling.after is not None:
        merchants = merchants.filter(pk__gt=telling.after)
    if telling.audience:
        # Who refused a change since goes on under what was concluded, and is told of the next.
        concluded = ConsentEvent.objects.filter(
            person=OuterRef("pk"), code=telling.audience, decision=ConsentEvent.Decision.AGREED
        )
        merchants = merchants.filter(Exists(concluded))
    return list(merchants.values_list("pk", flat=True)[:most])
