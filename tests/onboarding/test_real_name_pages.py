"""The question beside the ID number, the line of the merchant, the panel of the desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.personal import holders
from consent.actions import consents, partners
from consent.models import Partner
from onboarding.actions import real_names
from onboarding.models import Application, RealNameCheck
from onboarding.roles import Role
from tests import factories
from tests.consent.page_forms import answering, forms_of
from tests.onboarding.verifier_kit import CODE, SLUG, active_verifier, listening

pytestmark = pytest.mark.django_db
SUBJECT, LEGAL = (reverse("onboarding:step", args=[code]) for code in ("subject", "legal"))


@pytest.fixture
def script():
    with listening() as told, override_settings(IDENTITY_URL=told.url):
        yield told


@pytest.fixture
def verifier(script):
    return active_verifier()


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def handed_in(person):
    application = factories.filled_in_without_id_photos(person, Role.AGENT)
    factories.give_consent(person, CODE)
    return factories.hand_in(application)


def desk_page(reviewer, application):
    address = reverse("onboarding:desk_application", args=[application.pk])
    return words(factories.signed_in(reviewer).get(address))


def answered(script, code="0"):
    script.says(code)
    for check_id in real_names.due():
        real_names.run(check_id=check_id)


@pytest.mark.clause("B10", "B11")
@pytest.mark.parametrize(("role", "address"), [(Role.AGENT, SUBJECT), (Role.FOUR_S, LEGAL)])
def test_the_question_stands_beside_the_id_number_in_a_form_of_its_own(
    merchant, verifier, role, address
):
    factories.started(merchant, role)

    page = factories.signed_in(merchant).get(address).content.decode()

    (asked,) = answering(page)
    number = "id_number" if role == Role.AGENT else "legal_id_number"
    (step,) = [form for form in forms_of(page) if number in form.fields]
    assert asked.fields["sha256"] == partners.notice(verifier).sha256
    assert not {"answer", "sha256"} & step.fields.keys()
    assert page.index(f'name="{number}"') < page.index(partners.notice(verifier).title)
    assert "答不答都不影响申请" in page


@pytest.mark.clause("B11")
def test_whoever_refuses_saves_the_step_and_hands_in_as_ever(merchant, verifier, script):
    application = factories.filled_in_without_id_photos(merchant, Role.AGENT)
    browser = factories.signed_in(merchant)
    notice = partners.notice(verifier)

    browser.post(reverse("consent:ask", args=[CODE]), {"answer": "refuse", "sha256": notice.sha256})
    factories.hand_in(application)

    assert CODE in consents.declined(merchant.pk, [CODE])
    assert Application.objects.get().state == "submitted"
    assert not RealNameCheck.objects.exists()
    assert script.asked == []


def test_the_notice_tells_what_the_law_wants_of_an_id_number(verifier):
    text = partners.notice(verifier).text

    for told in (
        "申请人或者法定代表人的身份证号码【敏感】",
        "敏感个人信息",
        "请先取得他本人同意",
        "不一致也不会自动退回",
        "审核照常，顺序和快慢一样",
        "当面核对",
    ):
        assert told in text
    assert "并可能据此联系您" not in text


@pytest.mark.parametrize("url", ["desk://", "simulator://somebody-else"])
def test_where_nobody_is_to_be_asked_no_question_comes_up(merchant, verifier, url):
    factories.started(merchant, Role.AGENT)

    with override_settings(IDENTITY_URL=url):
        page = factories.signed_in(merchant).get(SUBJECT).content.decode()

    assert answering(page) == []


def test_a_verifier_that_is_not_ready_is_not_asked_about(merchant, verifier):
    Partner.objects.update(contract_until=timezone.localdate() - timedelta(days=1))
    factories.started(merchant, Role.AGENT)

    page = factories.signed_in(merchant).get(SUBJECT).content.decode()

    assert answering(page) == []


# The desk


def test_by_default_the_desk_says_that_staff_compare_the_papers(merchant, reviewer):
    application = factories.submitted(merchant)

    assert "权威核验 未做 由工作人员核对证件。" in desk_page(reviewer, application)


@pytest.mark.clause("B10")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("0", "权威核验 一致 姓名和身份证号码是同一个人的"),
        ("-1", "权威核验 不一致 可能是写错了字"),
        ("-5", "权威核验 查无此号 可能正在迁户口"),
    ],
)
def test_the_desk_shows_the_answer_who_gave_it_and_when(
    merchant, reviewer, verifier, script, code, said
):
    application = handed_in(merchant)
    answered(script, code)

    page = desk_page(reviewer, application)

    at = timezone.localtime(RealNameCheck.objects.get().finished_at)
    assert said in page
    assert f"{verifier.legal_name}， {at.month}月{at.day}日 {at:%H:%M}" in page


def test_while_it_is_asked_and_when_nothing_came_the_review_need_not_wait(
    merchant, reviewer, verifier, script
):
    application = handed_in(merchant)

    waiting = desk_page(reviewer, application)
    script.fails("AuthFailure")
    real_names.run(check_id=RealNameCheck.objects.get().pk)

    assert "权威核验 正在核验 不用等，由工作人员核对证件照常进行。" in waiting
    assert "权威核验 未做 核验机构没有受理，由工作人员核对证件。" in desk_page(
        reviewer, application
    )


def test_the_desk_does_not_say_who_refused(merchant, stranger, reviewer, verifier):
    refused = factories.filled_in_without_id_photos(merchant, Role.AGENT)
    factories.refuse_consent(merchant, CODE)
    factories.hand_in(refused)
    with override_settings(IDENTITY_URL="desk://"):
        unasked = factories.hand_in(factories.filled_in_without_id_photos(stranger, Role.AGENT))

    panels = {
        re.search("权威核验 未做 ([^ ]+)", desk_page(reviewer, one)).group(1)
        for one in (refused, unasked)
    }

    assert panels == {"由工作人员核对证件。"}


def test_a_stand_in_is_called_one_on_both_pages(merchant, reviewer):
    with override_settings(IDENTITY_URL=f"simulator://{SLUG}"):
        active_verifier()
        application = handed_in(merchant)
        real_names.run(check_id=RealNameCheck.objects.get().pk)

        assert "模拟，答复是编的" in desk_page(reviewer, application)
        assert "模拟，答复是编的" in words(factories.signed_in(merchant).get("/me/"))


def test_the_desk_page_costs_one_query_more_for_a_check(merchant, reviewer, verifier, script):
    application = handed_in(merchant)
    address = reverse("onboarding:desk_application", args=[application.pk])
    browser, counts = factories.signed_in(reviewer), []
    browser.get(address)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        counts.append(len(queries))
        answered(script)

    assert counts[0] == counts[1]


# The merchant


def test_the_merchant_reads_what_was_answered_and_that_a_person_decides(merchant, verifier, script):
    handed_in(merchant)
    browser = factories.signed_in(merchant)

    waiting = words(browser.get("/me/"))
    answered(script, "-1")

    assert f"正在由{verifier.legal_name}核验姓名和身份证号码。不影响审核的先后。" in waiting
    assert f"{verifier.legal_name}答复：不一致。只供审核人员参考，由审核人员决定。" in words(
        browser.get("/me/")
    )


def test_lists_and_export_name_the_answer_and_who_was_asked(merchant, verifier, script):
    handed_in(merchant)
    answered(script)
    browser = factories.signed_in(merchant)

    export: Any = holders.named("real_names").export(merchant.pk)

    assert "实名核验结果" in words(browser.get("/me/held/"))
    shared = words(browser.get("/me/shared/"))
    assert "提供申请人或者法定代表人的姓名、申请人或者法定代表人的身份证号码" in shared
    assert "加密传送核验，对方当场答复" in shared
    (row,) = export["real_name_checks"]
    assert (row["核验机构"], row["结果"], row["状态"]) == (verifier.legal_name, "一致", "已核验")


def test_a_verifier_is_nobody_contact_data_can_be_given_to(merchant, reviewer, verifier):
    application = factories.approved(merchant, reviewer)
    browser = factories.signed_in(merchant)
    factories.give_consent(merchant, CODE)

    listed = words(browser.get("/me/"))
    page = browser.get(reverse("onboarding:share", args=[SLUG]))

    assert application.state == "approved"
    assert "要不要提供联系方式，由您决定" not in listed
    assert page.status_code == 404
