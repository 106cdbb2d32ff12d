"""The whole portal as real processes, and people with real browsers in front of it."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from redis import Redis

from config import launcher
from config.house import House, free_port
from tests.factories import photo
from tests.journeys.stage import Stage
from tests.preflight import chromium

CHROMIUM = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]
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


# Per module: while Playwright runs, its event loop keeps Django's database shut in this process.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium; the tests that need it are skipped, loudly, where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium found: install chromium or set CHROME_PATH")
    launched = playwright.chromium.launch(
        executable_path=path,
        args=CHROMIUM,
    )
    yield launched
    launched.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A cheap phone: 390 px wide, touch, Chinese."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """A desk: 1280 px wide."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """Real JPEG files to upload, one a paper."""
    made = {}
    for seed, kind in enumerate(("licence", "id-front", "id-back")):
        made[kind] = tmp_path / f"{kind}.jpg"
        made[kind].write_bytes(photo(1600, 1000, seed))
    return made


@pytest.fixture
def stage(house: House) -> Stage:
    """What the people of a journey do, by name."""
    return Stage(house)
