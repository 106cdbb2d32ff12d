"""Deliveries a second, from claim to durable record, against a well-written Celery task for each.

Same rows, bodies, signatures, sink and database, in one run. All rows wait before the clock starts,
and so do the rival's messages in its broker. Afterwards every single delivery is accounted for.
"""

import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

from bench import celery_worker, sink, stage
from bench.harness import Row, interleaved

GOAL = 25
RUNS = 5
OURS, RIVALS = 5000, 300
CEILING_S = 2


def measure() -> Row:
    """Drain full mailboxes, in turn with the rival's queues."""
    with ExitStack() as stack:
        place = stack.enter_context(stage.portal())
        endpoint = stack.enter_context(sink.started())
        ceiling = _ceiling(endpoint, place.var)
        worker = stack.enter_context(celery_worker.started(place.var))
        ours, rival = _race(endpoint, worker)
    ratio = ours / rival
    return Row(
        name="courier: claim, sign, POST, record",
        value=f"{ours:,.0f} deliveries/s",
        against=f"Celery task per delivery, prefork 2, pooled requests.Session, {rival:,.0f}/s; "
        f"{place.database}; {ceiling}",
        ratio=ratio,
        goal=f"≥ {GOAL}×",
        met=ratio >= GOAL,
    )


def _race(endpoint: str, worker: celery_worker.Worker) -> tuple[float, float]:
    """Deliveries a second of both."""
    from bench import mailbox  # noqa: PLC0415 - models need Django set up
    from consent.courier import run  # noqa: PLC0415 - after Django is set up

    full = [mailbox.full(endpoint, OURS) for _ in range(RUNS + 1)]
    theirs = [mailbox.full(endpoint, RIVALS) for _ in range(RUNS + 1)]
    queues = [(box, worker.queue(list(mailbox.waiting(box)))) for box in theirs]
    stage.analyse()
    to_drain, to_work = iter(full), iter(queues)

    def subject() -> None:
        run.drain(next(to_drain).pk)

    def baseline() -> None:
        box, queue = next(to_work)
        worker.take_up(queue, lambda: not mailbox.waiting(box)[:1])

    seconds = interleaved(subject, baseline, runs=RUNS)
    for boxes, size in ((full, OURS), (theirs, RIVALS)):
        delivered = [mailbox.delivered(box) for box in boxes]
        if delivered != [size] * len(boxes):
            raise RuntimeError(f"delivered {delivered}, not {size} each")
    return OURS / seconds[0], RIVALS / seconds[1]


def _ceiling(endpoint: str, var: Path) -> str:
    """What the sink can take from wrk, in words: the limit nobody can pass here."""
    if shutil.which("wrk") is None:
        return "the sink's own ceiling not measured (no wrk)"
    script = var / "post.lua"
    body = '{"subject_request_id":"00000000-0000-4000-8000-000000000000","x":"' + "x" * 480 + '"}'
    script.write_text(f"wrk.method='POST'\nwrk.body='{body}'\n")
    command = ["wrk", "-t1", "-c32", f"-d{CEILING_S}s", "-s", str(script), endpoint]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = next(line.split()[1] for line in said.splitlines() if "Requests/sec" in line)
    return f"the sink itself takes {float(rate):,.0f}/s from wrk"
