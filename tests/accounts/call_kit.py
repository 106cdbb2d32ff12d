"""A call, from both ends: what the member of staff and the merchant do."""

import re

from django.utils import timezone

from accounts.actions import callers, contacts
from accounts.actions.callers import Desk
from accounts.actions.contacts import Said
from tests.accounts.inbox import last_code

PHONE = "13800138000"
SESSION = "a session"
WORDS = "商家说上周退回的那份申请找不到了，问在哪里改。"
RESULT = "告诉了在“我的”里点“去修改”，对方当场找到了。"
FORM = {"channel": "call", "subject": "application", "words": WORDS, "result": RESULT}


def desk(by, session=SESSION, now=None):
    return Desk(by=by, session=session, told_at=now or timezone.now())


def proven(by, phone=PHONE, session=SESSION, now=None):
    """The check of somebody who read out the code they were sent."""
    at_desk = desk(by, session, now)
    challenge = callers.ask(phone=phone, desk=at_desk, now=now)
    return callers.prove(challenge_id=challenge.pk, code=last_code(), desk=at_desk, now=now)


def said(**changes):
    return Said(**(FORM | changes))


def recorded(by, phone=PHONE, session=SESSION, now=None, **changes):
    """The record of a call."""
    check = proven(by, phone, session, now)
    return contacts.record(check=check, said=said(**changes), by=by, session=session, now=now)


def dialled(browser, phone=PHONE, **more):
    """What the desk answers to a whole number."""
    return browser.post("/desk/callers/", {"phone": phone, "told": "on"} | more)


def on_the_line(browser, phone=PHONE):
    """The address of a caller's page, after the code was read out."""
    dialled(browser, phone)
    return browser.post("/desk/callers/code/", {"code": last_code()}).headers["Location"]


def shown_code(merchant_browser):
    """The code on the merchant's own page, and the phrase below it."""
    text = merchant_browser.post("/me/support/").content.decode()
    code, phrase = re.findall(r'<p class="spoken[^>]*>\s*(\S+?)\s*</p>', text)
    return code, phrase
