"""What still stands in the way of publishing a draft, each by name, with the rule and what to do.

Reading alone: the same list is shown on the desk, refuses handing in and refuses publishing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.clocks import SHANGHAI
from consent import lint, policytext
from consent.actions import publishing
from consent.models import PolicyDraft, PolicyVersion
from consent.states import PolicyDraftState

_STATED_NUMBER = re.compile(r"版本号\s*[:：]\s*([\w.]{1,20})")
_HEAD = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. What `blocks` must be mended; the rest is for the publishers to weigh."""

    code: str
    message_zh: str
    advice_zh: str
    blocks: bool = True


def of(draft: PolicyDraft, now: datetime | None = None) -> list[Finding]:
    """Everything found in a draft as it stands, in a fixed order; of a translation, its identity
    alone: it takes dates and changes from its original, and the linter reads Chinese.
    """
    at = now or timezone.now()
    if not draft.is_prevailing:
        return [*_number(draft), *_original(draft)]
    return [*_number(draft), *_dates(draft, at), *_told(draft, at), *_lint(draft)]


def blocking(draft: PolicyDraft, now: datetime | None = None) -> list[Finding]:
    """What must be mended before the draft may go on."""
    return [finding for finding in of(draft, now) if finding.blocks]


def _number(draft: PolicyDraft) -> Iterator[Finding]:
    if not draft.number:
        yield Finding("number_missing", "没有版本号", "请填写版本号，例如比现行版本大一号")
        return
    taken = PolicyVersion.objects.filter(
        kind=draft.kind, language=draft.language, number=draft.number
    )
    if taken.exists():
        yield Finding(
            "number_taken",
            f"{draft.number} 版已经公布过，公布过的版本不能改",
            "请换一个版本号",
        )
    stated = _STATED_NUMBER.search(draft.body[:_HEAD])
    if stated and stated[1] != draft.number:
        yield Finding(
            "number_differs",
            f"正文写的版本号是 {stated[1]}，要公布的是 {draft.number}",
            "请把两处改成一样",
        )


def _original(draft: PolicyDraft) -> Iterator[Finding]:
    original = PolicyVersion.objects.published(draft.kind).filter(number=draft.number)
    if draft.number and not original.exists():
        yield Finding(
            "original_missing",
            f"还没有公布过 {draft.number} 版的中文，译文要跟着中文走",
            "请先公布中文，或者改正版本号",
        )


def _dates(draft: PolicyDraft, now: datetime) -> Iterator[Finding]:
    if draft.effective_at is None:
        yield Finding("effective_missing", "没有生效日期", "请填写从哪一天起生效")
        return
    if draft.effective_at < now:
        yield Finding(
            "effective_before_publication",
            f"生效时间 {_day(draft.effective_at)} 早于公布时间（《个人信息保护法》第17条："
            "变更应当先告知）",
            "请把生效日期改到今天以后",
        )
    else:
        yield from _notice(draft, now)
    yield from _stated_days(draft, _day(draft.effective_at), _day(now))


def _notice(draft: PolicyDraft, now: datetime) -> Iterator[Finding]:
    earliest = publishing.earliest_effect(draft, now)
    if earliest is None or draft.effective_at is None or draft.effective_at >= earliest:
        return
    if draft.is_agreement:
        yield Finding(
            "notice_too_short",
            "修改协议至少要在生效前 7 天公布（《电子商务法》第34条）",
            f"请把生效日期改到 {_day(earliest)} 或以后",
        )
    else:
        yield Finding(
            "notice_short",
            "生效前公布不满 7 天：隐私政策第 6 部分承诺至少提前 7 天公布",
            f"除非来不及，请改到 {_day(earliest)} 或以后",
            blocks=False,
        )


def _stated_days(draft: PolicyDraft, effective: date, today: date) -> Iterator[Finding]:
    stated = policytext.parse(draft.body)
    if stated.effective_date and stated.effective_date != effective:
        yield Finding(
            "effective_differs",
            f"正文写的生效日期是 {stated.effective_date}，要生效的是 {effective}",
            "请把两处改成一样",
        )
    published = stated.published_date
    if published and published < today:
        yield Finding(
            "published_differs",
            f"正文写的公布日期是 {published}，已经过去",
            "请改成公布的那一天",
        )
    elif published and published > today and draft.state == PolicyDraftState.SUBMITTED:
        yield Finding(
            "published_not_yet",
            f"正文写的公布日期是 {published}，还没有到",
            "请到那一天再公布，或者退回修改日期",
        )


def _told(draft: PolicyDraft, now: datetime) -> Iterator[Finding]:
    """A change says in plain words what changed, and whether it is a major one."""
    if PolicyVersion.objects.in_force(draft.kind, now) is None:
        return
    if not draft.summary:
        yield Finding(
            "summary_missing", "没有用大白话写改了什么", "请写一两句话，弹窗和公告会原样显示"
        )
    if draft.major_changes is None:
        yield Finding(
            "major_changes_unanswered",
            "没有回答是不是重大变更",
            "请逐项看过再选，都没有就选“以上都没有”",
        )


def _lint(draft: PolicyDraft) -> Iterator[Finding]:
    for problem in lint.problems(draft.body, draft.kind):
        yield Finding(problem.code, problem.message_zh, problem.advice_zh)


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
