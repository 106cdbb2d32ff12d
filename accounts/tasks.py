"""Thin tasks: each fetches nothing itself and calls one action. Rows are the queue."""

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import beat_init, before_task_publish, worker_ready


@shared_task(name="accounts.pulse")
def pulse() -> None:
    """A worker that runs this is alive; beat, the only one who sends it, has signed for itself."""
    from accounts.actions import pulses

    pulses.beat_of("worker")


@before_task_publish.connect(sender="accounts.pulse")
def _sign_for_beat(**_: Any) -> None:
    """Runs in the process that sends the pulse: beat, whose life thus needs no worker to prove."""
    from django.db import close_old_connections

    from accounts.actions import pulses

    # Nobody else does it in this process: after a restart of the database beat would seem dead.
    close_old_connections()
    pulses.beat_of("beat")


@beat_init.connect
def _beat_begins(**_: Any) -> None:
    """Beat sends its first pulse only after its first interval; it is alive before that."""
    from accounts.actions import pulses

    pulses.beat_of("beat")


@worker_ready.connect
def _worker_begins(sender: Any, **_: Any) -> None:
    """A worker that has connected to the broker says so at once, for each queue it serves."""
    from accounts.actions import pulses

    served = set(sender.app.amqp.queues.consume_from)
    for queue, name in {"portal": "worker", "courier": "courier"}.items():
        if queue in served:
            pulses.beat_of(name)


@shared_task(name="accounts.sweep_erasures")
def sweep_erasures() -> None:
    """Hand every erasure with something to do to a worker; finds what lost messages missed."""
    from accounts.actions import erasure

    for erasure_id in erasure.due():
        run_erasure.apply_async(kwargs={"erasure_id": str(erasure_id)}, expires=60)


@shared_task(name="accounts.run_erasure")
def run_erasure(*, erasure_id: str) -> None:
    """Carry one erasure as far as it can go."""
    from accounts.actions import erasure

    erasure.run(erasure_id=UUID(erasure_id))


@shared_task(name="accounts.sweep_complaints")
def sweep_complaints() -> None:
    """Tell every answer that was not told yet."""
    from accounts.actions import complaints

    for complaint_id in complaints.to_tell():
        tell_complaint.apply_async(kwargs={"complaint_id": str(complaint_id)}, expires=60)


@shared_task(name="accounts.tell_complaint")
def tell_complaint(*, complaint_id: str) -> None:
    """Send the text message that a complaint was answered."""
    from accounts.actions import complaints

    complaints.tell(complaint_id=UUID(complaint_id))


@shared_task(name="accounts.send_notification")
def send_notification(*, notification_id: str) -> None:
    """Send one text message about an event."""
    from accounts.actions import notifications

    notifications.send(notification_id=UUID(notification_id))


@shared_task(name="accounts.sweep_notifications")
def sweep_notifications() -> None:
    """Send some of the text messages that are due."""
    from accounts.actions import notifications

    notifications.send_due()


@shared_task(name="accounts.housekeeping")
def housekeeping() -> None:
    """Remove what must not outlive its purpose."""
    from accounts.actions import housekeeping as chores

    chores.clean_up()


@shared_task(name="accounts.checkpoint_ledger")
def checkpoint_ledger() -> None:
    """Sign the heads of all streams, once a day."""
    from accounts import ledger

    ledger.checkpoint()
