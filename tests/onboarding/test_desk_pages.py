"""The reviewers' desk: who gets in, what is masked, what is ledgered, who wins."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import LedgerEntry, Person
from onboarding import grants
from onboarding.models import Application, Remark
from onboarding.views import desk
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(reviewer):
    return factories.signed_in(reviewer)


@pytest.fixture
def application(merchant):
    return factories.submitted(merchant)


@pytest.fixture
def address(application):
    return f"/desk/applications/{application.pk}/"


def page(response):
    return response.content.decode()


def queue_of(count):
    for number in range(count):
        person = Person.objects.create(kind="merchant", phone=f"1370013700{number}")
        factories.submitted(person)


def test_a_visitor_is_sent_to_the_staffs_own_sign_in(address):
    assert Client().get(address)["Location"].startswith("/staff/login/?next=")


@pytest.mark.parametrize("who", ["merchant", "officer", "ops"])
@pytest.mark.parametrize("path", ["/desk/", "{0}", "{0}reveal/", "{0}approve/", "{0}send-back/"])
def test_whoever_is_no_reviewer_is_refused(who, path, address, request):
    browser = factories.signed_in(request.getfixturevalue(who))

    answer = browser.post(path.format(address), {"seen_round": 1})

    assert answer.status_code in (403, 405)
    assert Application.objects.get().state == "submitted"


def test_the_queue_lists_the_longest_waiting_first(browser, merchant, stranger):
    first = factories.submitted(merchant)
    second = factories.submitted(stranger)

    text = page(browser.get("/desk/"))

    assert text.index(str(first.pk)) < text.index(str(second.pk))


def test_the_queue_counts_every_state(browser, merchant, stranger, reviewer):
    factories.submitted(merchant)
    factories.approved(stranger, reviewer)

    counts = browser.get("/desk/").context["counts"]

    assert [(row["label"], row["count"]) for row in counts] == [
        ("审核中", 1),
        ("待修改", 0),
        ("已通过", 1),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_is_two_queries_however_long_with_one_of_the_vault_and_one_per_count(
    browser, count, django_assert_num_queries
):
    queue_of(count)
    browser.get("/desk/")

    with CaptureQueriesContext(connection) as asked, django_assert_num_queries(1, using="vault"):
        answer = browser.get("/desk/")

    ours = [query["sql"] for query in asked if "onboarding_" in query["sql"]]
    assert (page(answer).count('class="queue__item"'), len(ours)) == (count, 5)


@pytest.mark.parametrize("count", [1, 3])
def test_an_application_takes_no_more_queries_beside_a_longer_queue(
    browser, count, django_assert_num_queries
):
    queue_of(count)
    address = f"/desk/applications/{Application.objects.first().pk}/"
    browser.get(address)

    with CaptureQueriesContext(connection) as asked, django_assert_num_queries(2, using="vault"):
        browser.get(address)

    assert len([query for query in asked if "onboarding_" in query["sql"]]) == 6


def test_the_queue_is_read_page_by_page_without_gap_or_repetition(browser, monkeypatch):
    queue_of(3)
    monkeypatch.setattr(desk, "PAGE", 2)

    first = browser.get("/desk/").context
    second = browser.get("/desk/", {"after": first["more"]}).context

    seen = [row.pk for row in (*first["rows"], *second["rows"])]
    assert len(set(seen)) == len(seen) == 3
    assert second["more"] == ""


@pytest.mark.parametrize(
    "after",
    [
        "nonsense",
        "2026-01-01_x",
        "2026-01-01T00:00:00_",
        "_",
        "%00",
        "9999-12-31T23:59:59-23:59_0b8a2f5e-6d3c-4c44-9a53-0c2f8d3f6a11",
    ],
)
def test_a_made_up_position_is_the_beginning(browser, application, after):
    assert len(browser.get("/desk/", {"after": after}).context["rows"]) == 1


def test_drafts_are_nobodys_business_but_the_merchants(browser, merchant):
    draft = factories.started(merchant)

    assert browser.get(f"/desk/applications/{draft.pk}/").status_code == 404
    assert browser.get("/desk/", {"state": "draft"}).status_code == 404


def test_an_application_opens_masked(browser, address):
    text = page(browser.get(address))

    for whole in (
        "91330702MA28TYWA41",
        "330702198503121239",
        "欧阳建国",
        "诸葛晓敏",
        "13757912345",
        "1208014109200098765",
        "宾虹西路1999号",
    ):
        assert whole not in text
    assert "**** **** **** 8765" in text
    assert "欧***" in text


def test_one_value_is_revealed_for_a_reason_and_ledgered(browser, address, reviewer):
    answer = browser.post(
        f"{address}reveal/", {"field": "bank_account", "reason": "bank"}, follow=True
    )

    assert "1208014109200098765" in page(answer)
    assert "330702198503121239" not in page(answer)
    assert LedgerEntry.objects.filter(verb="revealed", actor=reviewer.pk).count() == 1


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_without_a_reason_nothing_is_revealed(browser, address, reason):
    answer = browser.post(f"{address}reveal/", {"field": "bank_account", "reason": reason})

    assert answer.status_code == 422
    assert "请先选择查看理由。" in page(answer)
    assert "1208014109200098765" not in page(answer)
    assert not LedgerEntry.objects.filter(verb="revealed").exists()


@pytest.mark.parametrize("field", ["person", "state", "password", "id_number", "__class__"])
def test_nothing_but_the_fields_of_the_application_is_revealed(browser, address, field):
    answer = browser.post(f"{address}reveal/", {"field": field, "reason": "bank"})

    assert answer.status_code == 404


def test_a_reveal_ends_after_minutes(browser, application, monkeypatch):
    address = f"/desk/applications/{application.pk}/"
    monkeypatch.setattr(grants, "LASTS", -grants.LASTS)

    browser.post(f"{address}reveal/", {"field": "bank_account", "reason": "bank"})

    assert "1208014109200098765" not in page(browser.get(address))


def test_what_one_reviewer_revealed_stays_masked_for_another(browser, address, second_reviewer):
    browser.post(f"{address}reveal/", {"field": "bank_account", "reason": "bank"})

    text = page(factories.signed_in(second_reviewer).get(address))

    assert "1208014109200098765" not in text


def test_an_id_photo_opens_only_after_a_reason(browser, application, address):
    paper = application.papers.get(kind="id_front")
    picture = f"{address}papers/{paper.pk}/"

    before = browser.get(picture)
    browser.post(f"{address}reveal/", {"field": "id_front", "reason": "compare"})
    after = browser.get(picture)

    assert before.status_code == 404
    assert (after.status_code, after.content[:3]) == (200, b"\xff\xd8\xff")
    assert LedgerEntry.objects.filter(verb="revealed").count() == 1


def test_a_picture_of_another_application_does_not_open_here(
    browser, application, stranger, address
):
    other = factories.submitted(stranger).papers.get(kind="licence")

    assert browser.get(f"{address}papers/{other.pk}/").status_code == 404


@pytest.mark.clause("C20")
def test_approving_moves_the_application_and_says_who_did(browser, address):
    answer = browser.post(f"{address}approve/", {"seen_round": 1}, follow=True)

    assert Application.objects.get().state == "approved"
    assert "由 reviewer 处理" in page(answer)


def test_the_slower_reviewer_sees_who_was_faster(browser, address, second_reviewer):
    browser.post(f"{address}approve/", {"seen_round": 1})

    answer = factories.signed_in(second_reviewer).post(f"{address}approve/", {"seen_round": 1})

    assert answer.status_code == 409
    assert "这份申请已由 reviewer 处理：通过。您的操作没有生效。" in page(answer)


def test_sending_back_reaches_the_merchant_item_by_item(browser, address, merchant):
    answer = browser.post(
        f"{address}send-back/",
        {"seen_round": 1, "reason_name": "mismatch", "note_name": "少了“有限”二字"},
    )

    assert answer.status_code == 302
    assert Remark.objects.get().note.clear == "少了“有限”二字"
    mine = page(factories.signed_in(merchant).get("/apply/subject/"))
    assert "与证件不一致，请对照证件改正：少了“有限”二字" in mine


def test_sending_back_nothing_says_so(browser, address):
    answer = browser.post(f"{address}send-back/", {"seen_round": 1})

    assert answer.status_code == 422
    assert "请至少选择一项要商家修改的内容。" in page(answer)


def test_after_the_judgement_nothing_whole_is_shown(browser, application, address):
    browser.post(f"{address}reveal/", {"field": "bank_account", "reason": "bank"})
    paper = application.papers.get(kind="licence")
    browser.post(f"{address}approve/", {"seen_round": 1})

    text = page(browser.get(address))

    assert "1208014109200098765" not in text
    assert browser.get(f"{address}papers/{paper.pk}/").status_code == 404


def test_a_get_approves_nothing(browser, address):
    assert browser.get(f"{address}approve/").status_code == 405
