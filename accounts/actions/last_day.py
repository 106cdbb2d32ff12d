"""What the codes of the last day say about a number: counts, and nothing kept for longer.

Codes are counted to stop bombing and guessing (codes.LIMITS); the rows, keyed hashes alone, go
after a day, and with them all that can be said here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Sum

from accounts.actions.codes import number_hash
from accounts.models import Challenge

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LastDay:
    """Wrong guesses at codes of one number, and how many other numbers its network let in."""

    wrong: int = 0
    neighbours: int = 0


def of_number(phone: str, now: datetime) -> LastDay:
    """The last day of one number, as far as its codes are still there."""
    sign_ins = Challenge.objects.filter(
        purpose=Challenge.Purpose.SIGN_IN, created_at__gt=now - DAY, created_at__lte=now
    )
    own = sign_ins.filter(number_hash=number_hash(phone))
    tried = own.aggregate(guesses=Sum("attempts", default=0), right=Count("used_at"))
    networks = own.exclude(used_at=None).values("network_hash")
    near = sign_ins.filter(network_hash__in=networks).exclude(used_at=None)
    others = near.exclude(number_hash=number_hash(phone)).values("number_hash").distinct()
    return LastDay(wrong=tried["guesses"] - tried["right"], neighbours=others.count())
