"""The merchant's way through the pages, as a browser without JavaScript walks it."""

import re

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.actions import erasure as erasures
from consent.models import ConsentEvent
from onboarding.models import Application, Role
from tests import factories
from tests.consent import sharing_kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


def page(response):
    return response.content.decode()


def test_the_front_page_is_open_to_anybody_and_leaves_no_trace():
    answer = Client().get("/")

    assert answer.status_code == 200
    assert not answer.cookies
    for words in ("合作4S店", "合作专营店", "业务代理人", "/policies/privacy/", "/apply/role/"):
        assert words in page(answer)


@pytest.mark.parametrize(
    "path", ["/me/", "/apply/", "/apply/role/", "/apply/subject/", "/apply/submit/"]
)
def test_everything_else_asks_a_visitor_to_sign_in_and_comes_back(path):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


def test_staff_have_no_business_on_the_merchants_pages(reviewer):
    assert factories.signed_in(reviewer).get("/me/").status_code == 403


@pytest.mark.clause("C16", "C17", "C18")
@pytest.mark.parametrize("role", Role.values)
def test_a_merchant_chooses_a_role_and_gets_its_task_list(browser, role):
    answer = browser.post("/apply/role/", {"role": role}, follow=True)

    assert answer.redirect_chain == [("/apply/", 302)]
    assert Role(role).label in page(answer)


def test_no_role_chosen_says_so(browser):
    answer = browser.post("/apply/role/", {})

    assert answer.status_code == 422
    assert "请选择一种合作身份。" in page(answer)


def test_nothing_begun_leads_to_the_choice_of_a_role(browser):
    for path in ("/apply/", "/apply/subject/", "/apply/check/", "/apply/submit/"):
        assert browser.get(path).url == "/apply/role/"


@pytest.mark.clause("C19")
def test_a_right_screen_is_saved_and_leads_to_the_next(browser, merchant):
    factories.started(merchant)

    answer = browser.post("/apply/subject/", factories.answers(Role.FOUR_S))

    assert answer["Location"] == "/apply/legal/"
    assert Application.objects.get().name.clear == "金华婺城星辰汽车销售有限公司"


def test_a_wrong_screen_keeps_what_was_typed_and_saves_what_was_right(browser, merchant):
    factories.started(merchant)

    answer = browser.post(
        "/apply/contact/",
        {
            "contact_name": "诸葛晓敏",
            "contact_phone": "1375791234",
            "told": factories.told("contact"),
        },
    )

    assert answer.status_code == 422
    assert 'value="1375791234"' in page(answer)
    assert "手机号码应为11位，您填写了10位" in page(answer)
    stored = Application.objects.get()
    assert (stored.contact_name.clear, stored.contact_phone) == ("诸葛晓敏", None)


def test_another_device_goes_on_where_the_first_stopped(merchant):
    factories.started(merchant)
    factories.signed_in(merchant).post("/apply/contact/", factories.typed("contact"))

    other = factories.signed_in(merchant)

    assert 'value="诸葛晓敏"' in page(other.get("/apply/contact/"))
    assert "1 / 7 项" in page(other.get("/apply/"))


def test_a_screen_of_another_role_is_not_there(browser, merchant):
    factories.started(merchant, Role.AGENT)

    assert browser.get("/apply/licence/").status_code == 404
    assert browser.get("/apply/nonsense/").status_code == 404


@pytest.mark.clause("C67", "C68")
@pytest.mark.parametrize("path", ["/apply/bank/", "/apply/id-front/", "/apply/id-back/"])
def test_the_separate_consent_is_asked_in_place_before_anything_is_taken(browser, merchant, path):
    factories.started(merchant)

    shown = browser.get(path)
    sent = browser.post(path, factories.answers(Role.FOUR_S))

    assert "是否同意我们收集" in page(shown)
    assert "是否同意我们收集" in page(sent)
    assert Application.objects.get().bank_account is None


def test_after_consenting_the_same_address_asks_the_question(browser, merchant):
    factories.started(merchant)
    factories.give_consent(merchant, "bank_account")

    assert "开户银行" in page(browser.get("/apply/bank/"))
    assert browser.post("/apply/bank/", factories.answers(Role.FOUR_S)).url == "/apply/licence/"


def test_the_check_page_shows_everything_with_a_way_to_change_it(browser, merchant):
    application = factories.filled_in(merchant)

    text = page(browser.get("/apply/check/"))

    assert "9133 0702 MA28 TYWA 41" in text
    assert "330702198503121239" in text
    assert 'href="/apply/contact/?from=check#id_contact_phone"' in text
    for paper in application.papers.all():
        assert f'src="/apply/papers/{paper.pk}/"' in text


def test_a_change_from_the_check_page_leads_back_to_it(browser, merchant):
    factories.filled_in(merchant)

    answer = browser.post("/apply/contact/?from=check", factories.answers(Role.FOUR_S))

    assert answer["Location"] == "/apply/check/"


def submit_form(browser):
    text = page(browser.get("/apply/submit/"))
    return {"sha256": re.search(r'name="sha256" value="([0-9a-f]{64})"', text)[1]}


