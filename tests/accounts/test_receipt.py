"""The public receipt and its certificate; and the desk that watches."""

import json
from datetime import timedelta
from uuid import uuid4

import chinese_calendar
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import certificate, clocks, signing
from accounts.actions import erasure
from accounts.models import Erasure, Person
from accounts.personal import holders as registry
from tests.accounts.conftest import browser_of
from tests.accounts.drawers import Drawer, partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(monkeypatch):
    """The account, and one holder above it that told a partner."""
    drawer = Drawer("papers", [], outside=[])
    drawer.label = "证件照片"
    known = {"account": registry.named("account"), "papers": drawer}
    monkeypatch.setattr(registry, "_registered", known)
    return drawer


@pytest.fixture
def asked(house, merchant):
    return erasure.request(person=merchant)


def carry_out(found):
    erasure.run(erasure_id=found.pk, now=found.starts_at)
    found.refresh_from_db()


def page_of(found):
    return Client().get(f"/receipt/{found.code}/")


def test_a_stranger_with_the_code_sees_state_and_dates_and_nobody(asked):
    page = page_of(asked)

    text = page.content.decode()
    assert "注销申请已受理" in text
    assert "13800138000" not in text
    assert "138****8000" not in text
    assert str(asked.person) not in text


def test_it_is_not_listed_cached_or_passed_on(asked):
    headers = page_of(asked).headers

    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", ["/receipt/{}/", "/receipt/{}/certificate"])
def test_an_unknown_code_is_not_found_in_as_many_queries_as_any(db, address):
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(address.format("x" * 27))

    assert response.status_code == 404
    assert len(queries) == 1


def test_each_holder_and_each_partner_is_named_with_its_outcome(asked, house):
    house.outside = [partner("a", closed=True), partner("b")]
    carry_out(asked)

    text = page_of(asked).content.decode()

    for said in ("证件照片", "账号与登录", "已删除", "示例银行", "等待回执", "1 / 2 家已确认"):
        assert said in text


def test_the_end_says_that_everything_is_done(asked):
    carry_out(asked)

    text = page_of(asked).content.decode()

    assert "全部处理完毕" in text
    assert "没有向任何合作方提供过您的信息" in text


def test_a_cancelled_one_says_that_nothing_was_deleted(asked, merchant):
    erasure.cancel(erasure=asked, by=merchant)

    assert "没有删除任何内容" in page_of(asked).content.decode()


def test_the_certificate_is_downloaded_as_signed_and_verifies(asked):
    carry_out(asked)

    response = Client().get(f"/receipt/{asked.code}/certificate")

    checked = certificate.verify(response.content, trusted=signing.trusted())
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert checked.payload["receipt_code"] == asked.code
    assert checked.payload["final"] is True


@pytest.mark.parametrize("position", [10, 400, -20])
def test_the_command_accepts_the_download_and_refuses_one_changed_byte(asked, tmp_path, position):
    carry_out(asked)
    raw = bytearray(Client().get(f"/receipt/{asked.code}/certificate").content)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(raw)
    raw[position] ^= 1
    bad.write_bytes(raw)

    call_command("certificate", "verify", str(good))

    with pytest.raises(CommandError):
        call_command("certificate", "verify", str(bad))


def test_there_is_no_certificate_before_our_part_is_done(asked):
    assert Client().get(f"/receipt/{asked.code}/certificate").status_code == 404


def test_an_interim_certificate_says_that_answers_are_missing(asked, house):
    house.outside = [partner()]
    carry_out(asked)

    found = json.loads(Client().get(f"/receipt/{asked.code}/certificate").content)

    assert found["final"] is False
    assert found["partners"][0]["closed_at"] is None


def overdue(count):
    past = timezone.now() - timedelta(days=30)
    for number in range(count):
        person = Person.objects.create(kind="merchant", phone=f"1370013700{number}")
        erasure.request(person=person, now=past)


def test_operations_see_what_is_late_first_and_in_red(ops_browser, asked):
    overdue(1)

    text = ops_browser.get("/desk/erasures/").content.decode()

    assert "1 条已超过承诺时间" in text
    assert text.index("已超期") < text.index(asked.code[:8])


@pytest.mark.parametrize("role", ["officer"])
def test_the_privacy_officer_sees_it_too(officer, role):
    assert browser_of(officer, "StaffBackend").get("/desk/erasures/").status_code == 200


def test_a_reviewer_does_not(reviewer, asked):
    browser = browser_of(reviewer, "StaffBackend")

    assert browser.get("/desk/erasures/").status_code == 403
    assert browser.post(f"/desk/erasures/{asked.pk}/start/").status_code == 403


def test_nobody_signed_in_is_sent_to_the_staff_sign_in():
    response = Client().get("/desk/erasures/")

    assert response.headers["Location"] == "/staff/login/?next=%2Fdesk%2Ferasures%2F"


@pytest.fixture
def _no_calendar(monkeypatch):
    """As when the library was not upgraded in time for this year."""
    years = clocks._published_years  # noqa: SLF001 - a process reads the calendar once
    monkeypatch.setattr(chinese_calendar, "holidays", {})
    years.cache_clear()
    yield
    years.cache_clear()


@pytest.mark.usefixtures("_no_calendar")
def test_operations_see_that_the_calendar_of_working_days_is_missing(ops_browser):
    text = ops_browser.get("/desk/erasures/").content.decode()

    assert "工作日历不完整" in text
    assert "请升级 chinesecalendar" in text


def test_operations_start_one_now(ops_browser, asked):
    ops_browser.post(f"/desk/erasures/{asked.pk}/start/")

    asked.refresh_from_db()
    assert asked.starts_at <= timezone.now()


def test_one_that_is_over_cannot_be_started(ops_browser, asked, merchant):
    erasure.cancel(erasure=asked, by=merchant)

    page = ops_browser.post(f"/desk/erasures/{asked.pk}/start/", follow=True)

    assert "没有可开始的工作" in page.content.decode()
    assert ops_browser.post(f"/desk/erasures/{uuid4()}/start/").status_code == 404


def test_the_list_costs_the_same_queries_for_one_and_three(ops_browser, house):
    counts = []
    ops_browser.get("/desk/erasures/")
    for number in (1, 2):
        overdue_from = Erasure.objects.count()
        past = timezone.now() - timedelta(days=30)
        for n in range(number):
            phone = f"137001370{overdue_from}{n}"
            erasure.request(person=Person.objects.create(kind="merchant", phone=phone), now=past)
        with CaptureQueriesContext(connection) as queries:
            ops_browser.get("/desk/erasures/")
        counts.append(len(queries))

    assert Erasure.objects.count() == 3
    assert counts[0] == counts[1]
