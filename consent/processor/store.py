"""The processor's own SQLite file: contacts it was given, requests, and the work still to do.

Deleted bytes are overwritten (secure_delete, and a journal that is truncated, never a WAL that
would keep old pages). A finished request keeps no identity.
"""

import hashlib
import json
import math
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from consent.protocol.answers import Erasure
from consent.protocol.events import Shared

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contact (
  webhook_id TEXT PRIMARY KEY, disclosure_id TEXT NOT NULL, identity TEXT NOT NULL,
  fields TEXT NOT NULL, received_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS contact_identity ON contact (identity);
CREATE TABLE IF NOT EXISTS received (
  webhook_id TEXT PRIMARY KEY, stored INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
  id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, identity TEXT,
  gone_until REAL NOT NULL, callback_url TEXT NOT NULL, received_at REAL NOT NULL,
  erase_at REAL NOT NULL,
  status TEXT NOT NULL, deleted INTEGER, call_at REAL, calls INTEGER NOT NULL DEFAULT 0,
  called_at REAL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_erase ON request (erase_at)
  WHERE status IN ('pending', 'in_progress');
CREATE INDEX IF NOT EXISTS request_call ON request (call_at) WHERE call_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS erased (
  identity_sha256 TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
"""


class AlreadyExists(Exception):
    """The same subject_request_id came with another person, time or callback address."""


class NotPending(Exception):
    """The request has begun or ended and can no longer be withdrawn."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the processor knows it; `deleted` is the number of rows, None until done."""

    id: UUID
    status: str
    callback_url: str
    received_at: float
    deleted: int | None
    calls: int
    called_at: float | None


_REQUEST = "id, status, callback_url, received_at, deleted, calls, called_at"


def _request(row: tuple[str, str, str, float, int | None, int, float | None]) -> Request:
    return Request(UUID(row[0]), *row[1:])


def _digest(*parts: object) -> str:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()


class Store:
    """One file in `folder`, one connection, one lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "partner.sqlite3"
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("PRAGMA journal_mode = TRUNCATE")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA temp_store = MEMORY")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; later calls fail."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; may be nested, the outermost decides."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def keep(self, webhook_id: str, shared: Shared) -> bool:
        """Store a disclosure once; False when it is older than the person's erasure."""
        with self.transaction() as db:
            known = db.execute("SELECT stored FROM received WHERE webhook_id = ?", [webhook_id])
            if (row := known.fetchone()) is not None:
                return bool(row[0])
            person = str(shared.identity)
            # A delivery that was held up on its way must not bring an erased person back.
            late = db.execute(
                "SELECT 1 FROM erased WHERE identity_sha256 = ? AND until >= ?",
                [_digest(person), shared.shared_at.timestamp()],
            ).fetchone()
            db.execute("INSERT INTO received VALUES (?, ?)", [webhook_id, late is None])
            if late is None:
                fields = json.dumps(shared.contact, ensure_ascii=False)
                disclosure = str(shared.disclosure_id)
                db.execute(
                    "INSERT INTO contact VALUES (?, ?, ?, ?, ?)",
                    [webhook_id, disclosure, person, fields, time.time()],
                )
            return late is None

    def enter(self, erasure: Erasure, *, delay: float) -> Request:
        """Write a request down, or find it again; AlreadyExists when it differs from the first."""
        request_id, person = str(erasure.subject_request_id), str(erasure.identity)
        submitted = erasure.submitted_at.timestamp()
        # Who withdrew may share again later; who closed the account is never shared again.
        gone_until = math.inf if erasure.cause == "deactivation" else submitted
        fingerprint = _digest(person, submitted, erasure.cause, erasure.callback_url)
        now = time.time()
        row = [request_id, fingerprint, person, gone_until, erasure.callback_url, now, now + delay]
        with self.transaction() as db:
            db.execute(
                "INSERT INTO request (id, fingerprint, identity, gone_until, callback_url,"
                " received_at, erase_at, status) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')"
                " ON CONFLICT (id) DO NOTHING",
                row,
            )
            query = "SELECT fingerprint FROM request WHERE id = ?"
            if db.execute(query, [request_id]).fetchone() != (fingerprint,):
                raise AlreadyExists
            found = self.find(erasure.subject_request_id)
        assert found is not None  # noqa: S101 - written above, in the same transaction
        return found

    def find(self, request_id: UUID) -> Request | None:
        """One request."""
        with self.transaction() as db:
            query = f"SELECT {_REQUEST} FROM request WHERE id = ?"  # noqa: S608 - constant columns
            row = db.execute(query, [str(request_id)]).fetchone()
        return None if row is None else _request(row)

    def withdraw(self, request_id: UUID) -> Request | None:
        """Cancel a pending request; NotPending when it is too late, None when unknown."""
        with self.transaction() as db:
            changed = db.execute(
                "UPDATE request SET status = 'cancelled', identity = NULL"
                " WHERE id = ? AND status = 'pending'",
                [str(request_id)],
            ).rowcount
            found = self.find(request_id)
        if found is not None and not changed:
            raise NotPending
        return found

    def begin_erasing(self) -> UUID | None:
        """Take up the request that is due longest. One a crash interrupted is found here again."""
        with self.transaction() as db:
            row = db.execute(
                "SELECT id FROM request WHERE status IN ('pending', 'in_progress')"
                " AND deleted IS NULL AND erase_at <= ? ORDER BY erase_at LIMIT 1",
                [time.time()],
            ).fetchone()
            if row is None:
                return None
            db.execute("UPDATE request SET status = 'in_progress' WHERE id = ?", row)
        return UUID(row[0])

    def erase(self, request_id: UUID) -> None:
        """Delete every row of the request's person, and the request's own mention of them."""
        with self.transaction() as db:
            person, until = db.execute(
                "SELECT identity, gone_until FROM request WHERE id = ?", [str(request_id)]
            ).fetchone()
            db.execute(
                "INSERT INTO erased VALUES (?, ?) ON CONFLICT (identity_sha256)"
                " DO UPDATE SET until = max(until, excluded.until)",
                [_digest(person), until],
            )
            deleted = db.execute("DELETE FROM contact WHERE identity = ?", [person]).rowcount
            db.execute(
                "UPDATE request SET identity = NULL, deleted = ? WHERE id = ?",
                [deleted, str(request_id)],
            )

    def finish_erasing(self) -> int:
        """Clear the file of what was deleted, and only then owe the portal its callbacks.

        Rewriting the file is needed: secure_delete leaves copies where SQLite moved rows between
        pages. Returns how many requests were completed.
        """
        with self._lock:
            erased = "status = 'in_progress' AND deleted IS NOT NULL"
            some = f"SELECT 1 FROM request WHERE {erased}"  # noqa: S608 - constant words
            if self._db.execute(some).fetchone() is None:
                return 0
            self._db.execute("VACUUM")
            done = f"UPDATE request SET status = 'completed', call_at = ? WHERE {erased}"  # noqa: S608 - constant words
            return self._db.execute(done, [time.time()]).rowcount

    def call_now(self) -> None:
        """Whatever wait a callback was in, it is due now: for a fresh start."""
        with self.transaction() as db:
            db.execute("UPDATE request SET call_at = ? WHERE call_at IS NOT NULL", [time.time()])

    def due_call(self) -> Request | None:
        """The callback that is due longest."""
        with self.transaction() as db:
            query = (
                f"SELECT {_REQUEST} FROM request"  # noqa: S608 - constant columns
                " WHERE call_at <= ? ORDER BY call_at LIMIT 1"
            )
            row = db.execute(query, [time.time()]).fetchone()
        return None if row is None else _request(row)

    def called(self, request_id: UUID) -> None:
        """The portal took the callback."""
        with self.transaction() as db:
            db.execute(
                "UPDATE request SET call_at = NULL, calls = calls + 1, called_at = ? WHERE id = ?",
                [time.time(), str(request_id)],
            )

    def call_later(self, request_id: UUID, *, wait: float) -> None:
        """The portal did not take it: try again after `wait` seconds."""
        with self.transaction() as db:
            db.execute(
                "UPDATE request SET call_at = ?, calls = calls + 1 WHERE id = ?",
                [time.time() + wait, str(request_id)],
            )

    def people(self) -> list[tuple[str, dict[str, str]]]:
        """Each person held, with all fields received of them, newest value winning."""
        with self.transaction() as db:
            rows = db.execute(
                "SELECT identity, fields FROM contact ORDER BY received_at"
            ).fetchall()
        found: dict[str, dict[str, str]] = {}
        for person, fields in rows:
            found.setdefault(person, {}).update(json.loads(fields))
        return list(found.items())

    def latest(self, count: int = 50) -> list[Request]:
        """The newest requests."""
        with self.transaction() as db:
            query = (
                f"SELECT {_REQUEST} FROM request"  # noqa: S608 - constant columns
                " ORDER BY received_at DESC LIMIT ?"
            )
            return [_request(row) for row in db.execute(query, [count])]
