"""The WeChat port, chosen by WECHAT_URL. Empty, and nobody is offered to sign in by WeChat.

`https://APPID:SECRET@api.weixin.qq.com/` is the service account that works inside WeChat;
`?site=APPID:SECRET` adds the website app whose picture people scan at a desk, or stands alone.
`simulator://` plays WeChat on a page of ours, in development only, and so is `http://`.

The one rule: of a person WeChat is asked for the openid, and for nothing else. Tokens are dropped,
and no code, secret or openid stands in an exception or a log.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pycurl
from django.conf import settings
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from accounts.models import WechatBinding

App = WechatBinding.App

HOST: Final = "open.weixin.qq.com"
# Where each app sends people, and the least it can ask: either gives the openid.
PAGES: Final = {
    App.CHAT: (f"https://{HOST}/connect/oauth2/authorize", "snsapi_base"),
    App.SITE: (f"https://{HOST}/connect/qrconnect", "snsapi_login"),
}
CONNECT_TIMEOUT_S, TIMEOUT_S = 3, 5
ANSWER_MAX = 16 * 1024
SIMULATED_SALT, SIMULATED_LIFE_S = "accounts.wechat.simulator", 300

_SCHEMES = frozenset({"https", "http"} if settings.DEVELOPMENT else {"https"})
# The code was refused: invalid, missing, used before, expired.
_SPENT = frozenset({40029, 40163, 41008, 42003})
_OPENID = re.compile(r"[\w-]{6,64}", re.ASCII)
_PHONE = re.compile(r"Mobile|Android|iPhone|iPad")


class WechatFailed(Exception):
    """WeChat could not be asked, or did not say who it is."""


class CodeRefused(WechatFailed):
    """WeChat does not take this code: too old, or used before."""


class SnapshotOnly(WechatFailed):
    """The person reads a snapshot of our page, in which WeChat makes an account up."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """One WeChat app of the operator's."""

    appid: str
    secret: str = field(repr=False)


def app_for(user_agent: str) -> str:
    """Which of our apps can be used in this browser; "" when none can."""
    if is_simulated():
        return App.CHAT
    known = apps()
    if "MicroMessenger" in user_agent:
        # 企业微信 calls itself by the same name, and has no personal account.
        return App.CHAT if App.CHAT in known and "wxwork" not in user_agent else ""
    # Nobody can scan a picture with the phone that shows it.
    return App.SITE if App.SITE in known and not _PHONE.search(user_agent) else ""


def address(*, app: str, back: str, state: str) -> str:
    """Where a person is sent to be named by WeChat, and comes `back` from with a code."""
    if is_simulated():
        return f"{reverse('wechat_simulator')}?{urlencode({'redirect_uri': back, 'state': state})}"
    page, scope = PAGES[App(app)]
    # In the order WeChat documents: it refuses any other.
    asked = {
        "appid": apps()[app].appid,
        "redirect_uri": back,
        "response_type": "code",
        "scope": scope,
        "state": state,
    }
    return f"{page}?{urlencode(asked)}#wechat_redirect"


def openid(*, app: str, code: str) -> str:
    """Whom a code names, spending it. Never inside a transaction.

    Raises CodeRefused, SnapshotOnly, and WechatFailed for whatever else came of it.
    """
    if is_simulated():
        return _simulated(code)
    if app not in apps():
        raise WechatFailed("no such app")
    told = _answer(_get(apps()[app], code))
    _refuse_errors(told)
    found = told.get("openid")
    if not isinstance(found, str) or not _OPENID.fullmatch(found):
        raise WechatFailed("no openid")
    return found


def is_simulated() -> bool:
    """Whether a page of ours plays WeChat."""
    return bool(settings.DEVELOPMENT) and urlsplit(settings.WECHAT_URL).scheme == "simulator"


def apps() -> Mapping[str, Credentials]:
    """The apps WECHAT_URL names; raises ImproperlyConfigured, without showing a secret."""
    parts = urlsplit(settings.WECHAT_URL)
    found = {}
    if parts.username or parts.password:
        found[App.CHAT.value] = _credentials(unquote(parts.netloc.rpartition("@")[0]))
    for site in parse_qs(parts.query).get("site", []):
        found[App.SITE.value] = _credentials(site)
    return found


def check() -> None:
    """Raise ImproperlyConfigured unless WECHAT_URL is empty or makes sense."""
    if not settings.WECHAT_URL or is_simulated():
        return
    scheme = urlsplit(settings.WECHAT_URL).scheme
    if scheme not in _SCHEMES:
        raise ImproperlyConfigured(f"WECHAT_URL: unknown scheme {scheme!r}")
    if not apps():
        raise ImproperlyConfigured("WECHAT_URL names no app: APPID:SECRET@ or ?site=APPID:SECRET")


def _credentials(text: str) -> Credentials:
    appid, colon, secret = text.partition(":")
    if not (appid and colon and secret):
        raise ImproperlyConfigured("WECHAT_URL: an app is APPID:SECRET")
    return Credentials(appid, secret)


def _simulated(code: str) -> str:
    signer = signing.TimestampSigner(salt=SIMULATED_SALT)
    try:
        return signer.unsign(code, max_age=SIMULATED_LIFE_S)
    except signing.BadSignature:
        raise CodeRefused("not of the simulator") from None


def _get(app: Credentials, code: str) -> bytes:
    parts = urlsplit(settings.WECHAT_URL)
    asked = {
        "appid": app.appid,
        "secret": app.secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    host = parts.netloc.rpartition("@")[2]
    body = bytearray()

    def take(piece: bytes) -> int:
        # Saying that fewer bytes were taken than came ends the transfer.
        body.extend(piece)
        return len(piece) if len(body) <= ANSWER_MAX else 0

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"{parts.scheme}://{host}/sns/oauth2/access_token?{urlencode(asked)}")
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT_S)
    curl.setopt(pycurl.TIMEOUT, TIMEOUT_S)
    curl.setopt(pycurl.WRITEFUNCTION, take)
    try:
        curl.perform()
        status = curl.getinfo(pycurl.RESPONSE_CODE)
    except pycurl.error as failure:
        # The address holds the secret: curl's own words are left out, and the chain is cut.
        raise WechatFailed(f"curl {failure.args[0]}") from None
    finally:
        curl.close()
    if status != 200:
        raise WechatFailed(f"status {status}")
    return bytes(body)


def _answer(body: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        raise WechatFailed("no JSON") from None
    if not isinstance(told, dict):
        raise WechatFailed("no object")
    return told


def _refuse_errors(told: Mapping[str, object]) -> None:
    """WeChat's errors come as 200 with an `errcode`."""
    code = told.get("errcode", 0)
    if not isinstance(code, int):
        raise WechatFailed("errcode is no number")
    if code in _SPENT:
        raise CodeRefused(f"errcode {code}")
    if code:
        raise WechatFailed(f"errcode {code}")
    if told.get("is_snapshotuser"):
        raise SnapshotOnly("a snapshot page")
