"""Papers in and out of storage. Every stored object is named by a Paper or by a Discard, always."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import after_commit, ledger
from accounts.models import Person
from accounts.personal import Retention, guard, open_bytes, seal_bytes
from onboarding import permissions, pictures, tasks
from onboarding.models import Application, Discard, Paper, Remark
from onboarding.pictures import Picture
from onboarding.ports import storage
from onboarding.roles import ID_PHOTO_CONSENT, ID_PHOTOS, IdentityCheck

log = logging.getLogger(__name__)

# How long a written object may go without a paper naming it before the sweep takes it away.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attached:
    """A stored paper, and what the merchant should know about the picture (keys of WARNINGS)."""

    paper: Paper
    warnings: tuple[str, ...]


def attach(
    *, application: Application, kind: str, raw: bytes, by: Person, now: datetime | None = None
) -> Attached:
    """Keep a picture as this kind of paper, in place of the one before.

    Raises NotAllowed, ConsentMissing for an ID photo without the separate consent, and
    pictures.PictureRefused; then nothing of it was stored.
    """
    at = now or timezone.now()
    permissions.check_can_edit(by, application)
    _require_consent(by.pk, kind)
    day = timezone.localtime(at).date()
    picture = pictures.prepare(raw, watermark=f"仅供51车商家入驻审核使用 {day}")
    paper = _paper(application, kind, picture, at)
    sealed = seal_bytes(
        person=by.pk,
        retention=Retention.PAPERS,
        context=paper.sealing_context,
        plain=picture.jpeg,
    )
    promise = Discard.objects.create(
        person=by.pk, storage_key=paper.storage_key, due_at=at + PATIENCE
    )
    storage.default().put(paper.storage_key, sealed)
    _name(paper, promise, by=by, at=at)
    return Attached(paper, picture.warnings)


def _require_consent(person: UUID, kind: str) -> None:
    if kind in ID_PHOTOS:
        guard.require(person, ID_PHOTO_CONSENT)


def _paper(application: Application, kind: str, picture: Picture, at: datetime) -> Paper:
    return Paper(
        application=application,
        person_id=application.person_id,
        kind=kind,
        storage_key=storage.new_key(),
        sha256=picture.sha256,
        size=len(picture.jpeg),
        width=picture.width,
        height=picture.height,
        created_at=at,
    )


@transaction.atomic
def _name(paper: Paper, promise: Discard, *, by: Person, at: datetime) -> None:
    """Make the paper the one that counts; whatever was promised to the sweep is called off."""
    by = Person.objects.hold(by.pk)
    application = Application.objects.select_for_update().get(pk=paper.application_id)
    permissions.check_can_edit(by, application)
    _require_consent(by.pk, paper.kind)
    drop(Paper.objects.filter(application=application, kind=paper.kind))
    promise.delete()
    paper.save(force_insert=True)
    changed = {"identity_check": IdentityCheck.PHOTOS} if paper.kind in ID_PHOTOS else {}
    Application.objects.filter(pk=application.pk).update(updated_at=at, **changed)
    Remark.objects.open_on(application).filter(field=paper.kind).update(answered_at=at)
    body = {"id": str(paper.pk), "kind": paper.kind, "sha256": paper.sha256}
    ledger.append("paper_added", stream=paper.person_id, by=by.pk, body=body, now=at)


def drop(papers: QuerySet[Paper]) -> int:
    """Delete papers now and their pictures right after commit; returns how many."""
    doomed = list(papers)
    Discard.objects.bulk_create(
        Discard(person=paper.person_id, storage_key=paper.storage_key, due_at=timezone.now())
        for paper in doomed
    )
    for paper in doomed:
        paper.delete()
    if doomed:
        after_commit.send(tasks.sweep_discards)
    return len(doomed)


def sweep(now: datetime | None = None, limit: int = 500) -> int:
    """Delete stored objects that no paper names and whose time has come; returns how many."""
    at = now or timezone.now()
    due = Discard.objects.filter(due_at__lte=at).order_by("due_at")[:limit]
    return sum(_is_deleted(row, at) for row in due)


def _is_deleted(row: Discard, at: datetime) -> bool:
    """Whether the object went; one that cannot go now is tried again and holds up no other."""
    try:
        storage.default().delete(row.storage_key)
    except OSError:
        log.exception("the object of discard %s was not deleted", row.pk)
        Discard.objects.filter(pk=row.pk).update(due_at=at + PATIENCE)
        return False
    row.delete()
    return True


def erase_all(person: UUID) -> int:
    """Delete every picture of a person, kept, replaced or half written; returns how many papers.

    Safe to repeat: rows go after their objects, so an interrupted run finds the rest again.
    An upload under way may still write what it promised to the sweep: that promise stays.
    """
    for discard in Discard.objects.filter(person=person):
        storage.default().delete(discard.storage_key)
        Discard.objects.filter(pk=discard.pk, due_at__lte=timezone.now()).delete()
    held = list(Paper.objects.filter(person_id=person))
    for paper in held:
        storage.default().delete(paper.storage_key)
        paper.delete()
    return len(held)


def open_for(*, paper: Paper, by: Person) -> bytes:
    """The JPEG of a paper, opened in memory for its owner or for a reviewer in a review.

    Raises NotAllowed, storage.NotStored, and KeyGone once its key was destroyed.
    """
    permissions.check_can_open_paper(by, paper.application)
    return contents(paper)


def contents(paper: Paper) -> bytes:
    """The JPEG of a paper, for whoever was already allowed to see it."""
    return open_bytes(
        person=paper.person_id,
        retention=Retention.PAPERS,
        context=paper.sealing_context,
        sealed=storage.default().get(paper.storage_key),
    )
