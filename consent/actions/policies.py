"""Publishing policies, and answering them. Continued use is never an answer."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.clocks import SHANGHAI, Clock, deadline
from accounts.models import Person
from consent import policytext
from consent.actions import answers
from consent.models import Asking, Consent, ConsentEvent, PolicyVersion

Kind = PolicyVersion.Kind

# Words of a title that tell what kind of text it is, the most telling first.
_TITLES = (
    ("代理人", Kind.AGENT_AGREEMENT),
    ("合作协议", Kind.STORE_AGREEMENT),
    ("隐私", Kind.PRIVACY),
    ("线索", Kind.LEADS),
    ("Cookie", Kind.COOKIES),
)


class WrongVersion(Exception):
    """The version answered is not the one in force; `current` is. Nothing was written."""

    def __init__(self, current: PolicyVersion | None) -> None:
        super().__init__("the policy changed meanwhile")
        self.current = current


class PublishRefused(Exception):
    """A text cannot be published as it is; the message says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the publisher states beside the file; empty where the file speaks for itself."""

    kind: str = ""
    number: str = ""
    published: date | None = None
    effective: date | None = None


def in_force(kind: str, now: datetime | None = None) -> PolicyVersion:
    """The version in force; raises PolicyVersion.DoesNotExist before the first one."""
    version = PolicyVersion.objects.in_force(kind, now)
    if version is None:
        raise PolicyVersion.DoesNotExist(kind)
    return version


def governing(function: str, now: datetime | None = None) -> PolicyVersion:
    """The text that governs one function: its special policy in force, else the privacy policy.

    Raises PolicyVersion.DoesNotExist while neither is in force.
    """
    special = PolicyVersion.SPECIAL.get(function)
    found = PolicyVersion.objects.in_force(special, now) if special else None
    return found or in_force(Kind.PRIVACY, now)


def agree(
    *,
    person: Person,
    version: PolicyVersion | int,
    sha256: str,
    way: str,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Agree to the version in force, by its row and hash; raises WrongVersion for any other.

    Of `address` only the network is kept. None when this was agreed to before.
    """
    question = _asked(version, sha256, now)
    return answers.record(
        person.pk,
        question,
        answers.Decision.AGREED,
        way=way,
        asking=asking,
        address=address,
        now=now,
    )


def refuse(
    *,
    person: Person,
    version: PolicyVersion | int,
    sha256: str,
    way: str,
    asking: str = Asking.PAGE,
    address: str = "",
    now: datetime | None = None,
) -> ConsentEvent | None:
    """Refuse the version in force; raises WrongVersion. An agreement given before is withdrawn."""
    question = _asked(version, sha256, now)
    return answers.record(
        person.pk,
        question,
        answers.Decision.REFUSED,
        way=way,
        asking=asking,
        address=address,
        now=now,
    )


def _asked(version: PolicyVersion | int, sha256: str, now: datetime | None) -> answers.Question:
    """The question these two name, when it is asked today; raises WrongVersion."""
    shown = PolicyVersion.objects.filter(
        pk=version.pk if isinstance(version, PolicyVersion) else version
    ).first()
    current = PolicyVersion.objects.in_force(shown.kind, now) if shown else None
    if shown is None or current is None or (current.pk, current.sha256) != (shown.pk, sha256):
        raise WrongVersion(current)
    return question(current)


def question(version: PolicyVersion) -> answers.Question:
    """A version as the question people answer."""
    return answers.Question(
        kind=ConsentEvent.Kind.POLICY,
        code=version.code,
        version=version.number,
        sha256=version.sha256,
        language=version.language,
    )


def publish(
    *,
    text: policytext.PolicyText,
    stated: Stated | None = None,
    now: datetime | None = None,
) -> tuple[PolicyVersion, bool]:
    """Make a text a version; the bool tells whether it is new. Publishing it again changes nothing.

    Raises PublishRefused when dates are missing, contradict each other or leave an agreement too
    little notice (电子商务法 art. 34), or when the number already belongs to another text.
    """
    stated, at = stated or Stated(), now or timezone.now()
    version = _drafted(text, stated, at)
    with transaction.atomic():
        same = _published_before(version, is_undated=is_undated(text, stated))
        if same:
            return same, False
        _refuse_short_notice(version, at)
        version.save(force_insert=True)
        ledger.append(
            "published",
            stream="system",
            body={
                "row": version.pk,
                "kind": version.kind,
                "number": version.number,
                "sha256": version.sha256,
                "language": version.language,
            },
            now=now,
        )
    return version, True


def is_undated(text: policytext.PolicyText, stated: Stated) -> bool:
    """Whether neither the text nor its publisher names any day; only a firm's bare text may."""
    days = (text.published_date, text.effective_date, stated.published, stated.effective)
    return _is_bare(text) and not any(days)


def _is_bare(text: policytext.PolicyText) -> bool:
    """A text as another firm published it: without the head that our own files begin with."""
    return not text.kind


def _drafted(text: policytext.PolicyText, stated: Stated, now: datetime) -> PolicyVersion:
    kind = _agreed("类别", stated.kind, text.kind) or _kind_of(text.title)
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
    return _named("公布", "published", published), _named("生效", "effective", effective)


def _date(label: str, stated: date | None, written: date | None) -> date | None:
    if stated and written and stated != written:
        raise PublishRefused(f"{label}日期前后不一致：文件里是 {written}，命令里是 {stated}")
    return stated or written


def _named(label: str, option: str, day: date | None) -> date:
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


def _refuse_short_notice(version: PolicyVersion, now: datetime) -> None:
    """A changed agreement is public at least 7 days before effect, counted from the real day."""
    earliest = earliest_effect(version, now)
    if version.is_agreement and earliest and version.effective_at < earliest:
        raise PublishRefused(
            f"修改协议至少要在生效前 7 天公布（《电子商务法》第34条）："
            f"生效日期最早是 {earliest.astimezone(SHANGHAI):%Y-%m-%d}"
        )


def earliest_effect(version: PolicyVersion, now: datetime) -> datetime | None:
    """The first moment a change may take effect after 7 days in public; None when nothing changes.

    A text older than the one in force only completes the history.
    """
    others = PolicyVersion.objects.filter(kind=version.kind, language=version.language)
    others = others.exclude(pk=version.pk)
    if not others.exists() or others.filter(effective_at__gte=version.effective_at).exists():
        return None
    return deadline(Clock.AGREEMENT_CHANGE, max(version.published_at, now)).at


def has_agreed(person: UUID, kind: str, now: datetime | None = None) -> bool:
    """Whether this person's last answer agrees to the version of this kind in force."""
    current = PolicyVersion.objects.in_force(kind, now)
    return current is not None and Consent.objects.agreed_to(person, [current.sha256]).exists()
