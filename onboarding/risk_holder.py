"""What a program pointed out about somebody's applications: listed, explained, erased."""

from collections.abc import Mapping
from uuid import UUID

from accounts.personal.holders import Fate, FollowUp, Held, Outcome, declared
from onboarding import explanation
from onboarding.models import RiskLook


class RiskHolder:
    """Signals and how they were checked. What they say of others is not among what is exported."""

    name = "risk"
    label = "业务风险提示"

    def models(self) -> tuple[str, ...]:
        return ("onboarding.RiskLook",)

    def inventory(self, person: UUID) -> list[Held]:
        return declared(RiskLook.objects.of(person), at=lambda row: row.looked_at)

    def export(self, person: UUID) -> Mapping[str, object]:
        return {"risk": [_look(row) for row in RiskLook.objects.of(person) if row.looked_at]}

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count, _per_model = RiskLook.objects.filter(person_id=person).delete()
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


def _look(row: RiskLook) -> dict[str, object]:
    return {
        "第几次提交": row.round,
        "对照时间": row.looked_at.isoformat() if row.looked_at else None,
        "谁决定": "由工作人员决定，程序只作提示，没有评分",
        "每条规则的结果": explanation.in_words(row),
        "审核人员的核实说明": row.how_checked.clear if row.how_checked else None,
    }
