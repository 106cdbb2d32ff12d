"""Publishing a file: our Markdown with its head, or the bare text of another firm."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accounts.clocks import SHANGHAI, Clock, deadline
from accounts.models import Person
from consent import lint, policytext
from consent.actions import publishing
from consent.actions.publishing import PublishRefused
from consent.models import PolicyVersion, PolicyWithdrawal
from consent.models.policies import PREVAILING, Language

Kind = PolicyVersion.Kind

# Words of a title that tell what kind of text it is, the most telling first.
_TITLES = (
    ("代理人", Kind.AGENT_AGREEMENT),
    ("合作协议", Kind.STORE_AGREEMENT),
    ("隐私", Kind.PRIVACY),
    ("线索", Kind.LEADS),
    ("Cookie", Kind.COOKIES),
)


class Standard(StrEnum):
    """How a file is held to the linter: in full, as a reminder, or as history that only is kept."""

    FULL = "full"
    WARN = "warn"
    HISTORIC = "historic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the publisher states beside the file; empty where the file speaks for itself."""

    kind: str = ""
    number: str = ""
    published: date | None = None
    effective: date | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """Who wrote a text and who approved it: two publishers; raises PublishRefused otherwise."""

    author: Person
    approver: Person

    def __post_init__(self) -> None:
        """Refuse one person twice, and anybody who is no publisher."""
        if self.author.pk == self.approver.pk:
            raise PublishRefused("起草人和审批人要是两个人：请另一位发布人审批")
        for person in (self.author, self.approver):
            if not person.is_in("publisher"):
                raise PublishRefused(f"{person.username} 不是发布人：请先给这个账号 publisher 角色")


def publish(
    *,
    text: policytext.PolicyText,
    stated: Stated | None = None,
    signed: Signed | None = None,
    standard: Standard = Standard.WARN,
    now: datetime | None = None,
) -> tuple[PolicyVersion, bool]:
    """Make a text a version; the bool tells whether it is new. Publishing it again changes nothing.

    Raises PublishRefused when dates are missing, contradict each other or leave an agreement too
    little notice (电子商务法 art. 34), when the number already belongs to another text, and for
    whatever `standard` does not let pass.
    """
    stated, at = stated or Stated(), now or timezone.now()
    version = _drafted(text, stated, at)
    if signed:
        version.author, version.approver = signed.author.pk, signed.approver.pk
    with transaction.atomic():
        same = _published_before(version, is_undated=is_undated(text, stated))
        if same:
            return same, False
        _hold_to(standard, version, at)
        return publishing.enter(version=version, now=at), True


def is_undated(text: policytext.PolicyText, stated: Stated) -> bool:
    """Whether neither the text nor its publisher names any day; only a firm's bare text may."""
    days = (text.published_date, text.effective_date, stated.published, stated.effective)
    return _is_bare(text) and not any(days)


def _is_bare(text: policytext.PolicyText) -> bool:
    """A text as another firm published it: without the head that our own files begin with."""
    return not text.kind


def _hold_to(standard: Standard, version: PolicyVersion, now: datetime) -> None:
    if standard == Standard.FULL and version.is_prevailing:
        _refuse_backdating(version, now)
        _refuse_findings(version)
    if standard == Standard.HISTORIC:
        _refuse_anything_new(version, now)


def _refuse_backdating(version: PolicyVersion, now: datetime) -> None:
    today = now.astimezone(SHANGHAI).date()
    if version.effective_at.astimezone(SHANGHAI).date() < today:
        raise PublishRefused(
            f"生效日期早于今天 {today}：先公布才能生效（《个人信息保护法》第17条）；"
            "从前用过的旧版本请加 --historic"
        )


def _refuse_findings(version: PolicyVersion) -> None:
    found = lint.problems(version.body, version.kind)
    if found:
        lines = "\n".join(f"  {one.message_zh}" for one in found)
        raise PublishRefused(f"还有 {len(found)} 处不合要求，改好以后才能公布：\n{lines}")


def _refuse_anything_new(version: PolicyVersion, now: datetime) -> None:
    current = PolicyVersion.objects.in_force(version.kind, now)
    if current is None or version.effective_at >= current.effective_at:
        raise PublishRefused(
            "--historic 只用来补录现行版本以前的旧版本；这份文字会成为现行版本，请按要求改好再公布"
        )


