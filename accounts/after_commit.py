"""Sending work after commit. The row is the promise; the message only hurries it."""

import logging
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(task: "Task[Any, Any]", **ids: object) -> None:
    """Send a task once this transaction is committed; `ids` are identifiers, nothing personal.

    A broker that is away changes nothing but the time: the sweep finds the row.
    """

    def deliver() -> None:
        try:
            task.delay(**ids)
        except OperationalError:
            log.warning("the broker is away; %s waits for the sweep", task.name)

    transaction.on_commit(deliver)