@pytest.mark.clause("C36")
def test_submitting_asks_for_ones_own_will_and_the_agreement_with_unticked_boxes(browser, merchant):
    factories.filled_in(merchant)
    text = page(browser.get("/apply/submit/"))

    answer = browser.post("/apply/submit/", submit_form(browser))

    assert text.count('type="checkbox"') == 2
    assert " checked" not in text
    assert answer.status_code == 422
    assert "请勾选，确认这次申请是您（单位）的真实意愿。" in page(answer)
    assert "同意协议后才能提交" in page(answer)
    assert Application.objects.get().state == "draft"
    assert not ConsentEvent.objects.filter(code="policy:store_agreement").exists()


def test_a_submitted_application_shows_its_progress_and_pressing_again_changes_nothing(
    browser, merchant
):
    factories.filled_in(merchant)
    ticked = submit_form(browser) | {"is_own_will": "on", "agrees": "on"}

    first = browser.post("/apply/submit/", ticked)
    second = browser.post("/apply/submit/", ticked)

    assert (first.url, second.url) == ("/me/", "/me/")
    assert Application.objects.get().round == 1
    assert "审核人员正在核对证件和资料" in page(browser.get("/me/"))


def test_an_agreement_that_changed_meanwhile_is_shown_anew(browser, merchant):
    factories.filled_in(merchant)

    answer = browser.post(
        "/apply/submit/", {"sha256": "0" * 64, "is_own_will": "on", "agrees": "on"}
    )

    assert answer.status_code == 422
    assert "协议刚刚更新了版本" in page(answer)
    assert re.search(r'name="sha256" value="([0-9a-f]{64})"', page(answer))[1] != "0" * 64
    assert Application.objects.get().state == "draft"


def test_an_incomplete_application_cannot_reach_the_last_page(browser, merchant):
    factories.started(merchant)

    answer = browser.get("/apply/submit/", follow=True)

    assert answer.redirect_chain == [("/apply/", 302)]
    assert "还有内容没有完成" in page(answer)


def test_while_in_review_nothing_can_be_changed_and_values_are_masked(browser, merchant):
    factories.submitted(merchant)

    refused = browser.post("/apply/contact/", {"contact_name": "别人"})
    text = page(browser.get("/apply/check/"))

    assert refused.url == "/me/"
    assert Application.objects.get().contact_name.clear == "诸葛晓敏"
    assert "330702198503121239" not in text
    assert "3****************9" in text


def test_what_was_sent_back_is_shown_where_it_is_mended(browser, merchant, reviewer):
    factories.sent_back(merchant, reviewer)

    assert "请修改：合作主体" in page(browser.get("/me/"))
    assert page(browser.get("/apply/")).count("需修改") == 1
    assert escape("填写不完整，请补全：请写到门牌号") in page(browser.get("/apply/subject/"))


@pytest.mark.parametrize("address", ["/apply/contact/", "/me/sharing/demo/"])
def test_whoever_is_leaving_is_told_so_once(browser, merchant, address):
    sharing_kit.partner_at("http://127.0.0.1:9")
    factories.started(merchant)
    erasures.request(person=merchant)

    shown = page(browser.get(address, follow=True))

    assert shown.count('class="banner ') == 1
    assert "账号正在注销" in shown


@pytest.mark.parametrize("has_begun", [True, False])
def test_whoever_is_leaving_is_offered_nothing_that_is_closed_to_them(browser, merchant, has_begun):
    if has_begun:
        factories.started(merchant)
    erasures.request(person=merchant)

    shown = page(browser.get("/me/"))

    closed = ('href="/apply/"', 'href="/apply/role/"', 'href="/apply/withdraw/"')
    assert [way for way in closed if way in shown] == []


def test_whoever_is_leaving_is_offered_no_partner(browser, merchant, reviewer):
    sharing_kit.partner_at("http://127.0.0.1:9")
    factories.approved(merchant, reviewer)
    before = page(browser.get("/me/"))
    erasures.request(person=merchant)

    after = page(browser.get("/me/"))

    assert ["/me/sharing/demo/" in shown for shown in (before, after)] == [True, False]


def test_withdrawing_says_what_goes_and_then_it_is_gone(browser, merchant):
    factories.submitted(merchant)
    warned = page(browser.get("/apply/withdraw/"))

    answer = browser.post("/apply/withdraw/", follow=True)

    assert "撤回以后不能恢复" in warned
    assert "申请已撤回，填写的内容已经删除，照片随即删除。" in page(answer)
    assert "还没有申请" in page(answer)


def test_another_persons_name_never_shows_on_ones_own_pages(merchant, stranger):
    factories.filled_in(merchant)

    text = page(factories.signed_in(stranger).get("/me/"))

    assert "星辰" not in text


@pytest.mark.parametrize("path", ["/apply/contact/", "/apply/check/", "/me/"])
def test_a_signed_in_page_is_kept_by_no_cache(browser, merchant, path):
    factories.filled_in(merchant)

    assert browser.get(path)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("words", ["<script>alert(1)</script>有限公司", "{{ 7 }}有限公司"])
def test_what_was_typed_is_shown_and_never_run(browser, merchant, words):
    factories.started(merchant)
    browser.post("/apply/subject/", factories.answers(Role.FOUR_S) | {"name": words})

    text = page(browser.get("/apply/check/"))

    assert escape(words) in text
    assert "<script>alert" not in text
