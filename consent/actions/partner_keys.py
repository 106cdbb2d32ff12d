"""The keys shared with a partner, sealed in its row: webhook secrets, or a passphrase.

The one rule: whoever makes a key is handed it once; afterwards only the machinery reads it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from accounts.personal import open_system, reseal_system, seal_system
from consent import packing
from consent.models import Partner
from consent.protocol import webhooks

# How long a partner may go on with the key it had, so that no message fails while it changes over.
OVERLAP = timedelta(days=7)


class Exchanged(Exception):
    """The key is not the one that was to be exchanged: somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key and, once another took its place, until when it still counts."""

    secret: str = field(repr=False)
    until: datetime | None = None


def new(protocol: str) -> str:
    """A fresh key for a partner dealt with in this way: a whsec_ secret, or a passphrase."""
    is_manual = protocol == Partner.Protocol.MANUAL
    return packing.new_passphrase() if is_manual else webhooks.new_secret()


def seal(slug: str, keys: Iterable[Key]) -> bytes:
    """Keys as they lie in a partner's row, newest first."""
    lines = [[key.secret, key.until and key.until.isoformat()] for key in keys]
    return seal_system(_context(slug), json.dumps(lines).encode())


def of(partner: Partner, now: datetime | None = None) -> tuple[Key, ...]:
    """The keys that count, newest first."""
    at = now or timezone.now()
    raw = json.loads(open_system(_context(partner.slug), bytes(partner.sealed_secrets)))
    return tuple(key for key in map(_read, raw) if key.until is None or key.until > at)


def mark(partner: Partner) -> str:
    """Changes whenever the keys do, and says nothing of them: for a form to name what it saw."""
    return hashlib.sha256(bytes(partner.sealed_secrets)).hexdigest()[:16]


@transaction.atomic
def exchange(
    *,
    partner: Partner,
    seen: str,
    by: Person,
    is_leaked: bool = False,
    now: datetime | None = None,
) -> str:
    """A new key, returned this once; what counted before does so for OVERLAP, or no longer.

    Packages are made for whoever opens them next: an old passphrase is of no use there. Raises
    Exchanged unless the keys are still those of `seen`, a `mark`.
    """
    at = now or timezone.now()
    fresh = Partner.objects.select_for_update().get(pk=partner.pk)
    if mark(fresh) != seen:
        raise Exchanged(fresh.slug)
    ends_now = is_leaked or fresh.is_manual
    old = [] if ends_now else [Key(key.secret, key.until or at + OVERLAP) for key in of(fresh, at)]
    secret = new(fresh.protocol)
    Partner.objects.filter(pk=fresh.pk).update(sealed_secrets=seal(fresh.slug, [Key(secret), *old]))
    ledger.append(
        "partner_key_exchanged",
        stream=fresh.ledger_stream(),
        by=by.pk,
        body={"old_until": [key.until.isoformat() for key in old if key.until]},
        now=at,
    )
    return secret


def reseal() -> int:
    """Put every partner's keys under the newest KMS key; returns how many changed."""
    changed = 0
    for partner in Partner.objects.all():
        fresh = reseal_system(_context(partner.slug), bytes(partner.sealed_secrets))
        if fresh is not None:
            changed += Partner.objects.filter(
                pk=partner.pk, sealed_secrets=partner.sealed_secrets
            ).update(sealed_secrets=fresh)
    return changed


def _context(slug: str) -> str:
    return f"partner {slug}"


def _read(line: str | list[str | None]) -> Key:
    """A line of the row; one written before keys could end is the bare secret."""
    if isinstance(line, str):
        return Key(line)
    secret, until = line
    return Key(secret or "", datetime.fromisoformat(until) if until else None)
