"""Before anybody goes to WeChat: both agreements, in so many words, and nothing written."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    Session,
    WechatBinding,
)
from consent.notices import WECHAT
from tests import factories
from tests.accounts.inbox import last_code
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import in_force, publish
from tests.consent.wechat_kit import (
    ASK,
    BEGIN,
    CODE,
    HOME,
    LEAVE,
    NUMBER,
    PHONE,
    SETTINGS,
    SIGN_IN,
    agreement,
    answer,
    leave,
    rows,
    said,
)
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policies(db):
    factories.publish_policies()


@pytest.mark.clause("C14", "B8")
def test_the_sign_in_page_offers_both_ways_alike(client):
    page = client.get(SIGN_IN).content.decode()

    number, by_wechat = re.findall(
        r'<button class="([^"]*)"\s+type="submit"\s+form="sign-in"', page
    )
    assert number == by_wechat
    assert f'formaction="{BEGIN}"' in page


def test_where_it_is_not_set_up_nothing_speaks_of_it(client, settings, merchant):
    settings.WECHAT_URL = ""
    browser = factories.signed_in(merchant)

    pages = [client.get(SIGN_IN), client.get(reverse("consent:recipients"))]
    pages += [browser.get(SETTINGS), browser.get(reverse("consent:mine"))]

    assert [page for page in pages if "用微信登录" in page.content.decode()] == []
    assert client.post(BEGIN, agreement())["Location"] == SIGN_IN
    assert browser.get(reverse("consent:ask", args=["wechat"])).status_code == 404
    assert browser.post(reverse("consent:ask", args=["wechat"]), answer()).status_code == 400
    assert not Session.objects.filter(person=None).exists()


@pytest.mark.clause("C14")
@pytest.mark.parametrize("missing", ["agreed", "version", "sha256"])
def test_ac_14a_without_an_agreement_to_the_version_nobody_goes_and_nothing_is_written(
    client, settings, missing
):
    response = client.post(BEGIN, agreement(**{missing: None}))

    assert response.status_code == 400
    assert rows() + Session.objects.count() == 0
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize("forged", [{"sha256": "0" * 64}, {"version": 999_999}, {"version": "x"}])
def test_a_forged_version_is_refused(client, forged):
    assert client.post(BEGIN, agreement(**forged)).status_code == 400
    assert rows() + Session.objects.count() == 0


def test_the_number_is_not_needed_yet_and_what_was_typed_is_kept(client):
    response = client.post(BEGIN, agreement(agreed=None, phone="13757"))

    page = response.content.decode()
    assert 'value="13757"' in page
    assert "11 位" not in page
    assert "同意后勾选" in page


def test_a_policy_published_meanwhile_is_asked_anew(client):
    stale = agreement()
    publish("2.0", effective_at=timezone.now() - timedelta(minutes=1), summary="多一个用途")

    response = client.post(BEGIN, stale)

    assert response.status_code == 409
    assert rows() + Session.objects.count() == 0


@pytest.mark.parametrize("path", [ASK, LEAVE, NUMBER])
def test_nobody_starts_in_the_middle(client, path):
    assert client.get(path)["Location"] == SIGN_IN
    assert client.post(ASK, answer())["Location"] == SIGN_IN


# The page that asks


@pytest.mark.clause("A45", "C15")
def test_one_page_names_all_that_wechat_tells_and_learns_and_offers_two_equal_answers(client):
    client.post(BEGIN, agreement())

    page = client.get(ASK).content.decode()

    told = words(page)
    assert [line for _, line in WECHAT.lines if words(line) not in told] == []
    assert "微信账号编码（openid）" in told
    assert "不索取、也不接收您的头像、昵称、性别、地区和微信里的手机号码" in told
    assert "微信会知道您来过51车商家端" in told
    assert "我们的隐私政策在那里不适用" in told
    (form,) = [each for each in forms_of(page) if each.action == ASK]
    assert form.buttons == [("answer", "refuse"), ("answer", "agree")]
    assert form.fields["sha256"] == WECHAT.sha256
    assert form.boxes == []


@pytest.mark.clause("C15")
def test_refusing_leads_back_to_the_number_and_leaves_nothing(client):
    client.post(BEGIN, agreement(next="/apply/bank/"))

    refused = client.post(ASK, answer("refuse"))

    assert refused["Location"] == f"{SIGN_IN}?next=%2Fapply%2Fbank%2F"
    assert "没有用微信登录" in said(client.get(refused["Location"]))
    assert rows() + Session.objects.count() == 0


def test_a_number_being_proven_survives_the_refusal(client):
    client.post(SIGN_IN, agreement(phone=PHONE))
    client.post(BEGIN, agreement())
    client.post(ASK, answer("refuse"))

    entered = client.post(CODE, {"code": last_code()})

    assert entered["Location"] == HOME
    assert not WechatBinding.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, answer("maybe"), answer(sha256="0" * 64), {"answer": "agree"}, answer("agree,all")]
)
def test_anything_but_an_answer_to_these_words_is_refused(client, sent):
    client.post(BEGIN, agreement())

    assert client.post(ASK, sent).status_code == 400
    assert client.get(LEAVE)["Location"] == SIGN_IN


def test_nobody_is_sent_to_an_app_that_was_switched_off_meanwhile(client, settings):
    client.post(BEGIN, agreement())
    client.post(ASK, answer())
    settings.WECHAT_URL = "https://api.weixin.qq.com/?site=wx02:other-secret"

    assert client.get(LEAVE)["Location"] == SIGN_IN


def test_agreeing_writes_nothing_about_anybody(client):
    leave(client)

    assert rows() == 0
    assert Session.objects.get().person is None


def test_a_form_leads_to_our_own_page_only_and_that_page_goes_on_by_itself(client, settings):
    settings.WECHAT_URL = "https://wx01:the-secret@api.weixin.qq.com/?site=wx02:other-secret"
    client.post(BEGIN, agreement())

    sent = client.post(ASK, answer())
    page = client.get(sent["Location"])

    there = "https://open.weixin.qq.com/connect/qrconnect?appid=wx02&amp;"
    text = page.content.decode()
    assert sent["Location"] == LEAVE
    assert f'<meta http-equiv="refresh" content="0; url={there}' in text
    assert f'href="{there}' in text
    assert "redirect_uri=http%3A%2F%2Ftestserver%2Fsign-in%2Fwechat%2Fback%2F" in text
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert "the-secret" not in text
    assert "other-secret" not in text


def test_the_third_party_list_names_wechat_and_what_flows(client):
    page = said(client.get(reverse("consent:recipients")))

    assert "深圳市腾讯计算机系统有限公司" in page
    assert "微信告诉我们微信账号编码（openid）" in page
    assert "我们告诉微信什么也不告诉" in page


@pytest.mark.clause("C14", "C15")
def test_the_policy_says_what_happens_here():
    policy = in_force().body

    assert "再单独问您是否同意用微信登录，依据是**您的单独同意**" in policy
    assert "不索取、也不接收您的微信头像、昵称、性别、地区和微信里的手机号码" in policy
    assert "第一次还要用短信验证码确认手机号码；确认以前，编码只加密暂存，半小时内删除" in policy
