"""Signing in and registering: nothing is written without an explicit, exact agreement."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import codes
from accounts.models import Challenge, LedgerEntry, OutboxMessage, Person, Session
from consent.models import Consent, ConsentEvent
from tests import factories
from tests.accounts.inbox import last_code
from tests.consent.policy_kit import in_force, publish

pytestmark = pytest.mark.django_db

PHONE = "13757912345"
SIGN_IN, CODE = reverse("consent:sign_in"), reverse("consent:sign_in_code")


@pytest.fixture(autouse=True)
def _policies(db):
    factories.publish_policies()


def answers(**changed):
    """What the page sends when everything was done right."""
    version = in_force()
    sent = {"phone": PHONE, "agreed": "on", "version": version.pk, "sha256": version.sha256}
    return {name: value for name, value in (sent | changed).items() if value is not None}


def rows() -> int:
    """Everything a stranger could have made us write."""
    tables = (Person, Session, Challenge, Consent, ConsentEvent, OutboxMessage)
    entries = LedgerEntry.objects.exclude(verb="published").count()
    return entries + sum(model.objects.count() for model in tables)


@pytest.mark.clause("C6", "C7")
def test_the_box_is_never_ticked_beforehand_and_the_version_is_on_the_page(client):
    page = client.get(SIGN_IN).content.decode()

    box = re.search(r'<input type="checkbox"[^>]*>', page)[0]
    assert "checked" not in box
    assert f'value="{in_force().sha256}"' in page
    assert reverse("consent:policy_version", args=["privacy", in_force().number]) in page


def test_looking_at_the_page_writes_nothing(client, settings):
    client.get(SIGN_IN)
    client.get(CODE)

    assert rows() == 0
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize(
    "missing", ["agreed", "version", "sha256", "phone"], ids=lambda name: f"no {name}"
)
def test_ac_14a_registering_without_accepting_a_version_is_refused_and_writes_nothing(
    client, settings, missing
):
    response = client.post(SIGN_IN, answers(**{missing: None}))

    assert response.status_code == 400
    assert rows() == 0
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize(
    "forged", [{"sha256": "0" * 64}, {"version": 999_999}, {"sha256": "x"}, {"version": "-1"}]
)
def test_a_forged_version_is_refused_and_writes_nothing(client, forged):
    response = client.post(SIGN_IN, answers(**forged))

    assert response.status_code == 400
    assert rows() == 0


@pytest.mark.parametrize("phone", ["1375791234", "23757912345", "abc", "137579123456", "+8613"])
def test_a_number_that_is_none_is_kept_on_the_page_with_what_to_do(client, phone):
    response = client.post(SIGN_IN, answers(phone=phone))

    assert response.status_code == 400
    assert f'value="{phone}"' in response.content.decode()
    assert "11 位的大陆手机号" in response.content.decode()
    assert rows() == 0


@pytest.mark.parametrize(
    "typed", ["137 5791 2345", "+86 137-5791-2345", "１３７５７９１２３４５", "8613757912345"]
)
def test_a_number_may_be_typed_as_people_type_it(client, typed):
    response = client.post(SIGN_IN, answers(phone=typed))

    assert response.url == CODE


@pytest.mark.clause("C11", "C13")
def test_a_new_number_becomes_an_account_that_agreed_in_one_go(client):
    client.post(SIGN_IN, answers())
    response = client.post(CODE, {"code": last_code()})

    person = Person.objects.get()
    event = ConsentEvent.objects.get()
    version = in_force()
    assert response.url == reverse("onboarding:me")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.phone.clear == PHONE
    assert (event.person, event.code, event.sha256) == (person.pk, "policy:privacy", version.sha256)
    assert (event.decision, event.way, event.version) == ("agreed", "checkbox", version.number)
    verbs = LedgerEntry.objects.filter(stream=str(person.pk)).order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == ["registered", "agreed"]


def test_somebody_known_signs_in_the_same_way_and_agrees_only_once(client):
    for _ in range(2):
        Challenge.objects.all().delete()
        browser = Client()
        browser.post(SIGN_IN, answers())
        browser.post(CODE, {"code": last_code()})

    assert Person.objects.count() == 1
    assert ConsentEvent.objects.count() == 1


def test_known_and_unknown_numbers_get_the_same_answers(client, merchant):
    def pages(phone):
        browser = Client()
        sent = browser.post(SIGN_IN, answers(phone=phone))
        shown = browser.get(CODE)
        wrong = browser.post(CODE, {"code": "000000" if last_code() != "000000" else "111111"})
        return [sent.status_code, sent["Location"], shown.status_code, wrong.status_code]

    assert pages(merchant.phone.clear) == pages(PHONE)


def test_a_policy_published_meanwhile_is_shown_and_asked_anew_keeping_what_was_typed(client):
    stale = answers()
    publish("2.0", effective_at=timezone.now() - timedelta(minutes=1), summary="多一个用途")

    response = client.post(SIGN_IN, stale)

    page = response.content.decode()
    assert response.status_code == 409
    assert f'value="{PHONE}"' in page
    assert "2.0 版" in page
    assert "checked" not in re.search(r'<input type="checkbox"[^>]*>', page)[0]
    assert rows() == 0


def test_a_policy_in_force_between_the_steps_registers_nobody(client):
    client.post(SIGN_IN, answers())
    code = last_code()
    publish("2.0", effective_at=timezone.now() - timedelta(seconds=1))

    response = client.post(CODE, {"code": code}, follow=True)

    assert response.redirect_chain == [(SIGN_IN, 302)]
    assert f'value="{PHONE}"' in response.content.decode()
    assert Person.objects.count() == ConsentEvent.objects.count() == 0


def test_registering_and_agreeing_stand_or_fall_together(client, monkeypatch):
    client.post(SIGN_IN, answers())
    monkeypatch.setattr("consent.actions.answers._enter", lambda event: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        client.post(CODE, {"code": last_code()})

    assert Person.objects.count() == ConsentEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "请填写短信里的 6 位验证码"), ("12", "6 位数字"), ("abcdef", "6 位数字")],
)
def test_a_code_that_is_none_costs_no_attempt(client, typed, words):
    client.post(SIGN_IN, answers())

    response = client.post(CODE, {"code": typed})

    assert words in response.content.decode()
    assert Challenge.objects.get().attempts == 0


@pytest.mark.clause("C81")
def test_a_wrong_code_says_how_many_tries_are_left_and_the_last_ends_it(client):
    client.post(SIGN_IN, answers())
    wrong = "000000" if last_code() != "000000" else "111111"

    pages = [client.post(CODE, {"code": wrong}).content.decode() for _ in range(codes.ATTEMPTS)]

    assert "还可以再试 4 次" in pages[0]
    assert "重新获取" in pages[-1]
    assert Person.objects.count() == 0


def test_a_code_is_of_no_use_in_another_browser(client):
    client.post(SIGN_IN, answers())
    code = last_code()
    other = Client()

    response = other.post(CODE, {"code": code})

    assert response["Location"] == SIGN_IN
    assert Person.objects.count() == 0


def test_asking_again_too_soon_in_the_same_browser_leads_to_the_code_page_and_says_so(client):
    client.post(SIGN_IN, answers())

    response = client.post(SIGN_IN, answers(), follow=True)

    assert response.redirect_chain == [(CODE, 302)]
    assert "没有重发：刚才那条验证码还能用" in response.content.decode()
    assert Challenge.objects.count() == 1


def test_asking_again_too_soon_in_another_browser_says_when_and_leaves_no_session(client):
    client.post(SIGN_IN, answers())
    sessions = Session.objects.count()

    response = Client().post(SIGN_IN, answers())

    assert response.status_code == 429
    assert "秒后再试" in response.content.decode()
    assert Session.objects.count() == sessions


def test_a_new_code_may_be_sent_after_a_minute_and_ends_the_old_one(client):
    client.post(SIGN_IN, answers())
    first = last_code()
    Challenge.objects.update(created_at=timezone.now() - codes.PAUSE)

    client.post(CODE, {"resend": "1"})
    refused = client.post(CODE, {"code": first})
    entered = client.post(CODE, {"code": last_code()})

    assert refused.status_code == (302 if last_code() == first else 400)
    assert entered.url == reverse("onboarding:me")


def test_the_code_page_shows_the_number_masked_and_lets_the_phone_fill_the_code(client):
    client.post(SIGN_IN, answers())

    page = client.get(CODE).content.decode()

    assert "137****2345" in page
    assert PHONE not in page
    field = re.search(r'<input[^>]*name="code"[^>]*>', page)[0]
    assert 'autocomplete="one-time-code"' in field
    assert 'inputmode="numeric"' in field


def test_the_session_never_holds_the_number(client):
    client.post(SIGN_IN, answers())

    row = Session.objects.get()
    assert PHONE not in str(row.get_decoded())
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM accounts_session")
        assert PHONE not in cursor.fetchone()[0]


def test_signing_in_changes_the_session_key(client):
    client.post(SIGN_IN, answers())
    before = client.session.session_key

    client.post(CODE, {"code": last_code()})

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert "sign_in" not in client.session


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", ""]
)
def test_nobody_is_led_away_from_this_site(client, wanted):
    client.post(SIGN_IN, answers(next=wanted))

    response = client.post(CODE, {"code": last_code()})

    assert response.url == reverse("onboarding:me")


def test_signing_in_leads_back_to_where_one_wanted_to_go(client):
    client.post(SIGN_IN, answers(next="/apply/bank/"))

    assert client.post(CODE, {"code": last_code()}).url == "/apply/bank/"


def test_somebody_signed_in_is_led_on(client, merchant):
    browser = factories.signed_in(merchant)

    assert browser.get(SIGN_IN, {"next": "/apply/"})["Location"] == "/apply/"


def test_staff_are_told_to_use_their_own_door(client, reviewer):
    page = client.get(SIGN_IN).content.decode()
    at_work = factories.signed_in(reviewer).get(SIGN_IN).content.decode()

    assert reverse("account_login") in page
    assert "您正用员工账号登录" in at_work
    assert 'name="phone"' not in at_work


def test_the_sign_in_page_asks_the_database_little(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get(SIGN_IN)
