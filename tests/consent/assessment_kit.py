"""Impact assessments in force, for tests that are about something else."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from consent import purposes
from consent.models import ImpactAssessment
from consent.states import AssessmentState

AUTHOR, APPROVER = uuid4(), uuid4()
ASSESSED = tuple(code for code, purpose in purposes.PURPOSES.items() if purpose.reasons)
WORDS = {"necessity": "必要。", "influence": "影响小。", "measures": "措施够。"}


def in_force(*codes: str, days: int = 300) -> None:
    """Approved assessments of these purposes in one INSERT, as two officers would leave them."""
    now = timezone.now()
    ImpactAssessment.objects.bulk_create(
        ImpactAssessment(
            purpose=code,
            state=AssessmentState.APPROVED,
            valid_until=timezone.localdate(now) + timedelta(days=days),
            sha256="0" * 64,
            author=AUTHOR,
            approver=APPROVER,
            submitted_at=now,
            approved_at=now,
            **WORDS,
        )
        for code in codes
    )
