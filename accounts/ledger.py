"""The one ledger: append and verify. A chain per stream: writers of two people never queue.

Bodies hold identifiers, codes, hashes and counts; never personal data.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts import signing
from accounts.models.ledger import LedgerCheckpoint, LedgerEntry

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not fit its chain, and why."""

    stream: str
    seq: int
    reason: str


def canonical(value: object) -> str:
    """The one JSON text of a value that hashes and signatures are made over."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(entry: LedgerEntry) -> str:
    at = entry.at.astimezone(tz=None).timestamp()
    actor = str(entry.actor) if entry.actor else None
    fields = [entry.stream, entry.seq, f"{at:.6f}", entry.verb, actor, entry.body, entry.prev]
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def _queue_up(stream: str) -> None:
    """One writer per stream at a time. SQLite writes one at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 51))", [stream])


def append(
    verb: str,
    *,
    stream: UUID | str,
    by: UUID | None = None,
    body: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> LedgerEntry:
    """Write one entry at the end of its stream, in the caller's transaction."""
    name = str(stream)
    with transaction.atomic():
        _queue_up(name)
        last = LedgerEntry.objects.filter(stream=name).order_by("-seq").only("seq", "hash").first()
        entry = LedgerEntry(
            stream=name,
            seq=last.seq + 1 if last else 1,
            at=now or timezone.now(),
            verb=verb,
            actor=by,
            body=canonical(dict(body or {})),
            prev=last.hash if last else GENESIS,
        )
        entry.hash = _digest(entry)
        entry.save(force_insert=True)
    return entry


def head(stream: UUID | str) -> str:
    """The hash of the newest entry of a stream; GENESIS while it is empty."""
    last = LedgerEntry.objects.filter(stream=str(stream)).order_by("-seq").only("hash").first()
    return last.hash if last else GENESIS


def verify() -> Broken | None:
    """Walk every chain, then every signed checkpoint; the first broken entry, or None."""
    return _walk_chains() or _walk_checkpoints()


def _walk_chains() -> Broken | None:
    stream, seq, prev = "", 0, GENESIS
    for entry in LedgerEntry.objects.order_by("stream", "seq").iterator(chunk_size=2000):
        if entry.stream != stream:
            stream, seq, prev = entry.stream, 0, GENESIS
        seq += 1
        if entry.seq != seq:
            return Broken(stream, seq, "missing")
        if entry.prev != prev:
            return Broken(stream, seq, "does not follow the entry before it")
        if _digest(entry) != entry.hash:
            return Broken(stream, seq, "changed")
        prev = entry.hash
    return None


def checkpoint(now: datetime | None = None) -> LedgerCheckpoint:
    """Sign the heads of all streams for today, once; returns today's checkpoint."""
    at = now or timezone.now()
    today = timezone.localtime(at).date()
    found = LedgerCheckpoint.objects.filter(day=today).first()
    if found:
        return found
    heads = _heads()
    text = canonical({"day": str(today), "heads": heads})
    made, _is_new = LedgerCheckpoint.objects.get_or_create(
        day=today,
        defaults={
            "at": at,
            "entries": sum(seq for seq, _hash in heads.values()),
            "heads": text,
            "signature": signing.sign(text.encode()),
            "key_id": signing.key().id,
        },
    )
    return made


def _heads() -> dict[str, tuple[int, str]]:
    """Stream to number and hash of its newest entry, all as they were at one moment."""
    newest = LedgerEntry.objects.values("stream").annotate(last=Max("pk")).values("last")
    rows = LedgerEntry.objects.filter(pk__in=newest).values_list("stream", "seq", "hash")
    return {stream: (seq, digest) for stream, seq, digest in rows.iterator(chunk_size=2000)}


def _walk_checkpoints() -> Broken | None:
    """Every signature, its day, and every head that the day before did not have already."""
    before: dict[str, list[Any]] = {}
    for point in LedgerCheckpoint.objects.order_by("day").iterator(chunk_size=10):
        if not signing.verify(point.heads.encode(), point.signature, point.key_id):
            return Broken(f"checkpoint {point.day}", 0, "signature does not fit")
        signed = json.loads(point.heads)
        # The heads of a quiet day, signed truly, would hide what was cut off later ones.
        if signed["day"] != str(point.day):
            return Broken(f"checkpoint {point.day}", 0, f"is the one of {signed['day']}")
        heads = signed["heads"]
        changed = {name: head for name, head in heads.items() if before.get(name) != head}
        for stream, seq in _lost(changed):
            return Broken(stream, seq, f"differs from the checkpoint of {point.day}")
        before = heads
    return None


def _lost(heads: Mapping[str, list[Any]]) -> Iterator[tuple[str, int]]:
    """Those of these heads that the ledger no longer has."""
    streams = sorted(heads)
    for start in range(0, len(streams), 100):
        names = streams[start : start + 100]
        seats = {heads[name][0] for name in names}
        rows = LedgerEntry.objects.filter(stream__in=names, seq__in=seats)
        found = {(row.stream, row.seq): row.hash for row in rows.only("stream", "seq", "hash")}
        for name in names:
            seq, digest = heads[name]
            if found.get((name, seq)) != digest:
                yield name, seq
