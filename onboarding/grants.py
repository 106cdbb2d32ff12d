"""What a reviewer gave a reason for is shown for some minutes, then masked again."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

LASTS = timedelta(minutes=10)
_KEY = "revealed"


def give(
    session: SessionBase, application: UUID, item: str, reason: str, now: datetime | None = None
) -> None:
    """Show `item` of this application from now on; grants that ran out are dropped."""
    at = (now or timezone.now()).timestamp()
    kept = {name: grant for name, grant in _grants(session).items() if grant[0] > at}
    kept.pop(f"{application}:{item}", None)
    session[_KEY] = kept | {f"{application}:{item}": [at + LASTS.total_seconds(), reason]}


def of(session: SessionBase, application: UUID, now: datetime | None = None) -> frozenset[str]:
    """The items of this application that may be shown now."""
    return frozenset(_live(session, application, now))


def last_reason(session: SessionBase, application: UUID, now: datetime | None = None) -> str:
    """The reason given last for something of this application that is still shown, else ""."""
    return next(reversed(_live(session, application, now).values()), "")


def _grants(session: SessionBase) -> dict[str, tuple[float, str]]:
    grants: dict[str, tuple[float, str]] = session.get(_KEY, {})
    return grants


def _live(session: SessionBase, application: UUID, now: datetime | None) -> dict[str, str]:
    """Item -> reason, the last given at the end."""
    at = (now or timezone.now()).timestamp()
    prefix = f"{application}:"
    return {
        name.removeprefix(prefix): reason
        for name, (until, reason) in _grants(session).items()
        if name.startswith(prefix) and until > at
    }
