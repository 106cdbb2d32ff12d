"""Things to tell, announced as people do it, and the pop-up that tells them."""

import re
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from consent.actions import endings, transfers
from consent.models import PolicyVersion, ServiceEnding, TransferNotice
from tests.consent.policy_kit import publish
from tests.consent.test_transfers import FACTS, far_ahead

SEEN = reverse("consent:popup_seen")
SOON = timedelta(days=8)
SCRIPT = {"Accept": "application/json"}

Officers = tuple[Person, Person]


def coming(kind: str, **said: str) -> PolicyVersion:
    """A version of this kind to come, with words of its own."""
    return publish(
        "2.0",
        kind=kind,
        effective_at=timezone.now() + SOON,
        extra=f"{kind}的新写法。",
        **{"summary": f"{kind}改短了"} | said,
    )


def takeover(officers: Officers, **changes: str) -> TransferNotice:
    """Another company takes over, announced by two officers."""
    notice = transfers.draft(by=officers[0], effect_date=far_ahead(), now=None, **FACTS | changes)
    transfers.publish(notice=notice, by=officers[1])
    return notice


def end(officers: Officers, merchants: int = 1) -> ServiceEnding:
    """The end of the service, announced by two officers."""
    today = timezone.localdate()
    ending = endings.propose(
        by=officers[0],
        reason="公司不再经营这项业务。",
        stop_date=today + timedelta(days=5),
        erase_date=today + timedelta(days=60),
    )
    endings.announce(ending=ending, merchants=merchants, by=officers[1])
    return ending


def popup(client: Client, path: str = "/") -> str:
    """The dialog a page carries; "" when it carries none."""
    return (
        client.get(path).content.decode().partition('id="policy-popup"')[2].partition("</dialog")[0]
    )


def title(dialog: str) -> str:
    """What heads it."""
    found = re.search(r"<h2[^>]*>([^<]*)</h2>", dialog)
    return found[1].strip() if found else ""


def mark(dialog: str) -> str:
    """What closing it would send."""
    found = re.search(r'name="popup" value="(\w+)"', dialog)
    assert found is not None
    return found[1]


def told_in_turn(client: Client) -> list[str]:
    """The titles of everything told, each closed before the next."""
    titles = []
    while dialog := popup(client):
        titles.append(title(dialog))
        client.post(SEEN, {"popup": mark(dialog)}, headers=SCRIPT)
    return titles
