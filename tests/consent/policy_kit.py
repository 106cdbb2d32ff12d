"""Publishing versions for tests, through the same action as people."""

from datetime import datetime, timedelta

from django.utils import timezone

from consent import policytext
from consent.actions import policies
from consent.actions.policies import Stated
from consent.models import PolicyVersion

TEXT = "# 51车商家端隐私政策\n\n第 {number} 版的正文。\n\n## 1. 收集什么\n\n手机号码。{extra}\n"


def in_force(kind: str = "privacy") -> PolicyVersion:
    """The version in force."""
    return policies.in_force(kind)


def publish(
    number: str,
    *,
    kind: str = "privacy",
    effective_at: datetime | None = None,
    summary: str = "",
    extra: str = "",
) -> PolicyVersion:
    """A version in force from `effective_at`, which may be a moment rather than a day."""
    at = effective_at or timezone.now() - timedelta(seconds=1)
    return PolicyVersion.objects.create(
        kind=kind,
        number=number,
        title="51车商家端隐私政策",
        body=(body := TEXT.format(number=number, extra=extra)),
        sha256=policytext.fingerprint(body),
        summary=summary,
        published_at=min(at, timezone.now()) - timedelta(days=8),
        effective_at=at,
    )


def import_text(raw: str, now: datetime | None = None, **stated: object) -> PolicyVersion:
    """What the command does with a file."""
    return policies.publish(
        text=policytext.parse(raw),
        stated=Stated(**stated),  # type: ignore[arg-type]
        now=now,
    )[0]
