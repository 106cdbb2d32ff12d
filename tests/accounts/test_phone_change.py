"""Changing the number one signs in with: both proven, others signed out, the old one told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import codes, erasure, notifications, phones
from accounts.actions.erasure import carrying_out
from accounts.models import LedgerEntry, Notification, Person, Session
from tests.accounts.conftest import browser_of
from tests.accounts.inbox import last_code, messages
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db

OLD, NEW, THIRD = "13800138000", "13700137000", "13600136000"
KEY = "this browser"


def proven_old(browser):
    browser.post("/me/phone/")
    browser.post("/me/phone/code/", {"code": last_code()})


def walk(browser, number=NEW):
    """The whole change in a browser; the page it ends on."""
    proven_old(browser)
    browser.post("/me/phone/new/", {"phone": number})
    return browser.post("/me/phone/new/code/", {"code": last_code()}, follow=True)


def challenge(number=NEW, key=KEY, ago=timedelta(0)):
    """A code on its way to a number: what to send in, and the code."""
    sent = codes.send(
        purpose=phones.PURPOSE,
        phone=number,
        bound_to=key,
        address="203.0.113.7",
        now=timezone.now() - ago,
    )
    return {"challenge_id": sent.pk, "code": last_code(), "session_key": key}


def tell_all():
    notifications.send_due(now=timezone.now() + timedelta(seconds=1))
    return messages()


def test_both_numbers_are_proven_and_the_old_one_is_told(merchant, merchant_browser):
    done = walk(merchant_browser)
    told = tell_all()[0]

    assert "登录手机号已更换" in done.content.decode()
    assert Person.objects.get(pk=merchant.pk).phone.clear == NEW
    assert Person.objects.with_phone(NEW).get() == merchant
    assert not Person.objects.with_phone(OLD).exists()
    assert told["phone"] == OLD
    assert "刚刚更换" in told["text"]
    assert "400-166-5151" in told["text"]
    assert merchant_browser.get("/me/settings/").status_code == 200


def test_the_ledger_says_that_it_changed_and_holds_neither_number(merchant, merchant_browser):
    walk(merchant_browser)

    entries = LedgerEntry.objects.filter(stream=str(merchant.pk))
    assert "phone_changed" in {entry.verb for entry in entries}
    assert not [entry for entry in entries if OLD in entry.body or NEW in entry.body]


def test_every_other_browser_is_signed_out(merchant, merchant_browser):
    other = browser_of(merchant, "MerchantBackend")

    walk(merchant_browser)

    assert other.get("/me/settings/").status_code == 302
    assert Session.objects.of_person(merchant.pk).count() == 1


def test_nothing_is_asked_before_the_old_number_is_proven(merchant_browser):
    pages = [
        merchant_browser.post(path, {"phone": NEW, "code": "123456"})
        for path in ("/me/phone/new/", "/me/phone/new/code/")
    ]

    assert [page.headers["Location"] for page in pages] == ["/me/phone/"] * 2
    assert messages() == []


def test_who_proves_a_number_that_has_an_account_is_told_and_nobody_else_learns_it(
    merchant, merchant_browser, stranger
):
    proven_old(merchant_browser)
    asked = [merchant_browser.post("/me/phone/new/", {"phone": "13900139000"})]
    refused = merchant_browser.post("/me/phone/new/code/", {"code": last_code()}, follow=True)
    asked.append(merchant_browser.post("/me/phone/new/", {"phone": NEW}))

    assert [page.headers["Location"] for page in asked] == ["/me/phone/new/code/"] * 2
    assert "可能已有自己的账号" in refused.content.decode()
    assert Person.objects.get(pk=merchant.pk).phone.clear == OLD
    assert not Notification.objects.exists()
    assert not LedgerEntry.objects.filter(verb="phone_changed").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "请填写新的手机号"), ("12345", "请填写 11 位手机号"), (OLD, "这就是您现在的")],
)
def test_a_number_that_cannot_be_is_named_at_the_field(merchant_browser, typed, said):
    proven_old(merchant_browser)

    page = merchant_browser.post("/me/phone/new/", {"phone": typed})

    assert page.status_code == 422
    assert said in page.content.decode()


def test_a_wrong_code_changes_nothing_and_another_can_be_sent(merchant, merchant_browser, settings):
    proven_old(merchant_browser)
    merchant_browser.post("/me/phone/new/", {"phone": "137 0013 7000"})

    wrong = merchant_browser.post("/me/phone/new/code/", {"code": "000000"})
    again = merchant_browser.post("/me/phone/new/code/", {"resend": "1"}, follow=True)

    assert wrong.status_code == 422
    assert "验证码不正确" in wrong.content.decode()
    assert "137****7000" in again.content.decode()
    assert "过于频繁" in again.content.decode()
    assert Person.objects.get(pk=merchant.pk).phone.clear == OLD


def test_who_lost_the_old_number_is_told_to_come_with_the_id(merchant_browser):
    page = merchant_browser.get("/me/phone/").content.decode()

    assert "带身份证当面核对" in page
    assert "400-166-5151" in page


def test_a_stale_browser_that_proved_an_older_number_changes_nothing(merchant):
    stale = Person.objects.get(pk=merchant.pk)
    phones.change(person=merchant, **challenge(NEW))

    with pytest.raises(phones.ChangedMeanwhile):
        phones.change(person=stale, **challenge(THIRD))

    assert Person.objects.get(pk=merchant.pk).phone.clear == NEW


def test_an_account_that_is_closing_keeps_its_number(merchant):
    erasure.request(person=merchant)

    with pytest.raises(phones.ChangedMeanwhile):
        phones.change(person=merchant, **challenge())


def test_an_account_being_erased_keeps_its_number(merchant):
    given = challenge()
    asked = erasure.request(person=merchant)
    carrying_out.claim(asked.pk, asked.starts_at)

    with pytest.raises(phones.ChangedMeanwhile):
        phones.change(person=merchant, **given)


def test_a_stranger_and_staff_have_no_such_page(reviewer):
    assert Client().get("/me/phone/").status_code == 302
    assert browser_of(reviewer, "StaffBackend").get("/me/phone/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_wins_and_one_number_is_told(merchant):
    given = [challenge(NEW, "one"), challenge(THIRD, "two")]
    people = [Person.objects.get(pk=merchant.pk) for _ in given]

    outcomes = at_once(
        *[
            lambda person=person, sent=sent: phones.change(person=person, **sent)
            for person, sent in zip(people, given, strict=True)
        ]
    )

    assert sorted(str(type(one).__name__) for one in outcomes) == ["ChangedMeanwhile", "NoneType"]
    won = NEW if outcomes[0] is None else THIRD
    assert Person.objects.get(pk=merchant.pk).phone.clear == won
    assert Notification.objects.filter(kind="phone_changed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_want_one_number_one_gets_it(merchant, stranger):
    given = [challenge(NEW, "one", codes.PAUSE), challenge(NEW, "two")]
    people = [merchant, stranger]

    outcomes = at_once(
        *[
            lambda person=person, sent=sent: phones.change(person=person, **sent)
            for person, sent in zip(people, given, strict=True)
        ]
    )

    assert sorted(str(type(one).__name__) for one in outcomes) == ["NoneType", "NumberTaken"]
    assert Person.objects.with_phone(NEW).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_at_the_moment_an_erasure_starts_leaves_no_number_behind(merchant):
    given = challenge()
    asked = erasure.request(person=merchant)
    person = Person.objects.get(pk=merchant.pk)

    at_once(
        lambda: phones.change(person=person, **given),
        lambda: erasure.run(erasure_id=asked.pk, now=asked.starts_at),
    )

    assert not Person.objects.filter(pk=merchant.pk).exists()
    assert not Notification.objects.filter(person=merchant.pk).exists()
