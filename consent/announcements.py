"""What everybody is told once of a takeover or of the end of the service, word for word.

The one rule: `text` is exactly what the pop-up shows, so its hash proves what was shown.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from consent.actions.answers import Question
from consent.models import ConsentEvent, ServiceEnding, TransferNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One announcement: its lines as they are shown, and the page that says the rest."""

    code: str
    version: str
    title: str
    lines: tuple[tuple[str, str], ...]
    page: str
    link: str

    @property
    def text(self) -> str:
        """The title, then one line for every part shown."""
        return "\n".join([self.title, *(f"{label}：{words}" for label, words in self.lines)])

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of `text` in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def question(self) -> Question:
        """Itself as what is recorded; nobody is asked to answer it."""
        return Question(
            kind=ConsentEvent.Kind.NOTICE,
            code=self.code,
            version=self.version,
            sha256=self.sha256,
            text=self.text,
        )


def of_transfer(notice: TransferNotice) -> Announcement:
    """Who takes over what, why and when, and what somebody unwilling can do (PIPL 22)."""
    lines = [
        ("接手方", f"{notice.successor}，{notice.contact}"),
        ("原因", notice.get_why_display()),
        ("从哪天起", _day(notice.effect_date)),
        ("转移哪些信息", notice.passes),
    ]
    if notice.new_purpose:
        changed = f"{notice.new_purpose}。您以前的同意不会转过去，它必须重新问您。"
        lines.append(("接手方的新用途", changed))
    lines.append(("不愿意的话", "在那以前可以导出信息、撤回授权或者注销账号。"))
    return Announcement(
        code=f"transfer:{notice.pk}",
        version=_version(notice.published_at),
        title="您的信息将由别的公司接手",
        lines=tuple(lines),
        page=reverse("consent:transfer", args=[notice.pk]),
        link="看全部说明，可以怎么办",
    )


def of_ending(ending: ServiceEnding) -> Announcement:
    """When collecting stops, when everything is erased, and what goes on until then."""
    return Announcement(
        code=f"ending:{ending.pk}",
        version=_version(ending.announced_at),
        title="51车商家端将停止运营",
        lines=(
            ("说明", ending.reason),
            ("从哪天起不再收集信息", _day(ending.stop_date)),
            ("从哪天起删除全部信息", _day(ending.erase_date)),
            ("在那以前", "查看、导出、更正、撤回和注销都照常，不用等。"),
        ),
        page=reverse("consent:ending"),
        link="看公告，导出自己的信息",
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _version(at: datetime | None) -> str:
    """Announcements have no numbers of their own: the day each was made public."""
    return timezone.localdate(at).isoformat() if at else ""
