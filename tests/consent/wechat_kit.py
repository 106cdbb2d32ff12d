"""Going to WeChat and back as a person does, on the pages of the portal and of the simulator."""

import html
import re

from django.test import Client
from django.urls import reverse

from accounts.models import Challenge, LedgerEntry, OutboxMessage, Person, WechatBinding
from consent.models import Consent, ConsentEvent, Served
from consent.notices import WECHAT
from tests.accounts.inbox import last_code
from tests.consent.policy_kit import in_force
from tests.regulator.reading import words

PHONE = "13757912345"
SIGN_IN, CODE = reverse("consent:sign_in"), reverse("consent:sign_in_code")
BEGIN, ASK = reverse("consent:wechat_begin"), reverse("consent:wechat")
LEAVE, BACK = reverse("consent:wechat_leave"), reverse("consent:wechat_back")
NUMBER, UNBIND = reverse("consent:wechat_number"), reverse("consent:wechat_unbind")
HOME, SETTINGS = reverse("onboarding:me"), reverse("accounts:settings")


def agreement(**changed: object) -> dict[str, object]:
    """What the sign-in page sends with 用微信登录 when the box was ticked."""
    version = in_force()
    sent = {"phone": "", "agreed": "on", "version": version.pk, "sha256": version.sha256}
    return {name: value for name, value in (sent | changed).items() if value is not None}


def answer(said: str = "agree", **changed: str) -> dict[str, str]:
    """An answer to the words about WeChat."""
    return {"answer": said, "sha256": WECHAT.sha256} | changed


def leave(browser: Client, **changed: object) -> str:
    """Agree to both and go; the address of WeChat's page."""
    browser.post(BEGIN, agreement(**changed))
    browser.post(ASK, answer())
    page = browser.get(LEAVE).content.decode()
    return html.unescape(re.findall(r'href="([^"]+)"\s+rel="noreferrer', page)[0])


def ways_back(browser: Client, there: str) -> list[str]:
    """The addresses the simulator offers: three people, then declining."""
    page = browser.get(there).content.decode()
    return [html.unescape(way) for way in re.findall(r'href="(http://testserver[^"]+)"', page)]


def come_back(browser: Client, user: int = 0, **changed: object):
    """All the way to WeChat and back, as one of its people; our answer."""
    return browser.get(ways_back(browser, leave(browser, **changed))[user])


def prove(browser: Client, phone: str = PHONE):
    """The number and the code sent to it; our answer."""
    browser.post(NUMBER, {"phone": phone})
    return browser.post(CODE, {"code": last_code()})


def bound(phone: str = PHONE, user: int = 0) -> Client:
    """The browser of somebody who signed in by WeChat for the first time."""
    browser = Client()
    come_back(browser, user)
    prove(browser, phone)
    return browser


def rows() -> int:
    """Everything a stranger could have made us write, but for the session."""
    tables = (Person, Challenge, Consent, ConsentEvent, Served, OutboxMessage, WechatBinding)
    entries = LedgerEntry.objects.exclude(verb="published").count()
    return entries + sum(model.objects.count() for model in tables)


def said(response) -> str:
    """The words of the page somebody lands on."""
    return words(response.content.decode())


def is_signed_in(browser: Client) -> bool:
    """Whether this browser is somebody's."""
    return "_auth_user_id" in browser.session
