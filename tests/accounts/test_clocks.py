"""Deadlines are counted in the Chinese working calendar, and say so when it is not published yet.

These tests prove the clock alone; a clause counts as proven where its promise is kept by acting.
"""

import csv
import json
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import clocks
from accounts.clocks import SHANGHAI, TERMS, CalendarRefused, Clock, Sense, Unit

REGISTER = Path(__file__).parents[2] / "docs" / "clauses.csv"
ANY_2026_MOMENT = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis takes bounds without a zone
    datetime(2026, 11, 30),  # noqa: DTZ001 - as above
    timezones=st.just(SHANGHAI),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def overrides(tmp_path, monkeypatch):
    file = tmp_path / "calendar_overrides.json"
    monkeypatch.setattr(clocks, "OVERRIDES_FILE", file)

    def write(entries: dict[str, str]) -> None:
        file.write_text(json.dumps(entries), encoding="utf-8")

    write({})
    return write


def notice_of(year: int) -> dict[str, str]:
    """A complete notice: more days off than the thirteen every year has by law."""
    return {f"{year}-10-{day:02}": "holiday" for day in range(1, 15)}


@pytest.mark.parametrize(
    ("applied", "due"),
    [
        ("2026-11-22 10:00", "2026-11-25 23:59:59"),  # a Sunday
        ("2026-11-23 00:00", "2026-11-26 23:59:59"),
        ("2026-11-20 23:59:59", "2026-11-25 23:59:59"),  # over a weekend
        ("2026-09-30 09:00", "2026-10-10 23:59:59"),  # National Day; Saturday the 10th is worked
        ("2026-02-13 18:00", "2026-02-25 23:59:59"),  # Spring Festival; Saturday the 14th is worked
    ],
)
def test_deactivation_ends_with_the_third_chinese_working_day_after_the_request(applied, due):
    deadline = clocks.deadline(Clock.DEACTIVATION, at(applied))

    assert (deadline.at, deadline.estimated) == (at(due), False)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        (Clock.ACCESS, "2026-10-15 23:59:59"),
        (Clock.CORRECTION, "2026-10-15 23:59:59"),
        (Clock.DELETION, "2026-10-15 23:59:59"),
        (Clock.RESTRICTION, "2026-10-15 23:59:59"),
        (Clock.EXPLANATION, "2026-10-15 23:59:59"),
        (Clock.COMPLAINT, "2026-10-15 23:59:59"),
        (Clock.APPEAL, "2026-10-27 23:59:59"),
        (Clock.INCIDENT_REPORT, "2026-09-30 09:00"),
        (Clock.INCIDENT_NOTICE, "2026-10-30 23:59:59"),
        (Clock.AGREEMENT_CHANGE, "2026-10-08 00:00"),
        (Clock.MERGER_NOTICE, "2026-11-18 00:00"),
        (Clock.ASK_AGAIN, "2026-10-02 09:00"),
        (Clock.SHARING_LEDGER, "2029-10-01 00:00"),
        (Clock.SUPPORT_RECORD, "2027-03-31 00:00"),
        (Clock.LOGS, "2027-03-31 00:00"),
    ],
)
def test_every_other_promise_is_counted_from_the_eve_of_national_day(kind, due):
    deadline = clocks.deadline(kind, at("2026-09-30 09:00"))

    assert (deadline.at, deadline.estimated) == (at(due), False)


@given(start=ANY_2026_MOMENT, kind=st.sampled_from(Clock))
def test_a_deadline_is_never_before_its_start_and_names_its_promise(start, kind):
    deadline = clocks.deadline(kind, start)

    assert deadline.at >= start
    assert deadline.basis.startswith(f"{TERMS[kind].label_zh}:")


@given(start=ANY_2026_MOMENT)
def test_fifteen_calendar_days_also_keep_the_promise_of_fifteen_working_days(start):
    complaint = clocks.deadline(Clock.COMPLAINT, start)
    appeal = clocks.deadline(Clock.APPEAL, start)

    assert complaint.at < appeal.at


def test_the_day_of_the_request_is_the_day_in_shanghai():
    late_evening_in_utc = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)

    deadline = clocks.deadline(Clock.DEACTIVATION, late_evening_in_utc)

    assert deadline.at == at("2026-11-26 23:59:59")


def test_a_moment_without_time_zone_is_refused():
    naive = at("2026-11-22 10:00").replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        clocks.deadline(Clock.DEACTIVATION, naive)


def test_a_month_without_that_day_ends_on_its_last_day():
    six_months_on = clocks.deadline(Clock.LOGS, at("2026-08-31 12:00"))
    three_years_on = clocks.deadline(Clock.SHARING_LEDGER, at("2024-02-29 12:00"))

    assert six_months_on.at == at("2027-03-01 00:00")
    assert three_years_on.at == at("2027-03-01 00:00")


def test_the_basis_is_a_sentence_a_merchant_can_read():
    deadline = clocks.deadline(Clock.DEACTIVATION, at("2026-11-22 10:00"))

    assert deadline.basis == "注销账号:3个工作日(隐私政策5.5.2),已计入法定节假日和调休"


