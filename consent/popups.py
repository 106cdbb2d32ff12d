"""Which pop-up a page carries, and the one cookie that remembers it was closed.

A pop-up informs; closing it agrees to nothing. No cookie is set before somebody closes one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consent import announcements, pages, policydiff
from consent.actions import policies
from consent.actions.answers import Question
from consent.announcements import Announcement
from consent.models import PolicyVersion, ServiceEnding, TransferNotice
from consent.notices import FIRST_VISIT, Notice
from consent.policydiff import Change

Kind = PolicyVersion.Kind

COOKIE = "portal_seen"
REMEMBERED = 60 * 60 * 24 * 365
# More than can be announced at one time, so that nothing closed comes back.
_MOST = 16
_CHANGES_SHOWN = 3
_MARK_LENGTH = 12
# Digits and letters of other scripts would pass for such, and no header carries them.
_MARK = re.compile(rf"[0-9a-f]{{{_MARK_LENGTH}}}")
# The line of number and days changes every time; a pop-up says both in its first sentence.
_IMPRINT = "版本号："
# Of versions to come: what governs everything first, then what the merchant concluded.
_ORDER = (Kind.PRIVACY, Kind.STORE_AGREEMENT, Kind.AGENT_AGREEMENT, Kind.COOKIES, Kind.LEADS)


@dataclass(frozen=True, slots=True)
class Popup:
    """One thing to tell, once: the first-visit notice, an announcement, or a version to come."""

    mark: str
    notice: Notice | None = None
    version: PolicyVersion | None = None
    before: PolicyVersion | None = None
    announcement: Announcement | None = None

    @property
    def question(self) -> Question | None:
        """What is recorded as shown; nothing of the first visit, which only strangers see."""
        if self.announcement:
            return self.announcement.question
        return policies.question(self.version) if self.version else None

    @property
    def title(self) -> str:
        """What heads a version to come."""
        kind = self.version.get_kind_display() if self.version else ""
        return f"{kind}{'将要更新' if self.before else '将要生效'}"

    @property
    def changes(self) -> tuple[Change, ...]:
        """The first changed places of a coming version, to be read at a glance."""
        return self._all_changes[:_CHANGES_SHOWN]

    @property
    def more(self) -> int:
        """How many changed places are not among those shown."""
        return len(self._all_changes) - len(self.changes)

    @property
    def _all_changes(self) -> tuple[Change, ...]:
        if self.version is None or self.before is None:
            return ()
        found = policydiff.changes(self.before.body, self.version.body)
        return tuple(change for change in found if not change.html.startswith(_IMPRINT))


def popup_for(request: HttpRequest) -> Popup | None:
    """The first thing this visitor was not told yet; one pop-up at a time."""
    closed = _closed(request)
    untold = (popup for popup in _all_for(request) if popup.mark not in closed)
    first = next(untold, None)
    if first is None or first.version is None:
        return first
    before = PolicyVersion.objects.before(first.version)
    return Popup(first.mark, version=first.version, before=before)


def _all_for(request: HttpRequest) -> Iterator[Popup]:
    """Everything to tell, the weightiest first. Asks the database once a source, not once a kind.

    Strangers are welcomed first; whoever takes over is told before anything else (PIPL 22).
    """
    is_known = request.user.is_authenticated
    if not is_known:
        yield Popup(_mark(FIRST_VISIT.sha256), notice=FIRST_VISIT)
    for transfer in TransferNotice.objects.coming():
        yield _announced(announcements.of_transfer(transfer))
    ending = ServiceEnding.objects.announced()
    if ending:
        yield _announced(announcements.of_ending(ending))
    whom = pages.person(request).pk if is_known else None
    coming = PolicyVersion.objects.coming_for(whom)
    for version in sorted(coming, key=lambda each: _ORDER.index(Kind(each.kind))):
        yield Popup(_mark(version.sha256), version=version)


def _announced(announcement: Announcement) -> Popup:
    return Popup(_mark(announcement.sha256), announcement=announcement)


def remember(response: HttpResponse, mark: str, request: HttpRequest) -> None:
    """Keep in the visitor's browser that this pop-up was closed."""
    if not _MARK.fullmatch(mark):
        return
    kept = [*(m for m in _closed(request) if m != mark), mark][-_MOST:]
    response.set_cookie(
        COOKIE,
        ".".join(kept),
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _closed(request: HttpRequest) -> list[str]:
    marks = request.COOKIES.get(COOKIE, "").split(".")
    return [mark for mark in marks if _MARK.fullmatch(mark)]


def _mark(sha256: str) -> str:
    return sha256[:_MARK_LENGTH]
