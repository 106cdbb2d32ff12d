"""Publishing versions for tests, through the same action as people."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import Person
from consent import policytext
from consent.actions import drafts, policies, policy_files
from consent.actions.drafts import Wording
from consent.actions.policy_files import Stated
from consent.models import PolicyDraft, PolicyVersion
from consent.policytext import PolicyText

# Midnight, more than seven whole days from now.
EFFECTIVE = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(9)
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
    major_changes: Sequence[str] = (),
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
        major_changes=list(major_changes),
        published_at=min(at, timezone.now()) - timedelta(days=8),
        effective_at=at,
    )


def import_text(raw: str, now: datetime | None = None, **stated: object) -> PolicyVersion:
    """What the command does with a file."""
    return policy_files.publish(
        text=policytext.parse(raw),
        stated=Stated(**stated),  # type: ignore[arg-type]  # as each test states it
        now=now,
    )[0]


def shipped_text(kind: str = "privacy", number: str = "2.0", extra: str = "") -> PolicyText:
    """A text of ours that the linter has nothing against, without days of its own in it."""
    raw = (Path(settings.BASE_DIR) / "consent" / "texts" / f"{kind}.zh.md").read_text()
    text = policytext.parse(raw)
    body = text.markdown.replace(
        "版本号：1.0　公布日期：2026 年 11 月 1 日　", f"版本号：{number}　"
    )
    effective = timezone.localtime(EFFECTIVE)
    body = re.sub(
        r"生效日期：[^\n]*",
        f"生效日期：{effective.year} 年 {effective.month} 月 {effective.day} 日",
        body,
    )
    return policytext.parse(f"{body}\n{extra}\n")


def wording(kind: str = "privacy", number: str = "2.0", **changed: object) -> Wording:
    """All an author has to write of a change that is in order."""
    said = {
        "kind": kind,
        "text": shipped_text(kind, number, str(changed.pop("extra", ""))),
        "number": number,
        "summary": "日志的保存时间写得更清楚。",
        "major_changes": ("recipients",),
        "effective_at": EFFECTIVE,
    }
    return Wording(**(said | changed))  # type: ignore[arg-type]  # as each test words it


def submitted(by: Person, **changed: object) -> PolicyDraft:
    """A draft waiting for another publisher."""
    begun = drafts.begin(wording=wording(**changed), by=by)  # type: ignore[arg-type]  # as above
    return drafts.submit(draft=begun, by=by)
