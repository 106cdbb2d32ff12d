"""Impact assessments: one person writes, another approves, and only then a purpose is open."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.transitions import MoveRefused, move
from consent import assessmenttext, purposes
from consent.models import ImpactAssessment, Partner
from consent.states import ASSESSMENT_WAITS_FOR_AUTHOR, AssessmentState

# GB/T 35273 7.7 wants automated decisions assessed again every year; so is everything here.
LONGEST = timedelta(days=365)


class UnknownPurpose(Exception):
    """Nothing of this code needs an assessment."""


class Incomplete(Exception):
    """Something article 56 asks for is missing: `missing` names it."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("、".join(self.missing))


class SamePerson(Exception):
    """Whoever wrote an assessment cannot approve it or send it back."""


class NotYours(Exception):
    """Somebody else is writing this one, or it is written already."""


class WrongText(Exception):
    """What was read is not what is submitted now."""


def covers(purpose: str, now: datetime | None = None) -> bool:
    """Whether an approved assessment of this purpose is in force today."""
    return ImpactAssessment.objects.in_force(now).filter(purpose=purpose).exists()


def is_open(purpose: str, now: datetime | None = None) -> bool:
    """Whether this purpose may begin: assessed, or of no class that must be (PIPL 55)."""
    return not purposes.reasons(purpose) or covers(purpose, now)


def open_among(codes: Iterable[str], now: datetime | None = None) -> frozenset[str]:
    """Those of these purposes that may begin, asked for all at once."""
    covered = set(ImpactAssessment.objects.in_force(now).values_list("purpose", flat=True))
    return frozenset(code for code in codes if code in covered or not purposes.reasons(code))


def latest_day(now: datetime | None = None) -> date:
    """The last day an assessment approved today may hold until."""
    return timezone.localdate(now) + LONGEST


def labels() -> dict[str, str]:
    """Every purpose that must be assessed, recipients last, in words.

    An authority is no recipient of this kind: each of its requests is reviewed by two people.
    """
    listed = {code: p.label for code, p in purposes.PURPOSES.items() if p.reasons}
    partners = Partner.objects.asked_for().order_by("slug").values_list("slug", "legal_name")
    return listed | {f"{purposes.SHARE}{slug}": f"提供给{name}" for slug, name in partners}


def write(
    *, purpose: str, by: Person, contents: Mapping[str, Any], now: datetime | None = None
) -> ImpactAssessment:
    """A new draft; raises UnknownPurpose."""
    if purpose not in labels():
        raise UnknownPurpose(purpose)
    at = now or timezone.now()
    return ImpactAssessment.objects.create(purpose=purpose, author=by.pk, created_at=at, **contents)


def rewrite(*, assessment: ImpactAssessment, by: Person, contents: Mapping[str, Any]) -> None:
    """Change a draft, or one that was sent back; raises NotYours."""
    own = ImpactAssessment.objects.filter(
        pk=assessment.pk, author=by.pk, state__in=ASSESSMENT_WAITS_FOR_AUTHOR
    )
    if not own.update(**contents):
        raise NotYours(assessment.pk)


@transaction.atomic
def submit(*, assessment: ImpactAssessment, by: Person, now: datetime | None = None) -> None:
    """Hand it to a second person; raises NotYours, Incomplete, MoveRefused."""
    at = now or timezone.now()
    fresh = _locked(assessment)
    if not fresh.is_by(by.pk):
        raise NotYours(assessment.pk)
    missing = [heading for heading, words in fresh.contents.items() if not words.strip()]
    if not timezone.localdate(at) < fresh.valid_until <= latest_day(at):
        missing.append("有效期（从明天起，最长一年）")
    if missing:
        raise Incomplete(missing)
    sha256 = fresh.fingerprint()
    move(
        fresh,
        AssessmentState.SUBMITTED,
        by=by,
        now=at,
        note=sha256,
        sha256=sha256,
        submitted_at=at,
        remark="",
    )


@transaction.atomic
def approve(
    *, assessment: ImpactAssessment, seen_sha256: str, by: Person, now: datetime | None = None
) -> None:
    """The second person's yes to exactly the words seen; from now on they are kept as they are.

    Raises SamePerson, WrongText, MoveRefused.
    """
    at = now or timezone.now()
    fresh = _second_pair_of_eyes(assessment, by)
    if fresh.sha256 != seen_sha256:
        raise WrongText(assessment.pk)
    move(
        fresh,
        AssessmentState.APPROVED,
        by=by,
        now=at,
        note=fresh.sha256,
        approver=by.pk,
        approved_at=at,
    )


@transaction.atomic
def send_back(
    *, assessment: ImpactAssessment, remark: str, by: Person, now: datetime | None = None
) -> None:
    """Ask the author for another version; raises SamePerson, MoveRefused."""
    fresh = _second_pair_of_eyes(assessment, by)
    move(fresh, AssessmentState.SENT_BACK, by=by, now=now, note=fresh.sha256, remark=remark)


@transaction.atomic
def adopt_shipped(*, author: Person, approver: Person, now: datetime | None = None) -> int:
    """Write, submit and approve what ships with the portal and is not in force; returns how many.

    For the demo, where two invented officers do it. In production two officers do, one by one.
    """
    known, adopted = labels(), 0
    for written in assessmenttext.shipped():
        if written.purpose not in known or covers(written.purpose, now):
            continue
        contents = asdict(written) | {"valid_until": latest_day(now)}
        assessment = write(purpose=contents.pop("purpose"), by=author, contents=contents, now=now)
        submit(assessment=assessment, by=author, now=now)
        approve(assessment=assessment, seen_sha256=assessment.fingerprint(), by=approver, now=now)
        adopted += 1
    return adopted


def _second_pair_of_eyes(assessment: ImpactAssessment, by: Person) -> ImpactAssessment:
    fresh = _locked(assessment)
    if fresh.is_by(by.pk):
        raise SamePerson(assessment.pk)
    if fresh.state != AssessmentState.SUBMITTED:
        raise MoveRefused(fresh, fresh.state, AssessmentState.APPROVED)
    return fresh


def _locked(assessment: ImpactAssessment) -> ImpactAssessment:
    return ImpactAssessment.objects.select_for_update().get(pk=assessment.pk)
