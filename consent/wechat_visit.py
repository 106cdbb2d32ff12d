"""What a session holds of a visit to WeChat: what was agreed to, whether one is away, who came.

Nothing of it is written anywhere else before the person is known, and it ends with the sign-in.
"""

import base64
import hmac
import secrets
import time
from dataclasses import asdict, dataclass, replace
from typing import Final

from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest

from accounts.personal import open_system, seal_system
from consent.actions.sign_in import Agreed, Introduced

# How long somebody may be away at WeChat; its own code lives no longer.
AWAY_SECONDS: Final = 10 * 60
_KEY, _PLACE = "wechat", "consent.wechat_visit.openid"


@dataclass(frozen=True, slots=True)
class Visit:
    """One way to WeChat and back. `state` is empty unless the visitor is away just now.

    `notice` are the words agreed to before leaving; `sealed` the openid WeChat answered with.
    """

    version: int
    sha256: str
    next: str
    notice: str = ""
    app: str = ""
    state: str = ""
    away_until: float = 0
    sealed: str = ""

    @property
    def agreed(self) -> Agreed:
        """The version of the policy that was ticked."""
        return Agreed(self.version, self.sha256)

    @property
    def introduced(self) -> Introduced | None:
        """Whom WeChat named; None before it did."""
        if not self.sealed:
            return None
        openid = open_system(_PLACE, base64.b64decode(self.sealed)).decode()
        return Introduced(app=self.app, openid=openid, notice=self.notice)


def begin(request: HttpRequest, *, agreed: Agreed, back: str) -> None:
    """Remember what was ticked, and where the person wants to go in the end."""
    _keep(request, Visit(version=agreed.version, sha256=agreed.sha256, next=back))


def current(request: HttpRequest) -> Visit | None:
    """The visit of this session."""
    kept = request.session.get(_KEY)
    return Visit(**kept) if kept else None


def leave(request: HttpRequest, visit: Visit, *, app: str, notice: str) -> None:
    """Agreed: let the person go, with a fresh state that only this session knows."""
    away = time.time() + AWAY_SECONDS
    state = secrets.token_urlsafe(32)
    _keep(request, replace(visit, app=app, notice=notice, state=state, away_until=away, sealed=""))


def returned(request: HttpRequest, state: str) -> Visit | None:
    """The visit somebody comes back from; None when it is not this session's, too old or over.

    Spends the state at once, before anybody is asked anything.
    """
    visit = current(request)
    if visit is None or not visit.state:
        return None
    if not hmac.compare_digest(visit.state.encode(), state.encode()):
        return None
    spent = replace(visit, state="", away_until=0)
    _keep(request, spent)
    try:
        request.session.save()
    except UpdateError:
        # The session ended in another tab while this one was answered.
        request.session.flush()
        return None
    return spent if visit.away_until > time.time() else None


def introduce(request: HttpRequest, visit: Visit, openid: str) -> None:
    """Keep whom WeChat named, sealed, until a code proves the number."""
    sealed = base64.b64encode(seal_system(_PLACE, openid.encode())).decode()
    _keep(request, replace(visit, sealed=sealed))


def forget(request: HttpRequest) -> None:
    """The visit is over, whatever came of it."""
    request.session.pop(_KEY, None)


def _keep(request: HttpRequest, visit: Visit) -> None:
    request.session[_KEY] = asdict(visit)
