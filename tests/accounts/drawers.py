"""Holders of the floors above, as far as the ground floor needs them to be tested."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import LedgerEntry
from accounts.personal import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Outcome

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 11, 22, 21, 0, tzinfo=SHANGHAI)
LATER = SUNDAY + timedelta(days=1, minutes=1)


class Drawer:
    """A holder of the floors above, which notes when it is asked to erase."""

    def __init__(self, name, log, outcome=None, outside=()):
        self.name, self.label, self.log, self.outside = name, name, log, list(outside)
        self.outcome = outcome or Outcome(Fate.ERASED, 2)
        self.crashes = 0

    def models(self):
        return ()

    def inventory(self, person):
        return [Held(self.label, Category.CONTACT, Level.GENERAL, "test", "test", 2, None)]

    def export(self, person):
        return {}

    def erase(self, person, erasure_id):
        verbs = list(LedgerEntry.objects.filter(stream=str(person)).values_list("verb", flat=True))
        assert "erasure_planned" in verbs
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError("the machine stops here")
        self.log.append(self.name)
        return self.outcome

    def followups(self, erasure_id):
        return self.outside


def verbs(person_id):
    entries = LedgerEntry.objects.filter(stream=str(person_id)).order_by("seq")
    return [entry.verb for entry in entries]


def partner(key="partner:1", *, closed=False, evidence="e" * 64):
    return FollowUp(
        key=key,
        label="示例银行",
        transport="已送达",
        outcome="已删除" if closed else "等待回执",
        is_closed=closed,
        closed_at=LATER if closed else None,
        evidence_sha256=evidence if closed else "",
    )
