"""The publisher's desk: one publisher writes and hands in, another one publishes or sends back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.transitions import MoveRefused, move
from consent import policytext
from consent.actions import findings, policy_files, publishing
from consent.actions.findings import Finding
from consent.actions.publishing import PublishRefused
from consent.models import PolicyDraft, PolicyVersion
from consent.models.policies import PREVAILING
from consent.states import PolicyDraftState


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What an author writes. Nothing in it has to be complete before the draft is handed in."""

    kind: str
    text: policytext.PolicyText
    language: str = PREVAILING
    number: str = ""
    summary: str = ""
    major_changes: tuple[str, ...] | None = None
    effective_at: datetime | None = None


class NotTheAuthor(Exception):
    """Only the author changes, hands in, recalls or discards a draft."""


class SamePerson(PublishRefused):
    """The author may not publish or send back what they wrote themselves."""

    def __init__(self) -> None:
        super().__init__("这是您自己起草的文字：请另一位发布人审批，起草人不能审批自己")


class Unfinished(PublishRefused):
    """Something must be mended first; `findings` say what."""

    def __init__(self, found: Iterable[Finding]) -> None:
        self.findings = list(found)
        names = "；".join(finding.message_zh for finding in self.findings)
        super().__init__(f"还有 {len(self.findings)} 处要改：{names}")


def begin(*, wording: Wording, by: Person, now: datetime | None = None) -> PolicyDraft:
    """Start a draft."""
    at = now or timezone.now()
    draft = PolicyDraft(author=by.pk, created_at=at)
    _take(draft, wording, at)
    draft.save(force_insert=True)
    return draft


def rewrite(
    *, draft: PolicyDraft, wording: Wording, by: Person, now: datetime | None = None
) -> PolicyDraft:
    """Replace the words of one's draft; raises NotTheAuthor, and MoveRefused once handed in."""
    with transaction.atomic():
        fresh = _of_author(draft, by)
        if not fresh.is_editable:
            raise MoveRefused(fresh, fresh.state, PolicyDraftState.DRAFT)
        _take(fresh, wording, now or timezone.now())
        fresh.save()
    return fresh


def submit(*, draft: PolicyDraft, by: Person, now: datetime | None = None) -> PolicyDraft:
    """Hand a draft to the other publishers; raises Unfinished, NotTheAuthor, MoveRefused."""
    at = now or timezone.now()
    with transaction.atomic():
        fresh = _of_author(draft, by)
        if found := findings.blocking(fresh, at):
            raise Unfinished(found)
        move(
            fresh,
            PolicyDraftState.SUBMITTED,
            by=by,
            now=at,
            note=policytext.fingerprint(fresh.body),
            round=fresh.round + 1,
            submitted_at=at,
            updated_at=at,
            remark="",
        )
    return fresh


def recall(*, draft: PolicyDraft, by: Person, now: datetime | None = None) -> PolicyDraft:
    """Take one's draft back while nobody decided on it; raises NotTheAuthor, MoveRefused.

    Handed in again it is another round: whoever read this one approves nothing by it.
    """
    at = now or timezone.now()
    with transaction.atomic():
        fresh = _of_author(draft, by)
        move(fresh, PolicyDraftState.DRAFT, by=by, now=at, submitted_at=None, updated_at=at)
    return fresh


def discard(*, draft: PolicyDraft, by: Person, now: datetime | None = None) -> PolicyDraft:
    """Give one's draft up; raises NotTheAuthor, MoveRefused."""
    at = now or timezone.now()
    with transaction.atomic():
        fresh = _of_author(draft, by)
        move(fresh, PolicyDraftState.DISCARDED, by=by, now=at, decided_at=at, updated_at=at)
    return fresh


def send_back(
    *, draft: PolicyDraft, seen_round: int, remark: str, by: Person, now: datetime | None = None
) -> PolicyDraft:
    """Return a draft to its author with a remark; raises SamePerson, MoveRefused."""
    at = now or timezone.now()
    with transaction.atomic():
        fresh = _of_another(draft, seen_round, by, PolicyDraftState.SENT_BACK)
        move(
            fresh,
            PolicyDraftState.SENT_BACK,
            by=by,
            now=at,
            remark=remark,
            decided_at=at,
            updated_at=at,
        )
    return fresh


def publish(
    *, draft: PolicyDraft, seen_round: int, by: Person, now: datetime | None = None
) -> PolicyVersion:
    """Publish what another publisher wrote, exactly as it was read in round `seen_round`.

    Raises SamePerson, Unfinished and any other PublishRefused; MoveRefused when somebody else
    decided first or the text was handed in anew meanwhile.
    """
    at = now or timezone.now()
    with transaction.atomic():
        fresh = _of_another(draft, seen_round, by, PolicyDraftState.PUBLISHED)
        if found := findings.blocking(fresh, at):
            raise Unfinished(found)
        version = publishing.enter(version=_version(fresh, by, at), now=at)
        move(
            fresh,
            PolicyDraftState.PUBLISHED,
            by=by,
            now=at,
            note=version.sha256,
            approver=by.pk,
            version=version,
            decided_at=at,
            updated_at=at,
        )
    return version


def _take(draft: PolicyDraft, wording: Wording, now: datetime) -> None:
    draft.kind, draft.language = wording.kind, wording.language
    draft.title, draft.body = wording.text.title, wording.text.markdown
    draft.number, draft.summary = wording.number, wording.summary
    draft.major_changes = None if wording.major_changes is None else list(wording.major_changes)
    draft.effective_at, draft.updated_at = wording.effective_at, now


def _locked(draft: PolicyDraft) -> PolicyDraft:
    return PolicyDraft.objects.select_for_update().get(pk=draft.pk)


def _of_author(draft: PolicyDraft, by: Person) -> PolicyDraft:
    fresh = _locked(draft)
    if fresh.author != by.pk:
        raise NotTheAuthor
    return fresh


def _of_another(draft: PolicyDraft, seen_round: int, by: Person, wanted: str) -> PolicyDraft:
    fresh = _locked(draft)
    if fresh.author == by.pk:
        raise SamePerson
    if fresh.state != PolicyDraftState.SUBMITTED or fresh.round != seen_round:
        raise MoveRefused(fresh, fresh.state, wanted)
    return fresh


def _version(draft: PolicyDraft, by: Person, now: datetime) -> PolicyVersion:
    version = _original(draft) if draft.is_prevailing else _translation(draft)
    version.author, version.approver = draft.author, by.pk
    version.imported_at = now
    if draft.is_prevailing:
        version.published_at = now
    return version


def _original(draft: PolicyDraft) -> PolicyVersion:
    if draft.effective_at is None:
        raise Unfinished(findings.blocking(draft))
    return PolicyVersion(
        kind=draft.kind,
        number=draft.number,
        title=draft.title,
        body=draft.body,
        sha256=policytext.fingerprint(draft.body),
        summary=draft.summary,
        major_changes=draft.major_changes or [],
        effective_at=draft.effective_at,
    )


def _translation(draft: PolicyDraft) -> PolicyVersion:
    original = PolicyVersion.objects.published(draft.kind).get(number=draft.number)
    return policy_files.translation(
        original, language=draft.language, title=draft.title, body=draft.body
    )
