"""A real Celery worker for the courier's rival: two prefork processes on the stage's broker."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from bench.harness import ROOT
from bench.stage import until

PROCESSES = 2


class Worker:
    """Takes up one queue of waiting tasks at a time."""

    def __init__(self) -> None:
        from bench import celery_baseline  # noqa: PLC0415 - needs Django and the broker's address

        self._tasks = celery_baseline

    def queue(self, deliveries: Sequence[UUID]) -> str:
        """Put one message for each delivery into a queue of its own that nobody reads yet."""
        name = f"bench-{uuid4().hex}"
        with self._tasks.app.producer_pool.acquire() as producer:
            for pk in deliveries:
                message = {"delivery_id": str(pk)}
                self._tasks.deliver.apply_async(kwargs=message, queue=name, producer=producer)
        return name

    def take_up(self, queue: str, is_done: Callable[[], bool]) -> None:
        """Work through a queue; returns when `is_done`."""
        self._tasks.app.control.add_consumer(queue)
        # Seldom asked, for asking costs the rival time on the same cores.
        until(is_done, "the rival's queue", pause_s=0.05)
        self._tasks.app.control.cancel_consumer(queue)

    def is_up(self) -> bool:
        """Whether the worker answers."""
        return bool(self._tasks.app.control.ping(timeout=0.5))


@contextmanager
def started(var: Path) -> Iterator[Worker]:
    """A worker for the block; its log is in `var`."""
    command = [sys.executable, "-m", "celery", "-A", "bench.celery_baseline", "worker"]
    options = ["--pool", "prefork", "--concurrency", str(PROCESSES), "--queues", "bench-idle"]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    with (var / "worker.log").open("ab") as said:
        process = subprocess.Popen(
            command + options + quiet, cwd=ROOT, stdout=said, stderr=said, start_new_session=True
        )
    try:
        worker = Worker()
        until(worker.is_up, "the Celery worker")
        yield worker
    finally:
        # The whole group at once: its tasks are over, or no longer wanted.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
