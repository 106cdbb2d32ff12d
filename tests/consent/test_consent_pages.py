"""Answers as the person gives, reads and takes them back."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from consent.actions import answers, consents, partners
from consent.models import Consent, ConsentEvent, Partner
from tests import factories
from tests.consent import assessment_kit
from tests.consent.consent_kit import decisions, give, refuse, sha, withdraw
from tests.consent.sharing_kit import partner_at

pytestmark = pytest.mark.django_db

MINE = reverse("consent:mine")


# Pages


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


def ask(code: str) -> str:
    return reverse("consent:ask", args=[code])


@pytest.mark.clause("C67")
def test_the_notice_shows_its_every_word_and_two_equal_buttons(browser):
    page = browser.get(ask("id_photo")).content.decode()

    notice = consents.notice_for("id_photo")
    shown = strip_tags(page)
    assert [words for _, words in notice.lines if words not in shown] == []
    assert notice.title in page
    assert page.count('class="button pair__answer"') == 2
    assert page.index('value="refuse"') < page.index('value="agree"')


def test_looking_at_a_notice_is_no_answer(browser, merchant):
    browser.get(ask("id_photo"))
    browser.head(ask("id_photo"))

    assert Consent.objects.filter(code="id_photo").count() == 0


def test_agreeing_leads_back_and_refusing_leads_to_the_other_way(browser, merchant):
    agreed = browser.post(
        ask("id_photo"), {"answer": "agree", "sha256": sha("id_photo"), "next": "/apply/"}
    )
    refused = browser.post(
        ask("bank_account"),
        {"answer": "refuse", "sha256": sha("bank_account"), "next": "/apply/"},
        follow=True,
    )

    assert agreed.url == "/apply/"
    words = strip_tags(refused.content.decode())
    assert consents.notice_for("bank_account").alternative in words
    assert decisions(merchant)[1:] == ["agreed", "refused"]


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("id_photo", {"sha256": "0" * 64}),
        ("id_photo", {"sha256": ""}),
        ("id_photo", {"answer": ""}),
        ("id_photo", {"answer": "maybe"}),
        ("first_visit", {}),
        ("policy:privacy", {}),
        ("share:nobody", {}),
        ("everything", {}),
    ],
)
def test_a_forged_answer_is_refused_and_writes_nothing(browser, code, changed):
    before = ConsentEvent.objects.count()
    sent = {"answer": "agree", "sha256": sha("id_photo")} | changed

    response = browser.post(ask(code), sent)

    assert response.status_code == 400
    assert ConsentEvent.objects.count() == before


def test_one_answer_answers_one_question(browser, merchant):
    browser.post(ask("id_photo"), {"answer": "agree", "sha256": sha("id_photo"), "code": "all"})

    assert consents.is_live(merchant.pk, "id_photo")
    assert not consents.is_live(merchant.pk, "bank_account")


@pytest.mark.parametrize("path", [ask("id_photo"), MINE])
def test_strangers_and_staff_have_no_consents_here(client, reviewer, path):
    assert client.get(path).url.startswith(reverse("consent:sign_in"))
    assert factories.signed_in(reviewer).get(path).status_code == 403


def test_everything_answered_is_listed_with_its_date_and_version(browser, merchant):
    give(merchant)
    refuse(merchant, "bank_account")

    page = browser.get(MINE).content.decode()

    assert "收集身份证照片" in page
    assert "已同意" in page
    assert "未同意" in page
    assert page.count("</time> · 1 版") >= 2
    assert "主动勾选并提交" in page


def test_withdrawing_takes_one_tap_and_counts_at_once(browser, merchant):
    give(merchant)

    response = browser.post(MINE, {"code": "id_photo"}, follow=True)

    assert not consents.is_live(merchant.pk, "id_photo")
    assert "已撤回，马上生效" in response.content.decode()


@pytest.mark.parametrize("code", ["bank_account", "everything", "", "policy:store_agreement"])
def test_what_was_never_agreed_to_cannot_be_withdrawn(browser, code):
    before = ConsentEvent.objects.count()

    assert browser.post(MINE, {"code": code}).status_code == 400
    assert ConsentEvent.objects.count() == before


def test_words_that_changed_are_asked_anew(browser, merchant):
    old = answers.Question(kind="notice", code="id_photo", version="0", sha256="0" * 64)
    answers.record(merchant.pk, old, "agreed", way="button")

    listed = browser.get(MINE).content.decode()
    asked = browser.get(ask("id_photo")).content.decode()

    assert "需要重新决定" in listed
    assert "对新的不算数" in asked


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_much_was_answered(
    browser, merchant, django_assert_num_queries, count
):
    for _ in range(count):
        give(merchant)
        withdraw(merchant)
    browser.get(MINE)

    with django_assert_num_queries(QUERIES_OF_MINE):
        browser.get(MINE)


# session and person; states, policies, partners, assessments; count and page of events
QUERIES_OF_MINE = 8


# Recipients


@pytest.fixture
def club(db):
    return partner_at("https://partner.example/opendsr", slug="club")


def test_every_recipient_is_a_question_of_its_own(merchant, browser, club):
    partner_at("https://other.example/opendsr", slug="other")
    give(merchant, "share:club")

    page = browser.get(MINE).content.decode()

    assert consents.is_live(merchant.pk, "share:club")
    assert not consents.is_live(merchant.pk, "share:other")
    assert page.count("提供给51车俱乐部") >= 2
    assert ConsentEvent.objects.get(code="share:club").kind == "share"


def test_a_recipient_whose_facts_changed_needs_a_new_consent(merchant, club):
    give(merchant, "share:club")
    Partner.objects.update(purpose="推荐贷款")

    assert not consents.is_live(merchant.pk, "share:club")


def test_a_recipient_no_longer_active_cannot_be_agreed_to_but_can_be_withdrawn_from(
    merchant, browser, club, ops
):
    give(merchant, "share:club")
    partners.switch_off(partner=club, by=ops)

    asked = browser.get(ask("share:club"))
    withdrawn = browser.post(MINE, {"code": "share:club"})

    assert asked.status_code == 404
    assert withdrawn.url == MINE
    assert decisions(merchant)[-1] == "withdrawn"


def test_an_answer_to_words_that_changed_while_they_were_read_is_asked_anew(
    merchant, browser, club, officer
):
    browser.get(ask("share:club"))
    seen = sha("share:club")
    partners.switch_off(partner=club, by=officer)
    partners.change(partner=club, facts={"purpose": "安排试驾"}, by=officer)
    assessment_kit.in_force("share:club")
    partners.activate(partner=Partner.objects.get(), by=officer)

    answer = browser.post(ask("share:club"), {"answer": "agree", "sha256": seen}, follow=True)

    words = strip_tags(answer.content.decode())
    assert "说明刚刚有变化，您的回答没有记录" in words
    assert "安排试驾" in words
    assert not ConsentEvent.objects.filter(code="share:club").exists()


def test_a_recipient_whose_words_cannot_be_written_yet_stands_in_nobodys_way(browser):
    facts = {"kind": "sdk", "legal_name": "某公司", "contact": "", "purpose": "", "method": ""}
    partners.register(slug="draft", secrets=[], scope={}, **facts)

    page = browser.get(MINE)

    assert page.status_code == 200
    assert "某公司" not in page.content.decode()
