"""The WeChat port: what people are sent with, what is asked, and what every answer means."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.core.exceptions import ImproperlyConfigured

from accounts.ports import wechat
from tests.accounts import wechat_kit
from tests.accounts.wechat_kit import ANSWERED, scripted_wechat

BACK = "https://portal.example.cn/sign-in/wechat/back/"
CODE = "061Gw3000NWtvQ1XXX300fKyyy1Gw30q"
REAL = "https://wx01:the-secret@api.weixin.qq.com/?site=wx02:other-secret"
IN_WECHAT = "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36 MicroMessenger/8.0.49.2600"
AT_WORK = IN_WECHAT + " wxwork/4.1.28"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36"


@pytest.fixture
def server(settings):
    with scripted_wechat() as script:
        settings.WECHAT_URL = script.url
        yield script


# Where people are sent


def test_inside_wechat_only_the_account_code_is_asked_for_in_the_order_wechat_wants(settings):
    settings.WECHAT_URL = REAL

    assert wechat.address(app="chat", back=BACK, state="s-1") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx01"
        "&redirect_uri=https%3A%2F%2Fportal.example.cn%2Fsign-in%2Fwechat%2Fback%2F"
        "&response_type=code&scope=snsapi_base&state=s-1#wechat_redirect"
    )


def test_at_a_desk_a_picture_is_scanned(settings):
    settings.WECHAT_URL = REAL

    there = wechat.address(app="site", back=BACK, state="s-1")

    assert there.startswith("https://open.weixin.qq.com/connect/qrconnect?appid=wx02&")
    assert "scope=snsapi_login" in there
    assert there.endswith("#wechat_redirect")


@pytest.mark.clause("C15")
@pytest.mark.parametrize("app", wechat.App.values)
def test_the_scope_that_gives_avatar_nickname_and_sex_is_never_asked_for(settings, app):
    settings.WECHAT_URL = REAL

    assert "snsapi_userinfo" not in wechat.address(app=app, back=BACK, state="s")


@pytest.mark.parametrize(
    ("url", "offered"),
    [
        (REAL, {IN_WECHAT: "chat", AT_WORK: "", PHONE: "", DESK: "site"}),
        (
            "https://wx01:s@api.weixin.qq.com/",
            {IN_WECHAT: "chat", AT_WORK: "", PHONE: "", DESK: ""},
        ),
        (
            "https://api.weixin.qq.com/?site=wx02:s",
            {IN_WECHAT: "", AT_WORK: "", PHONE: "", DESK: "site"},
        ),
        ("", {IN_WECHAT: "", AT_WORK: "", PHONE: "", DESK: ""}),
        ("simulator://", {IN_WECHAT: "chat", PHONE: "chat", DESK: "chat"}),
    ],
    ids=["both", "inside", "at a desk", "none", "simulator"],
)
def test_it_is_offered_only_where_it_can_work(settings, url, offered):
    settings.WECHAT_URL = url

    assert {browser: wechat.app_for(browser) for browser in offered} == offered


# The exchange


@pytest.mark.parametrize(("app", "appid"), [("chat", "wx01"), ("site", "wx02")])
def test_a_code_is_exchanged_as_wechat_documents_it(server, app, appid):
    found = wechat.openid(app=app, code=CODE)

    parts = urlsplit(server.asked[0])
    assert found == ANSWERED["openid"]
    assert parts.path == "/sns/oauth2/access_token"
    assert parse_qs(parts.query) == {
        "appid": [appid],
        "secret": ["the-secret" if app == "chat" else "other-secret"],
        "code": [CODE],
        "grant_type": ["authorization_code"],
    }


@pytest.mark.clause("C15", "A45")
def test_nothing_else_is_ever_asked_of_wechat_and_tokens_are_dropped(server):
    server.answer(wechat_kit.BY_PICTURE)

    found = wechat.openid(app="site", code=CODE)

    assert found == ANSWERED["openid"]
    assert [urlsplit(path).path for path in server.asked] == ["/sns/oauth2/access_token"]


@pytest.mark.parametrize(
    ("told", "failure"),
    [
        (wechat_kit.CODE_INVALID, wechat.CodeRefused),
        (wechat_kit.CODE_USED, wechat.CodeRefused),
        (wechat_kit.SECRET_WRONG, wechat.WechatFailed),
        (wechat_kit.BUSY, wechat.WechatFailed),
        (wechat_kit.SNAPSHOT, wechat.SnapshotOnly),
        ({"errcode": [1]}, wechat.WechatFailed),
        ({}, wechat.WechatFailed),
        ({"openid": 5}, wechat.WechatFailed),
        ({"openid": "' OR 1=1"}, wechat.WechatFailed),
        ([], wechat.WechatFailed),
    ],
)
def test_an_answer_that_names_nobody_is_a_failure_with_a_name(server, told, failure):
    server.answer(told)

    with pytest.raises(wechat.WechatFailed) as failed:
        wechat.openid(app="chat", code=CODE)

    assert type(failed.value) is failure


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (302, b"{}"), (200, b"<html>"), (200, b"\xff"), (200, b"[" * 20_000)],
)
def test_what_is_no_answer_is_a_failure(server, status, body):
    server.status, server.body = status, body

    with pytest.raises(wechat.WechatFailed):
        wechat.openid(app="chat", code=CODE)


def test_no_redirect_is_followed(server):
    server.status, server.headers = 302, {"Location": server.url + "elsewhere"}

    with pytest.raises(wechat.WechatFailed, match="status 302"):
        wechat.openid(app="chat", code=CODE)

    assert len(server.asked) == 1


def test_a_failure_shows_neither_secret_nor_code_nor_account(server, caplog):
    caplog.set_level(logging.DEBUG)
    server.answer(wechat_kit.SECRET_WRONG | {"openid": ANSWERED["openid"]})

    with pytest.raises(wechat.WechatFailed) as failed:
        wechat.openid(app="chat", code=CODE)

    shown = f"{failed.value!r} {failed.value.__context__!r} {wechat.apps()} {caplog.text}"
    secrets = ("the-secret", "other-secret", CODE, str(ANSWERED["openid"]))
    assert str(failed.value) == "errcode 40125"
    assert [word for word in secrets if word in shown] == []


def test_a_wechat_that_is_away_is_a_failure_without_its_address(settings):
    settings.WECHAT_URL = "http://wx01:the-secret@127.0.0.1:9/"

    with pytest.raises(wechat.WechatFailed) as failed:
        wechat.openid(app="chat", code=CODE)

    assert str(failed.value).startswith("curl ")
    assert failed.value.__cause__ is None


# The simulator


def test_the_simulator_takes_only_its_own_fresh_codes(settings):
    settings.WECHAT_URL = "simulator://"
    signed = signing.TimestampSigner(salt=wechat.SIMULATED_SALT).sign("simulated-openid-a")

    assert wechat.openid(app="chat", code=signed) == "simulated-openid-a"
    with pytest.raises(wechat.CodeRefused):
        wechat.openid(app="chat", code=signed + "x")


# The address


@pytest.mark.parametrize("url", ["", "simulator://", REAL, "https://api.weixin.qq.com/?site=a:b"])
def test_an_address_that_makes_sense_is_taken(settings, url):
    settings.WECHAT_URL = url

    wechat.check()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a:the-secret@x/",
        "https://api.weixin.qq.com/",
        "https://the-secret@api.weixin.qq.com/",
        "https://api.weixin.qq.com/?site=the-secret",
        "https://:the-secret@api.weixin.qq.com/",
    ],
)
def test_an_address_that_names_no_app_stops_the_start_without_showing_a_secret(settings, url):
    settings.WECHAT_URL = url

    with pytest.raises(ImproperlyConfigured, match="WECHAT_URL") as refused:
        wechat.check()

    assert "the-secret" not in str(refused.value)


def test_a_secret_written_for_an_address_is_sent_as_it_is(server, settings):
    settings.WECHAT_URL = server.url.replace("the-secret", "a%2Fb%40c%3Ad")

    wechat.openid(app="chat", code=CODE)

    assert parse_qs(urlsplit(server.asked[0]).query)["secret"] == ["a/b@c:d"]
