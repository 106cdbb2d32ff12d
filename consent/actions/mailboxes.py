"""Waking the courier: the row is the promise, the message after commit only hurries it."""

from datetime import datetime

from django.db.models import Q

from accounts import after_commit
from consent import tasks
from consent.models import Mailbox


def hurry(partner_id: int, at: datetime) -> None:
    """Make a partner's mailbox due at `at`, and send the courier there after commit.

    A broker that is away costs the time until the next sweep and nothing else.
    """
    Mailbox.objects.get_or_create(partner_id=partner_id)
    Mailbox.objects.filter(Q(next_at=None) | Q(next_at__gt=at), partner=partner_id).update(
        next_at=at
    )
    after_commit.send(tasks.drain, partner_id=partner_id)
