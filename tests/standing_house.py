"""The whole portal as real processes: one house a test process, for journeys and chaos alike."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from redis import Redis

from config import launcher
from config.house import House, free_port

SECRETS = ("SECRET_KEY", "INDEX_KEY", "KMS_KEYS", "SIGNING_KEY", "DEMO_PARTNER_SECRET")


@contextmanager
def fresh_databases() -> Iterator[dict[str, str]]:
    """Fresh PostgreSQL databases for one house where DATABASE_URL asks for them, else none."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is under test

    parts = urlsplit(url)
    name = f"house_{uuid.uuid4().hex[:8]}"
    server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        for database in (name, f"{name}_vault"):
            connection.execute(f'CREATE DATABASE "{database}"')
    yield {
        "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}")),
        "VAULT_DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}_vault")),
    }
    with psycopg.connect(server, autocommit=True) as connection:
        for database in (name, f"{name}_vault"):
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def own_databases() -> Iterator[dict[str, str]]:
    """The databases of the standing house."""
    with fresh_databases() as urls:
        yield urls


def fresh_broker(number: int) -> dict[str, str]:
    """An emptied Redis database of one house alone where REDIS_URL asks for one, else none."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return {}
    own = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
    Redis.from_url(own).flushdb()
    return {"REDIS_URL": own}


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    """Which of the test processes this is."""
    return int(worker_id.removeprefix("gw")) if worker_id != "master" else 0


@pytest.fixture(scope="session")
def own_broker(worker_number: int) -> dict[str, str]:
    """The broker of the standing house."""
    return fresh_broker(10 + worker_number)


@contextmanager
def raised(folder: Path, own: dict[str, str]) -> Iterator[House]:
    """A house with demo content, up and well, in this folder and on free ports."""
    launcher.write_env(folder / "env")
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in SECRETS and name not in {"VAR_DIR", "DJANGO_SETTINGS_MODULE"}
    }
    env |= launcher.read_env(folder / "env") | own
    env |= {"ERASURE_GRACE_SECONDS": "86400", "SWEEP_SECONDS": "1"}
    built = House(var=folder / "var", port=free_port(), partner_port=free_port(), env=env)
    try:
        if built.own_broker:
            built.start("broker")
        prepared = built.manage("prepare", "--demo")
        assert prepared.returncode == 0, prepared.stdout + prepared.stderr
        built.start_all()
        built.wait_until_well()
        yield built
    finally:
        built.stop_all()


@pytest.fixture(scope="session")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    own_databases: dict[str, str],
    own_broker: dict[str, str],
) -> Iterator[House]:
    """Web, worker, beat, demo partner and, by default, the embedded broker; on free ports."""
    with raised(tmp_path_factory.mktemp("house"), own_databases | own_broker) as built:
        yield built


@pytest.fixture
def other_house(tmp_path: Path, worker_number: int) -> Iterator[House]:
    """A house of its own, for what would be in the way of everybody in the standing one."""
    with (
        fresh_databases() as databases,
        raised(tmp_path, databases | fresh_broker(13 + worker_number)) as built,
    ):
        yield built
