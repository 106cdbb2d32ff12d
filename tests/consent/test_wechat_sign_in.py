"""Coming back from WeChat: once, in the same browser; proven by a code the first time."""

import re
import time

import pytest
from django.db import connection
from django.test import Client

from accounts.models import (
    Challenge,
    Person,
    Session,
    WechatBinding,
)
from consent import wechat_visit
from consent.models import Consent, ConsentEvent, Served
from consent.notices import WECHAT
from tests import factories
from tests.accounts.drawers import verbs
from tests.accounts.inbox import last_code
from tests.accounts.wechat_kit import CODE_USED, SNAPSHOT, scripted_wechat
from tests.consent.wechat_kit import (
    ASK,
    BACK,
    BEGIN,
    CODE,
    HOME,
    LEAVE,
    NUMBER,
    PHONE,
    SIGN_IN,
    agreement,
    bound,
    come_back,
    is_signed_in,
    leave,
    prove,
    rows,
    said,
    ways_back,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policies(db):
    factories.publish_policies()


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


def test_a_session_that_ended_in_another_tab_leads_nobody_in(client):
    way = ways_back(client, leave(client))[0]

    def end_it_first(execute, sql, params, many, context):
        if sql.startswith('UPDATE "accounts_session"'):
            execute('DELETE FROM "accounts_session"', (), many, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(end_it_first):
        response = client.get(way)

    assert response.status_code == 400
    assert "这次没有登录" in said(response)
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
