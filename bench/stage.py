"""A portal of its own for one bench: databases, broker, folder, secrets; all gone afterwards.

PostgreSQL where DATABASE_URL names one, or where one answers on this machine; else SQLite.
"""

import base64
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import environ
import psycopg
import redis
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from bench.harness import ROOT, USUAL_POSTGRES, django_ready, dsn
from config.house import House, free_port

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a bench runs: its folder, and the database in words."""

    var: Path
    database: str


@contextmanager
def portal() -> Iterator[Stage]:
    """Django set up on migrated, empty databases; they are dropped however the block ends."""
    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as stack:
        var = Path(stack.enter_context(TemporaryDirectory(prefix="portal-bench-")))
        urls = stack.enter_context(_databases(var))
        (var / "static").mkdir()
        os.environ.update(_environment(var) | urls)
        os.environ["REDIS_URL"] = stack.enter_context(_broker(var))
        django_ready()
        stack.callback(connections.close_all)
        for alias in connections:
            call_command("migrate", database=alias, verbosity=0)
        _assess()
        is_small = connection.vendor == "sqlite"
        yield Stage(var, "SQLite, no PostgreSQL answered" if is_small else "PostgreSQL")


def _assess() -> None:
    """What merchants are asked for may be asked: somebody assessed it."""
    from tests.consent import assessment_kit  # noqa: PLC0415 - Django is set up now

    assessment_kit.in_force(*assessment_kit.ASSESSED)


def analyse() -> None:
    """Let the planner know the rows just made, as autovacuum would have in time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(143)


def _environment(var: Path) -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "DEVELOPMENT": "true",
        "SECRET_KEY": key(),
        "INDEX_KEY": key(),
        "KMS_KEYS": f"1:{key()}",
        "SIGNING_KEY": key(),
        "VAR_DIR": str(var),
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def _broker(var: Path) -> Iterator[str]:
    """The broker REDIS_URL names, else one started for the block."""
    house = House(var=var, port=free_port(), partner_port=0, env=os.environ)
    url = house.env["REDIS_URL"]
    try:
        if house.own_broker:
            house.start("broker")
        until(lambda: _answers(url), "the broker")
        yield url
    finally:
        house.stop_all()


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def until(is_so: Callable[[], bool], what: str, pause_s: float = 0.01) -> None:
    """Wait for another process; TimeoutError names what never came."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not ready after {PATIENCE_S:.0f} s")
        time.sleep(pause_s)


@contextmanager
def _databases(var: Path) -> Iterator[dict[str, str]]:
    """Addresses of two fresh databases; SQLite's own files where no server answers."""
    environ.Env.read_env(str(ROOT / ".env"))
    server = os.environ.get("DATABASE_URL") or USUAL_POSTGRES
    try:
        desk = psycopg.connect(dsn(server), autocommit=True, connect_timeout=3)
    except (psycopg.Error, ValueError):
        files = {"DATABASE_URL": "portal", "VAULT_DATABASE_URL": "vault"}
        yield {name: f"sqlite:///{var / file}.sqlite3" for name, file in files.items()}
        return
    names = [f"portal_bench_{secrets.token_hex(4)}{part}" for part in ("", "_vault")]
    base = server.rpartition("/")[0]
    with desk:
        try:
            for name in names:
                desk.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            yield {"DATABASE_URL": f"{base}/{names[0]}", "VAULT_DATABASE_URL": f"{base}/{names[1]}"}
        finally:
            for name in names:
                drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                desk.execute(drop.format(sql.Identifier(name)))
