"""People with real browsers in front of the standing house."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from config.house import House
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