def test_a_term_into_an_unpublished_year_is_estimated_and_warned_about(overrides, caplog):
    with caplog.at_level(logging.WARNING, logger="accounts.clocks"):
        deadline = clocks.deadline(Clock.DEACTIVATION, at("2027-01-04 10:00"))

    assert (deadline.at, deadline.estimated) == (at("2027-01-07 23:59:59"), True)
    assert deadline.basis.endswith(",2027年放假安排尚未公布,暂按周一至周五估算")
    assert [record.getMessage() for record in caplog.records] == [
        "deactivation counted without the holiday calendar of 2027"
    ]


def test_the_week_before_new_year_waits_for_the_next_years_notice(overrides):
    christmas = date(2026, 12, 25)

    known_before = clocks.is_known(christmas)
    overrides(notice_of(2027))

    assert (clocks.is_known(date(2026, 12, 24)), known_before, clocks.is_known(christmas)) == (
        True,
        False,
        True,
    )


def test_staff_correct_a_day_and_the_next_call_knows_it(overrides):
    start = at("2027-01-04 10:00")

    overrides({"2027-01-05": "holiday", "2027-01-09": "workday"})
    corrected = clocks.deadline(Clock.DEACTIVATION, start)
    overrides({**notice_of(2027), "2027-01-05": "holiday", "2027-01-09": "workday"})
    completed = clocks.deadline(Clock.DEACTIVATION, start)

    assert (corrected.at, corrected.estimated) == (at("2027-01-08 23:59:59"), True)
    assert (completed.at, completed.estimated) == (at("2027-01-08 23:59:59"), False)
    assert clocks.is_working_day(date(2027, 1, 9))


def test_an_override_outranks_the_published_calendar(overrides):
    overrides({"2026-11-23": "holiday", "2026-11-22": "workday"})

    worked = [clocks.is_working_day(date(2026, 11, day)) for day in (22, 23, 24)]

    assert worked == [True, False, True]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"2027-13-01": "holiday"}', "2027-13-01"),
        ('{"2027-01-01": "off"}', "'off'"),
    ],
)
def test_an_overrides_file_that_cannot_be_read_is_refused_by_name(overrides, text, named):
    clocks.OVERRIDES_FILE.write_text(text, encoding="utf-8")

    with pytest.raises(CalendarRefused, match=named):
        clocks.is_working_day(date(2026, 11, 23))


def test_the_overrides_in_the_repository_can_be_read():
    assert clocks.is_working_day(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-09-30 09:00", 3),
        ("2026-10-07 09:00", 3),
        ("2026-10-08 23:59:59", 2),
        ("2026-10-10 00:00", 0),
        ("2026-10-20 00:00", 0),
    ],
)
def test_working_days_left_skip_the_holidays_between(now, left):
    due = clocks.deadline(Clock.DEACTIVATION, at("2026-09-30 09:00")).at

    assert clocks.working_days_left(at(now), due) == left


def test_adding_working_days_counts_from_the_next_day():
    friday = date(2026, 11, 20)

    days = [clocks.add_working_days(friday, count) for count in (0, 1, 2)]

    assert days == [friday, date(2026, 11, 23), date(2026, 11, 24)]


def test_a_missing_calendar_is_warned_about_from_the_first_of_december(overrides):
    november = clocks.missing_year_warning(date(2026, 11, 30))
    december = clocks.missing_year_warning(date(2026, 12, 1))
    overrides(notice_of(2027))
    entered = clocks.missing_year_warning(date(2026, 12, 1))

    assert (november, entered) == (None, None)
    assert december is not None
    assert december.startswith("缺少2027年的放假调休安排")


def test_half_a_notice_is_still_a_missing_calendar(overrides):
    overrides({"2027-01-01": "holiday"})

    assert clocks.missing_year_warning(date(2027, 3, 1)) is not None


def test_every_clock_has_a_term_whose_clauses_are_in_the_register():
    with REGISTER.open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}

    named = {clause for term in TERMS.values() for clause in term.clauses}

    assert set(TERMS) == set(Clock)
    assert named - known == set()


def test_terms_to_act_by_end_with_a_day_and_terms_to_wait_for_begin_with_one():
    ends = {
        (TERMS[kind].sense, clocks.deadline(kind, at("2026-09-30 09:00")).at.timetz())
        for kind in Clock
        if TERMS[kind].unit not in (Unit.AT_ONCE, Unit.HOURS)
    }

    assert ends == {
        (Sense.BY, at("2026-01-01 23:59:59").timetz()),
        (Sense.FROM, at("2026-01-01 00:00").timetz()),
    }


def test_asking_again_waits_exactly_forty_eight_hours():
    refused = at("2026-11-22 10:17:03")

    allowed = clocks.deadline(Clock.ASK_AGAIN, refused).at

    assert allowed - refused == timedelta(hours=48)
