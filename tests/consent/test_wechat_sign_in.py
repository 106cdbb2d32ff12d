"""Signing in by WeChat: asked in so many words, proven by a code once, and undone with one tap."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import codes, erasure
from accounts.models import (
    Challenge,
    LedgerEntry,
    OutboxMessage,
    Person,
    Session,
    WechatBinding,
)
from consent import wechat_visit
from consent.actions import consents
from consent.models import Consent, ConsentEvent, Served
from consent.notices import WECHAT
from tests import factories
from tests.accounts.drawers import verbs
from tests.accounts.inbox import last_code
from tests.accounts.wechat_kit import CODE_USED, SNAPSHOT, scripted_wechat
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import in_force, publish
from tests.consent.wechat_kit import (
    ASK,
    BACK,
    BEGIN,
    CODE,
    LEAVE,
    NUMBER,
    PHONE,
    SIGN_IN,
    UNBIND,
    agreement,
    answer,
    bound,
    come_back,
    leave,
    prove,
    ways_back,
)
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db

HOME = reverse("onboarding:me")
SETTINGS = reverse("accounts:settings")


@pytest.fixture(autouse=True)
def _policies(db):
    factories.publish_policies()


def rows() -> int:
    """Everything a stranger could have made us write, but for the session."""
    tables = (Person, Challenge, Consent, ConsentEvent, Served, OutboxMessage, WechatBinding)
    entries = LedgerEntry.objects.exclude(verb="published").count()
    return entries + sum(model.objects.count() for model in tables)


def said(response) -> str:
    """The words of the page somebody lands on."""
    return words(response.content.decode())


def is_signed_in(browser) -> bool:
    return "_auth_user_id" in browser.session


# Before anything is asked of WeChat


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


# Coming back


@pytest.mark.clause("C14", "C15", "A45")
def test_the_first_time_a_number_is_proven_and_only_then_is_anything_kept(client):
    back = come_back(client)
    before = rows()
    entered = prove(client)

    person = Person.objects.get()
    binding = WechatBinding.objects.get()
    answered = ConsentEvent.objects.of(person.pk).order_by("id")
    assert (back["Location"], before, entered["Location"]) == (NUMBER, 0, HOME)
    assert (binding.person, binding.app) == (person, "chat")
    assert list(answered.values_list("code", "decision", "way")) == [
        ("policy:privacy", "agreed", "checkbox"),
        ("wechat", "agreed", "button"),
    ]
    assert answered[1].sha256 == Served.objects.get(code="wechat").sha256 == WECHAT.sha256
    assert verbs(person.pk)[0] == "registered"
    assert verbs(person.pk)[-1] == "wechat_bound"
    assert "已绑定微信" in said(client.get(HOME))


def test_a_number_that_has_an_account_binds_to_that_account(client, merchant):
    come_back(client)
    prove(client, merchant.phone.clear)

    assert WechatBinding.objects.get().person == merchant
    assert Person.objects.count() == 1


def test_the_next_time_wechat_alone_signs_in(client):
    bound()
    person = Person.objects.get()
    codes_sent = Challenge.objects.count()

    back = come_back(client, next="/apply/bank/")

    assert back["Location"] == "/apply/bank/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert Challenge.objects.count() == codes_sent
    assert verbs(person.pk)[-1] == "signed_in_by_wechat"
    assert ConsentEvent.objects.of(person.pk).count() == 2


def test_another_wechat_account_signs_nobody_in(client):
    bound()

    back = come_back(client, user=1)

    assert back["Location"] == NUMBER
    assert not is_signed_in(client)


def test_signing_in_changes_the_session_key_and_forgets_the_visit(client):
    bound()
    there = leave(client)
    before = client.session.session_key

    client.get(ways_back(client, there)[0])

    assert client.session.session_key != before
    assert "wechat" not in client.session


def test_whoever_goes_on_with_the_number_after_all_binds_nothing(client):
    come_back(client)
    client.post(SIGN_IN, agreement(phone=PHONE))
    client.post(CODE, {"code": last_code()})

    assert is_signed_in(client)
    assert not WechatBinding.objects.exists()
    assert not Consent.objects.filter(code="wechat").exists()


@pytest.mark.clause("C15")
def test_declining_at_wechat_leads_back_to_the_number(client):
    declined = client.get(ways_back(client, leave(client))[-1])

    assert "您在微信里没有同意" in said(client.get(declined["Location"]))
    assert rows() + Session.objects.count() == 0


# The state


def test_a_way_back_works_once(client):
    way = ways_back(client, leave(client))[0]
    client.get(way)

    again = client.get(way)

    assert again.status_code == 400
    assert "这次没有登录" in said(again)
    assert rows() == 0


def test_a_way_back_works_in_no_other_browser(client):
    way = ways_back(client, leave(client))[0]
    other = Client()

    response = other.get(way)

    assert response.status_code == 400
    assert other.cookies == {}
    assert rows() == 0


@pytest.mark.parametrize(
    "query", [{}, {"state": "x"}, {"code": "x"}, {"state": "状态", "code": "x"}]
)
def test_a_state_that_is_not_ours_is_told_kindly_and_writes_nothing(client, query):
    leave(client)

    response = client.get(BACK, query)

    assert response.status_code == 400
    assert "什么也没有记录" in said(response)
    assert rows() == 0


def test_a_state_is_too_old_after_ten_minutes(client, monkeypatch):
    way = ways_back(client, leave(client))[0]
    late = time.time() + wechat_visit.AWAY_SECONDS + 1
    monkeypatch.setattr("consent.wechat_visit.time.time", lambda: late)

    assert client.get(way).status_code == 400
    assert rows() == 0


def test_leaving_again_ends_the_way_back_of_before(client):
    first = ways_back(client, leave(client))[0]
    second = ways_back(client, leave(client))[0]

    assert client.get(first).status_code == 400
    assert client.get(second)["Location"] == NUMBER


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_nobody_is_led_away_from_this_site(client, wanted):
    come_back(client, next=wanted)

    assert prove(client)["Location"] == HOME


def test_somebody_signed_in_goes_nowhere(merchant):
    browser = factories.signed_in(merchant)

    assert browser.post(BEGIN, agreement())["Location"] == SIGN_IN
    assert browser.get(BACK, {"code": "x", "state": "y"})["Location"] == HOME
    assert [browser.get(path)["Location"] for path in (ASK, LEAVE, NUMBER)] == [SIGN_IN] * 3


def test_the_session_never_holds_the_account_in_plain(client):
    come_back(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM accounts_session")
        (kept,) = cursor.fetchone()
    assert "simulated-openid-a" not in kept
    assert "simulated-openid-a" not in str(client.session.items())


# What WeChat answers


@pytest.mark.parametrize(
    ("told", "words_of_ours"),
    [
        (CODE_USED, "微信说这次登录已经过期"),
        (SNAPSHOT, "使用完整服务"),
        ({"errcode": -1}, "微信暂时没有答复"),
    ],
)
def test_a_wechat_that_names_nobody_leads_back_to_the_number(
    client, settings, caplog, told, words_of_ours
):
    with scripted_wechat() as server:
        settings.WECHAT_URL = server.url
        server.answer(told)
        there = leave(client)
        state = re.search(r"state=([^&#]+)", there)[1]
        response = client.get(BACK, {"code": "061Gw3000NWtvQ1", "state": state})

    assert words_of_ours in said(client.get(response["Location"]))
    assert rows() + Session.objects.count() == 0
    assert [each for each in ("061Gw3000NWtvQ1", "the-secret", state) if each in caplog.text] == []


# What else can have happened meanwhile


def test_an_account_bound_to_somebody_else_meanwhile_keeps_nobody_out(client, merchant):
    come_back(client)
    bound(merchant.phone.clear)

    entered = prove(client)

    assert entered["Location"] == HOME
    assert "这个微信已经绑定了别的账号" in said(client.get(HOME))
    assert WechatBinding.objects.get().person == merchant
    assert Consent.objects.filter(code="wechat").count() == 1


def test_a_second_wechat_of_one_person_is_not_bound_in_silence(client):
    bound()
    Challenge.objects.update(created_at=timezone.now() - codes.PAUSE)
    come_back(client, user=1)

    prove(client)

    assert "已经绑定了另一个微信" in said(client.get(HOME))
    assert WechatBinding.objects.count() == 1


def test_a_policy_in_force_meanwhile_signs_nobody_in(client):
    bound()
    there = leave(client)
    publish("2.0", effective_at=timezone.now() - timedelta(seconds=1))

    response = client.get(ways_back(client, there)[0], follow=True)

    assert response.redirect_chain[-1][0] == SIGN_IN
    assert not is_signed_in(client)
    assert "隐私政策刚刚更新" in said(response)


def test_a_policy_in_force_before_the_code_registers_nobody(client):
    come_back(client)
    client.post(NUMBER, {"phone": PHONE})
    publish("2.0", effective_at=timezone.now() - timedelta(seconds=1))

    client.post(CODE, {"code": last_code()})

    assert Person.objects.count() == WechatBinding.objects.count() == 0


def test_whoever_closes_the_account_still_gets_in_by_wechat_to_take_it_back(client):
    bound()
    erasure.request(person=Person.objects.get())

    assert come_back(client)["Location"] == HOME
    assert is_signed_in(client)


# Undoing it


@pytest.mark.clause("C145", "C146")
def test_one_tap_in_the_settings_unbinds_and_withdraws(client):
    browser = bound()
    person = Person.objects.get()
    (form,) = [
        each for each in forms_of(browser.get(SETTINGS).content.decode()) if each.action == UNBIND
    ]

    answered = browser.post(form.action, form.fields)

    assert answered["Location"] == SETTINGS
    assert not WechatBinding.objects.exists()
    assert not consents.is_live(person.pk, "wechat")
    assert "未绑定" in said(browser.get(SETTINGS))
    assert come_back(client)["Location"] == NUMBER


def test_withdrawing_on_the_list_of_permissions_unbinds_too(client):
    browser = bound()

    browser.post(reverse("consent:mine"), {"code": "wechat"})

    assert not WechatBinding.objects.exists()
    assert come_back(client)["Location"] == NUMBER


def test_after_unbinding_the_number_signs_in_as_ever(client):
    bound().post(UNBIND)
    Challenge.objects.update(created_at=timezone.now() - codes.PAUSE)

    client.post(SIGN_IN, agreement(phone=PHONE))
    client.post(CODE, {"code": last_code()})

    assert is_signed_in(client)
    assert not WechatBinding.objects.exists()


def test_after_unbinding_the_account_is_free_to_be_bound_again(client):
    bound().post(UNBIND)
    Challenge.objects.update(created_at=timezone.now() - codes.PAUSE)

    come_back(client)
    prove(client)

    assert WechatBinding.objects.get().person == Person.objects.get()


def test_where_wechat_was_switched_off_the_binding_can_still_be_undone(settings):
    browser = bound()
    settings.WECHAT_URL = ""

    shown = [browser.get(path).content.decode() for path in (SETTINGS, reverse("consent:mine"))]
    browser.post(UNBIND)

    assert "解除绑定" in shown[0]
    assert 'value="wechat"' in shown[1]
    assert not WechatBinding.objects.exists()


def test_nobody_unbinds_by_a_link_or_without_signing_in(client):
    browser = bound()

    assert browser.get(UNBIND).status_code == 405
    assert client.post(UNBIND).status_code == 302
    assert WechatBinding.objects.count() == 1


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
