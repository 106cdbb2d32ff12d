"""What verifiers answered about somebody: kept on the ground of the consent to ask them, alone."""

from collections.abc import Mapping
from uuid import UUID

from accounts.personal import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Outcome
from consent.purposes import SHARE
from onboarding.models import RealNameCheck


class RealNameHolder:
    """Questions to verifiers, and their answers."""

    name = "real_names"
    label = "实名核验结果"

    def models(self) -> tuple[str, ...]:
        return ("onboarding.RealNameCheck",)

    def inventory(self, person: UUID) -> list[Held]:
        newest = RealNameCheck.objects.filter(person_id=person).order_by("planned_at").last()
        if newest is None:
            return []
        return [
            Held(
                label="实名核验结果",
                category=Category.IDENTITY,
                level=Level.GENERAL,
                purpose="供审核人员参考，不由它决定",
                scene="提交申请时，经您同意向核验机构核验",
                count=RealNameCheck.objects.filter(person_id=person).count(),
                last_at=newest.finished_at or newest.planned_at,
            )
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        rows = RealNameCheck.objects.filter(person_id=person).select_related("partner")
        if not rows:
            return {}
        return {
            "real_name_checks": [
                {
                    "核验机构": row.partner.legal_name,
                    "第几次提交": row.round,
                    "状态": row.get_state_display(),
                    "结果": row.get_verdict_display() or row.get_reason_display(),
                    "时间": (row.finished_at or row.planned_at).isoformat(),
                }
                for row in rows.order_by("planned_at")
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count, _per_model = RealNameCheck.objects.filter(person_id=person).delete()
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def withdrawn(self, person: UUID, code: str) -> None:
        """Without the consent to ask somebody neither questions nor answers stay."""
        if code.startswith(SHARE):
            slug = code.removeprefix(SHARE)
            RealNameCheck.objects.filter(person_id=person, partner__slug=slug).delete()

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []
