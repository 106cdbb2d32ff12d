"""Data keys: one per person and retention class, wrapped by the KMS, kept in the vault database.

A destroyed key leaves a tombstone without key material, and no new key is ever minted over it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.personal import kms
from accounts.personal.classes import Retention

if TYPE_CHECKING:
    from accounts.models.keys import DataKey

KEY_BYTES = 32


class KeyGone(Exception):
    """The key of this person and class was destroyed: the value can never be read again."""

    def __init__(self, person: UUID, retention: str) -> None:
        super().__init__(f"data key gone: {person} {retention}")


@dataclass(frozen=True, slots=True)
class LiveKey:
    """An unwrapped key and its version; lives no longer than the rows it was fetched for."""

    version: int
    aead: AESGCM


def _model() -> "type[DataKey]":
    # The vault model is defined with these fields' own app, so it is looked up when first needed.
    return apps.get_model("accounts", "DataKey")


def _context(person: UUID, retention: str, version: int) -> bytes:
    return f"{person}:{retention}:{version}".encode()


def _unwrap(row: "DataKey") -> LiveKey:
    raw = kms.default().unwrap(
        row.kek_version, bytes(row.wrapped), _context(row.person, row.retention, row.version)
    )
    return LiveKey(row.version, AESGCM(raw))


class Keyring:
    """The keys of the people in one list: one vault query, at the first value that is opened."""

    def __init__(self, people: Iterable[UUID]) -> None:
        self._people = set(people)
        self._rows: dict[tuple[UUID, str, int], DataKey] | None = None
        self._live: dict[tuple[UUID, str, int], LiveKey] = {}

    def _load(self, person: UUID) -> "dict[tuple[UUID, str, int], DataKey]":
        if self._rows is None or person not in self._people:
            self._people.add(person)
            found = _model().objects.filter(person__in=self._people)
            self._rows = {(row.person, row.retention, row.version): row for row in found}
        return self._rows

    def reading(self, person: UUID, retention: str, version: int) -> LiveKey:
        """The key a stored value was sealed with; raises KeyGone when it no longer exists."""
        wanted = (person, retention, version)
        if wanted not in self._live:
            row = self._load(person).get(wanted)
            if row is None:
                self._rows = None
                row = self._load(person).get(wanted)
            if row is None or row.destroyed_at is not None:
                raise KeyGone(person, retention)
            self._live[wanted] = _unwrap(row)
        return self._live[wanted]

    def writing(self, person: UUID, retention: str) -> LiveKey:
        """The newest key of this person and class, minted at first use; KeyGone once destroyed."""
        rows = [r for (p, c, _), r in self._load(person).items() if (p, c) == (person, retention)]
        if not rows:
            rows = [_mint(person, retention)]
            self._rows = None
        newest = max(rows, key=lambda row: row.version)
        if newest.destroyed_at is not None:
            raise KeyGone(person, retention)
        wanted = (person, retention, newest.version)
        if wanted not in self._live:
            self._live[wanted] = _unwrap(newest)
        return self._live[wanted]


def _mint(person: UUID, retention: str, version: int = 1) -> "DataKey":
    """A fresh wrapped key; when another process was faster, theirs."""
    model = _model()
    kek_version, wrapped = kms.default().wrap(
        AESGCM.generate_key(KEY_BYTES * 8), _context(person, retention, version)
    )
    try:
        with transaction.atomic(using="vault"):
            return model.objects.create(
                person=person,
                retention=retention,
                version=version,
                wrapped=wrapped,
                kek_version=kek_version,
            )
    except IntegrityError:
        return model.objects.get(person=person, retention=retention, version=version)


def renew(person: UUID, retention: str) -> None:
    """Mint the next version: new values use it, old ones stay readable until re-sealed.

    Raises KeyGone.
    """
    versions = _model().objects.filter(person=person, retention=retention).order_by("-version")
    with transaction.atomic(using="vault"):
        newest = versions.select_for_update()[0]
        if newest.destroyed_at is not None:
            raise KeyGone(person, retention)
        _mint(person, retention, newest.version + 1)


def destroy(person: UUID, retentions: Collection[str] = tuple(Retention)) -> int:
    """Destroy the keys of these classes for ever; returns how many keys died now. Repeatable.

    Every copy of the values in every backup of the main database becomes unreadable (C144).
    Classes that never had a key get a tombstone too, so nothing can be written afterwards.
    """
    model, at = _model(), timezone.now()
    tombstones = [
        model(
            person=person,
            retention=retention,
            version=1,
            wrapped=b"",
            kek_version=0,
            destroyed_at=at,
        )
        for retention in retentions
    ]
    with transaction.atomic(using="vault"):
        # First, so that a key being minted meanwhile is either here to die or never comes to be.
        model.objects.bulk_create(tombstones, ignore_conflicts=True)
        live = model.objects.filter(person=person, retention__in=retentions, destroyed_at=None)
        died = 0
        # A version renewed while the first look waited for its lock is found by the second.
        while dying := live.update(wrapped=b"", destroyed_at=at):
            died += dying
        return died


def rewrap(limit: int = 500) -> int:
    """Wrap up to `limit` keys anew that an older KMS key still wraps; returns how many."""
    box = kms.default()
    rows = _model().objects.filter(destroyed_at=None).exclude(kek_version=box.newest)[:limit]
    for row in rows:
        context = _context(row.person, row.retention, row.version)
        raw = box.unwrap(row.kek_version, bytes(row.wrapped), context)
        kek_version, wrapped = box.wrap(raw, context)
        _model().objects.filter(pk=row.pk, destroyed_at=None, kek_version=row.kek_version).update(
            kek_version=kek_version, wrapped=wrapped
        )
    return len(rows)
