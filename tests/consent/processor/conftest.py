"""A portal that listens, and processors on one store in this process or one of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consent.processor import options
from consent.processor.server import Processor
from tests.consent.processor.partner_kit import (
    SECRET,
    Client,
    Portal,
    Process,
    portal_listening,
)


@pytest.fixture
def portal() -> Iterator[Portal]:
    with portal_listening() as listening:
        yield listening


@pytest.fixture
def start(tmp_path: Path, portal: Portal) -> Iterator[Callable[..., Client]]:
    """Starts a processor in this process; `delay` is how long requests stay pending."""
    running: list[Processor] = []

    def start(
        *, delay: float = 0, secrets: tuple[str, ...] = (SECRET,), signing_key: str = ""
    ) -> Client:
        chosen = options.Options(
            store=tmp_path,
            portal=portal.url,
            secrets=secrets,
            signing_keys=(signing_key,) if signing_key else secrets,
            port=0,
            delay=delay,
        )
        processor = Processor(chosen)
        processor.start()
        running.append(processor)
        return Client(processor.url, secrets[0], portal)

    yield start
    for processor in running:
        processor.stop()


@pytest.fixture
def launch(tmp_path: Path, portal: Portal) -> Iterator[Callable[..., Process]]:
    """Starts a processor in a process of its own."""
    launched: list[Process] = []

    def launch(*options: str) -> Process:
        launched.append(Process(tmp_path, portal, SECRET, *options))
        return launched[-1]

    yield launch
    for process in launched:
        process.kill()
        process.output.close()


@pytest.fixture
def client(start: Callable[..., Client]) -> Client:
    return start()


@pytest.fixture
def patient(start: Callable[..., Client]) -> Client:
    """A processor that leaves requests pending for the length of a test."""
    return start(delay=60)