def _drafted(text: policytext.PolicyText, stated: Stated, now: datetime) -> PolicyVersion:
    kind = _agreed("类别", stated.kind, text.kind) or _kind_of(text.title)
    if text.language != PREVAILING:
        return _translated(text, kind, stated)
    published, effective = _days(text, stated, now)
    if effective < published:
        raise PublishRefused(
            f"生效日期 {effective} 早于公布日期 {published}：请核对，先公布才能生效"
        )
    return PolicyVersion(
        kind=kind,
        number=_agreed("版本号", stated.number, text.number) or f"{effective:%Y.%m.%d}",
        language=text.language,
        title=text.title,
        body=text.markdown,
        sha256=policytext.fingerprint(text.markdown),
        summary=text.summary,
        published_at=_midnight(published),
        effective_at=_midnight(effective),
    )


def _translated(text: policytext.PolicyText, kind: str, stated: Stated) -> PolicyVersion:
    """A translation belongs to the version whose number it bears, and has its dates."""
    if text.language not in Language.values:
        raise PublishRefused(f"不认识的语言“{text.language}”：可以是 {'、'.join(Language.values)}")
    number = _agreed("版本号", stated.number, text.number)
    original = PolicyVersion.objects.published(kind).filter(number=number).first()
    if original is None:
        raise PublishRefused(f"译文要跟着中文版本走：还没有公布过 {number or '这个'} 版的中文")
    return translation(original, language=text.language, title=text.title, body=text.markdown)


def translation(original: PolicyVersion, *, language: str, title: str, body: str) -> PolicyVersion:
    """The same version in another language, not saved yet."""
    return PolicyVersion(
        kind=original.kind,
        number=original.number,
        language=language,
        title=title,
        body=body,
        sha256=policytext.fingerprint(body),
        published_at=original.published_at,
        effective_at=original.effective_at,
    )


def _agreed(label: str, stated: str, written: str) -> str:
    if stated and written and stated != written:
        raise PublishRefused(f"{label}前后不一致：文件里是“{written}”，命令里是“{stated}”")
    return stated or written


def _kind_of(title: str) -> str:
    for word, kind in _TITLES:
        if word in title:
            return kind
    names = "、".join(f"{kind.value}（{kind.label}）" for kind in Kind)
    raise PublishRefused(f"从标题“{title}”看不出是哪一类：请用 --kind 写明，可以是 {names}")


def _days(text: policytext.PolicyText, stated: Stated, now: datetime) -> tuple[date, date]:
    """The days of publication and effect.

    Of a firm's bare text one day stands for both; without any it is published today and, as every
    change, takes effect after the notice.
    """
    published = _date("公布", stated.published, text.published_date)
    effective = _date("生效", stated.effective, text.effective_date)
    if is_undated(text, stated):
        notice = deadline(Clock.AGREEMENT_CHANGE, now).at
        return now.astimezone(SHANGHAI).date(), notice.astimezone(SHANGHAI).date()
    if _is_bare(text):
        published, effective = published or effective, effective or published
    return _required("公布", "published", published), _required("生效", "effective", effective)


def _date(label: str, stated: date | None, written: date | None) -> date | None:
    if stated and written and stated != written:
        raise PublishRefused(f"{label}日期前后不一致：文件里是 {written}，命令里是 {stated}")
    return stated or written


def _required(label: str, option: str, day: date | None) -> date:
    if day is None:
        raise PublishRefused(
            f"没有{label}日期：请在文件头写 {option}_at: 2026-11-01，"
            f"或在命令里加 --{option} 2026-11-01"
        )
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def _published_before(version: PolicyVersion, *, is_undated: bool) -> PolicyVersion | None:
    """The version this one repeats. An undated text repeats itself on whatever day it comes."""
    known = PolicyVersion.objects.filter(kind=version.kind, language=version.language)
    if is_undated and (repeated := known.filter(sha256=version.sha256).first()):
        return repeated
    same = known.filter(number=version.number).first()
    if same and PolicyWithdrawal.objects.filter(version=same).exists():
        raise PublishRefused(
            f"{same.get_kind_display()} {same.number} 在生效前撤回了，不能再用：请换一个版本号"
        )
    if same:
        _refuse_another_text(same, version)
    return same


def _refuse_another_text(same: PolicyVersion, version: PolicyVersion) -> None:
    if same.sha256 != version.sha256:
        raise PublishRefused(
            f"{same.get_kind_display()} {same.number} 已经公布过另一份文字，"
            "公布过的版本不能改：请换一个版本号"
        )
    if (same.published_at, same.effective_at) != (version.published_at, version.effective_at):
        raise PublishRefused(
            f"{same.get_kind_display()} {same.number} 已经公布，日期与这份文件不同，"
            "公布过的日期不能改：请换一个版本号"
        )
