"""Which pop-up a page carries, and the one cookie that remembers it was closed.

A pop-up informs; closing it agrees to nothing. No cookie is set before somebody closes one.
"""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consent import policydiff
from consent.models import PolicyVersion, TransferNotice
from consent.notices import FIRST_VISIT, Notice
from consent.policydiff import Change

COOKIE = "portal_seen"
REMEMBERED = 60 * 60 * 24 * 365
_MOST = 8
_CHANGES_SHOWN = 3
_MARK_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Popup:
    """One thing to tell, once: the first-visit notice, a transfer, or a version to take effect."""

    mark: str
    notice: Notice | None = None
    version: PolicyVersion | None = None
    before: PolicyVersion | None = None
    transfer: TransferNotice | None = None

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
        return policydiff.changes(self.before.body, self.version.body)


def popup_for(request: HttpRequest) -> Popup | None:
    """What this visitor was not told yet: strangers the welcome first, then what is coming.

    Whoever takes over is told before anything else that is to come (PIPL 22).
    """
    closed = _closed(request)
    welcome = _mark(FIRST_VISIT.sha256)
    if not request.user.is_authenticated and welcome not in closed:
        return Popup(welcome, notice=FIRST_VISIT)
    for transfer in TransferNotice.objects.coming():
        mark = _mark(hashlib.sha256(transfer.pk.bytes).hexdigest())
        if mark not in closed:
            return Popup(mark, transfer=transfer)
    coming = PolicyVersion.objects.upcoming(PolicyVersion.Kind.PRIVACY)
    if coming is None or _mark(coming.sha256) in closed:
        return None
    before = PolicyVersion.objects.before(coming)
    return Popup(_mark(coming.sha256), version=coming, before=before)


def remember(response: HttpResponse, mark: str, request: HttpRequest) -> None:
    """Keep in the visitor's browser that this pop-up was closed."""
    if len(mark) != _MARK_LENGTH or not mark.isalnum():
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
    return [mark for mark in marks if len(mark) == _MARK_LENGTH and mark.isalnum()]


def _mark(sha256: str) -> str:
    return sha256[:_MARK_LENGTH]
