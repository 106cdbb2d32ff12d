"""The whole portal as real processes: one house a test process, for journeys and chaos alike."""

import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from redis import Redis

from config import launcher
from config.house import House, free_port

SECRETS = ("SECRET_KEY", "INDEX_KEY", "KMS_KEYS", "SIGNING_KEY", "DEMO_PARTNER_SECRET")


@pytest.fixture(scope="session")
def own_databases() -> Iterator[dict[str, str]]:
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
def own_broker(worker_id: str) -> dict[str, str]:
    """An emptied Redis database of this house alone where REDIS_URL asks for one, else none."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        return {}
    number = 10 + int(worker_id.removeprefix("gw")) if worker_id != "master" else 10
    own = urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
    Redis.from_url(own).flushdb()
    return {"REDIS_URL": own}


@pytest.fixture(scope="session")
def house(
    tmp_path_factory: pytest.TempPathFactory,
    own_databases: dict[str, str],
    own_broker: dict[str, str],
) -> Iterator[House]:
    """Web, worker, beat, demo partner and, by default, the embedded broker; on free ports."""
    folder = tmp_path_factory.mktemp("house")
    launcher.write_env(folder / "env")
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in SECRETS and name not in {"VAR_DIR", "DJANGO_SETTINGS_MODULE"}
    }
    env |= launcher.read_env(folder / "env") | own_databases | own_broker
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
