"""The desk of assessments: written by one officer, approved by another, overdue in red."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent import assessmenttext
from consent.actions import assessments
from consent.models import ImpactAssessment
from tests import factories
from tests.conftest import make_staff
from tests.consent.assessment_kit import WORDS, in_force

pytestmark = pytest.mark.django_db
LIST = reverse("consent:assessments")
WRITE = reverse("consent:assessment_write", args=["id_photo"])
ANSWERS = {**WORDS, "is_high_risk": "no"}


@pytest.fixture
def assessed():
    """Here nothing is assessed until somebody does it."""


def send(browser, **changes):
    day = assessments.latest_day().isoformat()
    return browser.post(WRITE, {**ANSWERS, "valid_until": day} | changes)


def verdict(browser, word, **more):
    paper = ImpactAssessment.objects.get()
    address = reverse("consent:assessment", args=[paper.pk])
    return browser.post(address, {"verdict": word, "sha256": paper.sha256, **more}, follow=True)


def standing(browser, label):
    page = browser.get(LIST).content.decode()
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.S) if f">{label}<" in row)
    return re.search(r'class="(tag[^"]*)">([^<]+)<', row).groups()


def test_two_officers_open_a_purpose_on_these_pages(officer, second_officer):
    author, approver = factories.signed_in(officer), factories.signed_in(second_officer)
    before = standing(author, "收集身份证照片")

    send(author)
    verdict(author, "submit")
    verdict(approver, "approve")

    assert before == ("tag", "未评估，未开放")
    assert standing(author, "收集身份证照片") == ("tag tag--success", "有效")
    assert assessments.covers("id_photo")


def test_the_form_begins_with_what_ships_and_leaves_the_risk_to_its_author(officer):
    shipped = assessmenttext.shipped_for("id_photo")

    form = factories.signed_in(officer).get(WRITE).context["form"]

    assert {name: form[name].value() for name in WORDS} == {
        name: getattr(shipped, name) for name in WORDS
    }
    assert form["is_high_risk"].value() is None


def test_the_author_is_shown_no_button_and_is_refused_without_one(officer):
    author = factories.signed_in(officer)
    send(author)
    verdict(author, "submit")

    page = author.get(reverse("consent:assessment", args=[ImpactAssessment.objects.get().pk]))
    answer = verdict(author, "approve")

    assert 'value="approve"' not in page.content.decode()
    assert "自己写的评估要由另一位负责人批准。" in answer.content.decode()
    assert not assessments.covers("id_photo")


def test_sending_back_needs_words_and_the_author_reads_them(officer, second_officer):
    author, approver = factories.signed_in(officer), factories.signed_in(second_officer)
    send(author)
    verdict(author, "submit")

    silent = verdict(approver, "send_back")
    verdict(approver, "send_back", remark="写清保存多久")
    edit = author.get(reverse("consent:assessment_edit", args=[ImpactAssessment.objects.get().pk]))

    assert "退回时请写明要修改什么。" in silent.content.decode()
    assert "写清保存多久" in edit.content.decode()


def test_what_was_typed_is_not_lost_when_the_day_is_wrong(officer):
    answer = send(factories.signed_in(officer), valid_until="2020-01-01", influence="别丢了")

    assert "别丢了" in answer.content.decode()
    assert "之间的日期" in answer.content.decode()
    assert ImpactAssessment.objects.count() == 0


def test_an_expired_purpose_is_red_and_one_about_to_expire_yellow(officer):
    browser = factories.signed_in(officer)
    in_force("id_photo", days=-1)
    in_force("bank_account", days=20)

    assert standing(browser, "收集身份证照片") == ("tag tag--error", "已到期，已停止")
    assert standing(browser, "收集银行账户") == ("tag tag--warn", "快到期")


@pytest.mark.parametrize(
    ("role", "looks", "writes"),
    [("officer", 200, 200), ("ops", 200, 403), ("auditor", 200, 403), ("reviewer", 403, 403)],
)
def test_officers_write_ops_and_auditors_look(role, looks, writes):
    browser = factories.signed_in(make_staff("wang", role))

    assert browser.get(LIST).status_code == looks
    assert browser.get(WRITE).status_code == writes


def test_somebody_who_only_looks_cannot_approve(officer, ops):
    author = factories.signed_in(officer)
    send(author)
    verdict(author, "submit")

    answer = verdict(factories.signed_in(ops), "approve")

    assert answer.status_code == 403
    assert not assessments.covers("id_photo")


def test_an_unknown_purpose_has_no_page(officer):
    address = reverse("consent:assessment_write", args=["share:nobody"])

    assert factories.signed_in(officer).get(address).status_code == 404


def test_the_list_costs_the_same_for_one_paper_and_three(officer):
    browser = factories.signed_in(officer)
    browser.get(LIST)
    counts = []
    for code in ("id_photo", "bank_account", "face"):
        in_force(code)
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_a_paper_shows_until_when_the_law_keeps_it(officer):
    in_force("id_photo")
    paper = ImpactAssessment.objects.get()

    page = factories.signed_in(officer).get(reverse("consent:assessment", args=[paper.pk]))

    assert f"{timezone.localtime(paper.kept_until):%Y-%m-%d}" in page.content.decode()
    assert paper.kept_until > timezone.now() + timedelta(days=3 * 365 - 1)
