"""Every statutory and promised deadline, and the Chinese working days they are counted in.

Where law, standard and policy differ, the strictest promise stands. Terms begin on the day after
the event (民法典 art. 201) and end in Asia/Shanghai, wherever the server is. Staff correct the
calendar in `calendar_overrides.json`: `{"2027-01-01": "holiday", "2027-01-03": "workday"}`.
"""

import json
import logging
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar
from django.conf import settings

logger = logging.getLogger(__name__)

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
OVERRIDES_FILE: Final = Path(__file__).with_name("calendar_overrides.json")
LAST_SECOND: Final = time(23, 59, 59)

# 全国年节及纪念日放假办法 (2025): a year's notice grants at least this many days off, so a year
# that staff entered with fewer has not been entered completely.
STATUTORY_HOLIDAYS: Final = 13


class Unit(StrEnum):
    AT_ONCE = "立即"
    HOURS = "小时"
    DAYS = "日"
    WORKING_DAYS = "个工作日"
    MONTHS = "个月"
    YEARS = "年"


class Sense(StrEnum):
    """Whether the term's end is the last moment to act, or the first moment it is allowed."""

    BY = "by"
    FROM = "from"


class Clock(StrEnum):
    DEACTIVATION = "deactivation"
    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"
    RESTRICTION = "restriction"
    EXPLANATION = "explanation"
    COMPLAINT = "complaint"
    APPEAL = "appeal"
    INCIDENT_REPORT = "incident_report"
    INCIDENT_NOTICE = "incident_notice"
    AGREEMENT_CHANGE = "agreement_change"
    MERGER_NOTICE = "merger_notice"
    ASK_AGAIN = "ask_again"
    SHARING_LEDGER = "sharing_ledger"
    ASSESSMENT = "assessment"
    SUPPORT_RECORD = "support_record"
    LOGS = "logs"
    NOTIFICATIONS = "notifications"


@dataclass(frozen=True, slots=True)
class Term:
    """One promise: how long, counted how, and who says so."""

    label_zh: str
    amount: int
    unit: Unit
    sense: Sense
    law: str
    clauses: tuple[str, ...] = ()

    @property
    def length_zh(self) -> str:
        return f"{self.amount}{self.unit}" if self.amount else str(self.unit)


def _reply(label_zh: str, promise: str, *clauses: str) -> Term:
    return Term(label_zh, 15, Unit.DAYS, Sense.BY, promise, clauses)


