"""The officers' pages of what authorities demand: entered, judged, listed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import AuthorityRequest
from consent.states import AuthorityRequestState
from tests import factories
from tests.conftest import make_staff
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db

LIST = "/desk/authority-requests/"
NEW = f"{LIST}new/"


@pytest.fixture
def desk(officer):
    return factories.signed_in(officer)


def page_of(request, part=""):
    return f"{LIST}{request.pk}/{part}"


def filled_in(**changes):
    """The form as an officer sends it."""
    given = {
        "authority": "金华市公安局",
        "contact": "0579-82190114",
        "number": "金公调证〔2026〕12号",
        "basis": "crime",
        "law": "《刑事诉讼法》第五十四条",
        "way": "account.phone",
        "value": "13800138000",
        "items": ["account.phone", "application.name"],
        "wording": kit.WORDING,
        "due_date": (timezone.localdate() + timedelta(days=5)).isoformat(),
        "document": SimpleUploadedFile("a.pdf", kit.PDF, "application/pdf"),
    } | changes
    return {name: value for name, value in given.items() if value is not None}


def errors_of(answer):
    return {name: "；".join(errors) for name, errors in answer.context["form"].errors.items()}


# Entering


@pytest.mark.clause("B62", "C99")
def test_an_officer_enters_a_demand_with_its_document(desk, merchant):
    answer = desk.post(NEW, filled_in())

    request = AuthorityRequest.objects.get()
    assert answer.url == page_of(request)
    assert request.person == merchant.pk
    assert request.asked_items == ["account.phone", "application.name"]
    assert request.document.media_type == "application/pdf"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"document": None}, "document", "没有正式文书，不能登记"),
        (
            {"document": SimpleUploadedFile("a.pdf", b"MZ\x90", "application/pdf")},
            "document",
            "只能是 PDF、JPG 或 PNG",
        ),
        ({"value": "13800138001"}, "value", "没有找到这个号码的商家"),
        ({"value": "1380013800"}, "value", "没有找到这个号码的商家"),
        ({"due_date": "2020-01-01"}, "due_date", "已经过了"),
        ({"basis": "consent"}, "basis", "consent"),
        ({"law": ""}, "law", ""),
        ({"number": ""}, "number", ""),
        ({"items": ["account.password"]}, "items", "account.password"),
        ({"way": "application.name"}, "way", "application.name"),
        ({"secrecy_law": "《反间谍法》"}, "secrecy_reason", "三项都要写"),
        ({"secrecy_reason": "怕跑了"}, "secrecy_law", "三项都要写"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    desk, merchant, changes, field, words
):
    answer = desk.post(NEW, filled_in(**changes))

    assert answer.status_code == 422
    assert words in errors_of(answer)[field]
    assert AuthorityRequest.objects.count() == 0


def test_a_huge_scan_is_refused_with_words(desk, merchant):
    huge = SimpleUploadedFile("a.pdf", kit.PDF + b"x" * 11 * 1024 * 1024, "application/pdf")

    answer = desk.post(NEW, filled_in(document=huge))

    assert answer.status_code == 413
    assert "不能超过 10 MB" in errors_of(answer)["document"]
    assert AuthorityRequest.objects.count() == 0


def test_a_document_entered_before_is_pointed_out(desk, merchant):
    desk.post(NEW, filled_in())

    answer = desk.post(NEW, filled_in())

    assert "已经登记过" in errors_of(answer)["number"]


def test_other_staff_and_merchants_are_kept_out(merchant, reviewer, ops, officer):
    request = kit.registered(merchant, officer)
    for person in (reviewer, ops, merchant):
        browser = factories.signed_in(person)
        for address in (LIST, NEW, page_of(request), page_of(request, "document/")):
            assert browser.get(address).status_code == 403
        for part in ("grant/", "refuse/", "secrecy/", "hand-over/"):
            assert browser.post(page_of(request, part)).status_code == 403


def test_an_auditor_looks_and_touches_nothing(merchant, officer):
    request = kit.registered(merchant, officer)
    auditor = factories.signed_in(make_staff("auditor", "auditor"))

    page = auditor.get(page_of(request)).content.decode()

    assert auditor.get(LIST).status_code == 200
    assert "打开文书扫描件" not in page
    assert kit.WORDING not in page
    assert "<textarea" not in page
    assert auditor.get(page_of(request, "document/")).status_code == 403
    assert auditor.post(page_of(request, "grant/")).status_code == 403


# Judging


def judgement(items=("account.phone",)):
    return {"items": list(items), "checked": "on"}


@pytest.mark.clause("B62")
def test_two_officers_judge_one_after_the_other(desk, merchant, officer, second_officer):
    request = kit.registered(merchant, officer)
    other = factories.signed_in(second_officer)

    desk.post(page_of(request, "grant/"), judgement())
    again = desk.post(page_of(request, "grant/"), judgement())
    other.post(page_of(request, "grant/"), judgement())

    request.refresh_from_db()
    assert again.status_code == 409
    assert "第二次要由另一个人审查" in again.content.decode()
    assert request.state == AuthorityRequestState.GRANTED


def test_whoever_judged_sees_that_somebody_else_must_now(desk, merchant, officer):
    request = kit.registered(merchant, officer)
    desk.post(page_of(request, "grant/"), judgement())

    page = desk.get(page_of(request)).content.decode()

    assert "您已经审查过" in page
    assert "同意提供勾选的项目" not in page


@pytest.mark.parametrize("sent", [{"items": ["account.phone"]}, {"checked": "on"}, {}])
def test_granting_takes_an_item_and_the_four_checks(desk, merchant, officer, sent):
    request = kit.registered(merchant, officer)

    answer = desk.post(page_of(request, "grant/"), sent)

    request.refresh_from_db()
    assert answer.status_code == 422
    assert request.state == AuthorityRequestState.REGISTERED


def test_refusing_takes_a_reason(desk, merchant, officer):
    request = kit.registered(merchant, officer)

    answer = desk.post(page_of(request, "refuse/"), {"reason": "lawful"})
    desk.post(page_of(request, "refuse/"), {"reason": "no_document"})

    request.refresh_from_db()
    assert answer.status_code == 422
    assert request.state == AuthorityRequestState.REFUSED


def test_a_decided_demand_is_not_judged_again(desk, merchant, officer):
    request = kit.registered(merchant, officer)
    desk.post(page_of(request, "refuse/"), {"reason": "no_document"})

    answer = desk.post(page_of(request, "refuse/"), {"reason": "no_law"})

    assert answer.status_code == 409
    assert "已经有人处理过了" in answer.content.decode()


# The list


def queries_of(browser, address):
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    return len(captured)


def test_the_list_costs_the_same_at_one_row_and_at_three(desk, merchant, officer):
    kit.registered(merchant, officer, number="1")
    desk.get(LIST)
    one = queries_of(desk, LIST)

    for number in ("2", "3"):
        kit.registered(merchant, officer, number=number)

    assert len(desk.get(LIST).context["rows"]) == 3
    assert queries_of(desk, LIST) == one


def test_the_nearest_deadline_stands_first_and_what_is_over_is_left_out(
    desk, merchant, officer, second_officer
):
    today = timezone.localdate()
    later = kit.registered(merchant, officer, number="后", due_date=today + timedelta(days=9))
    sooner = kit.registered(merchant, officer, number="先", due_date=today + timedelta(days=1))
    kit.handed(merchant, officer, second_officer)

    shown_rows = [row["found"] for row in desk.get(LIST).context["rows"]]

    assert shown_rows == [sooner, later]
    assert len(desk.get(f"{LIST}?show=all").context["rows"]) == 3
