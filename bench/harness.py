"""Measures by comparison: medians of interleaved runs, and the machine they were taken on.

A bench module is one file here with `measure()` giving one Row or several. Only ratios within one
run mean anything on another machine; nothing here is ever a timed test.
"""

import gc
import os
import platform
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import django
import environ
import psycopg
import redis

from config.house import broker_binary

ROOT = Path(__file__).resolve().parent.parent
USUAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True, slots=True)
class Row:
    """One number. `value` and `against` carry their units; `ratio` is None where none makes sense.

    `met` is decided by the bench that knows what its `goal` means, never by reading the text.
    """

    name: str
    value: str
    against: str
    ratio: float | None
    goal: str
    met: bool

    def __str__(self) -> str:
        ratio = "-" if self.ratio is None else f"{self.ratio:.3g}×"
        verdict = "met" if self.met else "short"
        return " | ".join((self.name, self.value, self.against or "-", ratio, self.goal, verdict))


def interleaved(
    subject: Callable[[], object], baseline: Callable[[], object], runs: int = 5
) -> tuple[float, float]:
    """Median seconds of each. Both run once unmeasured; then the order swaps every round.

    Swapping spreads a machine's drift over both sides instead of giving it to the second.
    """
    if runs < 1:
        raise ValueError("at least one run")
    subject()
    baseline()
    seconds: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(runs):
        for side in (0, 1) if turn % 2 == 0 else (1, 0):
            seconds[side].append(_seconds((subject, baseline)[side]))
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def _seconds(work: Callable[[], object]) -> float:
    """Wall time of one run, begun with the garbage of the other side already collected."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def django_ready() -> None:
    """Set up the portal with the settings of this environment; benches that need Django call it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def machine() -> dict[str, str]:
    """What the numbers were taken on: processor, load and versions, without any host name."""
    environ.Env.read_env(str(ROOT / ".env"))
    load = " ".join(f"{average:.2f}" for average in os.getloadavg())
    return {
        "cpu": _cpu_model(),
        "cores": str(len(os.sched_getaffinity(0)) if _has_affinity() else os.cpu_count()),
        "load": load,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "django": version("django"),
        "database": _database_version(os.environ.get("DATABASE_URL") or USUAL_POSTGRES),
        "redis": _redis_version(os.environ.get("REDIS_URL", "")),
    }


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")


def _cpu_model() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def dsn(url: str) -> str:
    """The address psycopg knows of a database named in Django's way; ValueError for SQLite."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgres", "postgresql", "psql", "pgsql"}:
        raise ValueError(scheme)
    return f"postgresql://{rest}"


def _database_version(url: str) -> str:
    """The server the benches will use, or the SQLite they fall back to."""
    try:
        with psycopg.connect(dsn(url), connect_timeout=3) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}"
    except (psycopg.Error, ValueError):
        return f"SQLite {sqlite3.sqlite_version}, no PostgreSQL answered"


def _redis_version(url: str) -> str:
    if not url:
        return _own_broker_version()
    try:
        # Celery and redis-py name a unix socket differently.
        address = url.replace("redis+socket://", "unix://", 1)
        with redis.Redis.from_url(address, socket_connect_timeout=3) as client:
            said = client.info("server")
    except (redis.RedisError, ValueError) as error:
        return f"unreachable ({type(error).__name__})"
    if "valkey_version" in said:
        return f"Valkey {said['valkey_version']}"
    return f"Redis {said['redis_version']}"


def _own_broker_version() -> str:
    """Of the server each bench starts for itself: `Redis server v=7.0.15 …` as Redis 7.0.15."""
    told = subprocess.run(
        [broker_binary(), "--version"], capture_output=True, text=True, check=True
    )
    name, _, rest = told.stdout.partition(" server v=")
    return f"{name} {rest.split()[0]}, started by the bench"


def as_json(rows: list[Row]) -> list[dict[str, object]]:
    """Rows as var/bench.json holds them."""
    return [asdict(row) for row in rows]