TERMS: Final[Mapping[Clock, Term]] = MappingProxyType(
    {
        Clock.DEACTIVATION: Term(
            "注销账号", 3, Unit.WORKING_DAYS, Sense.BY, "隐私政策5.5.2", ("C150",)
        ),
        Clock.ACCESS: _reply("查阅、复制个人信息", "隐私政策5.1;个人信息保护法第45条", "C133"),
        Clock.CORRECTION: _reply("更正、补充个人信息", "隐私政策5.2;个人信息保护法第46条", "C135"),
        Clock.DELETION: _reply("删除个人信息", "隐私政策5.3;个人信息保护法第47条", "C136"),
        Clock.RESTRICTION: _reply("限制或者拒绝处理", "隐私政策5.7;个人信息保护法第44条", "C157"),
        Clock.EXPLANATION: _reply("解释处理规则", "隐私政策5.7;个人信息保护法第48条", "C157"),
        Clock.COMPLAINT: _reply("投诉与咨询", "隐私政策第7部分", "C175", "B106"),
        Clock.APPEAL: Term("申诉", 15, Unit.WORKING_DAYS, Sense.BY, "申诉管理机制7.6", ("B87",)),
        Clock.INCIDENT_REPORT: Term(
            "安全事件报告主管部门", 0, Unit.AT_ONCE, Sense.BY, "个人信息保护法第57条"
        ),
        Clock.INCIDENT_NOTICE: Term(
            "安全事件告知(应立即告知,最迟)",
            30,
            Unit.DAYS,
            Sense.BY,
            "个人信息保护法第57条",
            ("A79",),
        ),
        Clock.AGREEMENT_CHANGE: Term(
            "协议修改生效前公示", 7, Unit.DAYS, Sense.FROM, "电子商务法第34条"
        ),
        Clock.MERGER_NOTICE: Term(
            "合并、分立等转移个人信息前公示",
            30,
            Unit.WORKING_DAYS,
            Sense.FROM,
            "个人信息保护法第22条;国家网信办、公安部令第25号第9条",
        ),
        Clock.ASK_AGAIN: Term(
            "拒绝后再次征求同意",
            settings.ASK_AGAIN_HOURS,
            Unit.HOURS,
            Sense.FROM,
            "网络数据安全管理条例第22条;T/TAF 078.4",
        ),
        Clock.SHARING_LEDGER: Term(
            "对外提供记录保存", 3, Unit.YEARS, Sense.FROM, "网络数据安全管理条例第12条"
        ),
        Clock.ASSESSMENT: Term(
            "个人信息保护影响评估保存", 3, Unit.YEARS, Sense.FROM, "个人信息保护法第56条"
        ),
        Clock.SUPPORT_RECORD: Term(
            "客服谈话记录保存",
            6,
            Unit.MONTHS,
            Sense.FROM,
            "隐私政策1.4;个人信息保护法第19条",
            ("A43", "B31"),
        ),
        Clock.LOGS: Term("网络日志保存", 6, Unit.MONTHS, Sense.FROM, "网络安全法第23条第3项"),
        Clock.NOTIFICATIONS: Term(
            "短信通知记录保存", 180, Unit.DAYS, Sense.FROM, "隐私政策3.2；到期删除"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, why it is that moment, and whether an unpublished calendar may still move it."""

    at: datetime
    basis: str
    estimated: bool


class CalendarRefused(ValueError):
    """The overrides file cannot be read; the message names the entry."""


def deadline(kind: Clock | str, start: datetime) -> Deadline:
    """When the promise counted from `start` falls due; the day of `start` does not count.

    BY terms end at 23:59:59 of their last day. FROM terms give the first allowed moment: 00:00
    after their last day. Hours run from the very moment. Raises ValueError on a naive `start`.
    """
    term = TERMS[Clock(kind)]
    opened = _local(start)
    if term.unit in (Unit.AT_ONCE, Unit.HOURS):
        return Deadline(opened + timedelta(hours=term.amount), _basis(term, []), estimated=False)
    last = _last_day(term, opened.date())
    unknown = _guessed_years(opened.date(), last) if term.unit == Unit.WORKING_DAYS else []
    if unknown:
        logger.warning(
            "%s counted without the holiday calendar of %s", kind, ", ".join(map(str, unknown))
        )
    at = datetime.combine(last, LAST_SECOND, tzinfo=SHANGHAI)
    if term.sense == Sense.FROM:
        at = datetime.combine(last + timedelta(days=1), time.min, tzinfo=SHANGHAI)
    return Deadline(at, _basis(term, unknown), estimated=bool(unknown))


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself never counts; 0 gives `day`."""
    day = _plain(day)
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_left(now: datetime, due: datetime) -> int:
    """Working days after today up to and including the last day; 0 on that day and ever after.

    Being overdue is `now > due`, which this number cannot tell from the last day.
    """
    day, end = _local(now).date(), _local(due).date()
    return sum(is_working_day(day + timedelta(days=n)) for n in range(1, (end - day).days + 1))


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`: overrides first, then the published calendar, then Mon–Fri."""
    day = _plain(day)
    override = _overrides().get(day)
    if override is not None:
        return override == "workday"
    if day.year in _published_years():
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def is_known(day: date) -> bool:
    """Whether `is_working_day` answers from a calendar rather than from the weekday alone."""
    return _missing_year(_plain(day)) is None


def missing_year_warning(today: date) -> str | None:
    """Chinese text naming the year whose holidays are missing; next year's from 1 December on."""
    years = [today.year, today.year + 1] if today.month == 12 else [today.year]
    missing = [year for year in years if not _is_known_year(year)]
    if not missing:
        return None
    named = "、".join(f"{year}年" for year in missing)
    return (
        f"缺少{named}的放假调休安排,工作日期限只能按周一至周五估算。"
        f"请升级 chinesecalendar,或按国务院办公厅通知填写 {OVERRIDES_FILE.name}。"
    )


def _local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a clock needs a datetime with its time zone")
    return moment.astimezone(SHANGHAI)


def _plain(day: date) -> date:
    return _local(day).date() if isinstance(day, datetime) else day


def _last_day(term: Term, opened: date) -> date:
    match term.unit:
        case Unit.WORKING_DAYS:
            return add_working_days(opened, term.amount)
        case Unit.MONTHS:
            return _add_months(opened, term.amount)
        case Unit.YEARS:
            return _add_months(opened, 12 * term.amount)
        case _:
            return opened + timedelta(days=term.amount)


def _guessed_years(opened: date, last: date) -> list[int]:
    days = (opened + timedelta(days=n) for n in range(1, (last - opened).days + 1))
    return sorted({year for day in days if (year := _missing_year(day))})


def _add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where there is none (民法典 art. 202)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _basis(term: Term, unknown: list[int]) -> str:
    text = f"{term.label_zh}:{term.length_zh}({term.law})"
    if term.unit == Unit.WORKING_DAYS and not unknown:
        text += ",已计入法定节假日和调休"
    if unknown:
        text += f",{'、'.join(map(str, unknown))}年放假安排尚未公布,暂按周一至周五估算"
    return text


@lru_cache(maxsize=1)
def _published_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.holidays)


def _missing_year(day: date) -> int | None:
    """The year whose notice is needed to know `day`, when nobody has entered it."""
    if day in _overrides():
        return None
    if not _is_known_year(day.year):
        return day.year
    # New Year's notice may move the week before it: 2019's made 2018-12-29 a workday.
    if (day.month, day.day) >= (12, 25) and not _is_known_year(day.year + 1):
        return day.year + 1
    return None


def _is_known_year(year: int) -> bool:
    if year in _published_years():
        return True
    entered = [kind for day, kind in _overrides().items() if day.year == year]
    return entered.count("holiday") >= STATUTORY_HOLIDAYS


def _overrides() -> Mapping[date, str]:
    stamp = OVERRIDES_FILE.stat()
    return _read_overrides(OVERRIDES_FILE, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _read_overrides(path: Path, _changed_ns: int, _size: int) -> Mapping[date, str]:
    """The file's entries; the two unused arguments make an edit read again without a restart."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CalendarRefused(f"{path.name} is not JSON: {error}") from error
    if not isinstance(entries, dict):
        raise CalendarRefused(f"{path.name} must be an object of date: holiday|workday")
    return MappingProxyType({_override_day(key, kind): kind for key, kind in entries.items()})


def _override_day(key: str, kind: object) -> date:
    if kind not in ("holiday", "workday"):
        raise CalendarRefused(f"{key}: {kind!r} is neither holiday nor workday")
    try:
        return date.fromisoformat(key)
    except ValueError as error:
        raise CalendarRefused(f"{key!r} is not a date like 2027-01-01") from error
