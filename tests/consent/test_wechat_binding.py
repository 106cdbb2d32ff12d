"""A WeChat account that is bound: what else can happen meanwhile, and undoing it with one tap."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import codes, erasure
from accounts.actions.erasure import carrying_out
from accounts.models import (
    Challenge,
    Person,
    WechatBinding,
)
from accounts.personal import holders
from consent.actions import consents
from consent.models import Consent
from tests import factories
from tests.accounts.inbox import last_code
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import publish
from tests.consent.test_endings import announced
from tests.consent.wechat_kit import (
    CODE,
    HOME,
    NUMBER,
    PHONE,
    SETTINGS,
    SIGN_IN,
    UNBIND,
    agreement,
    bound,
    come_back,
    is_signed_in,
    leave,
    prove,
    said,
    ways_back,
)
from tests.onboarding.test_canary import raw_dump

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _policies(db):
    factories.publish_policies()


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


def test_once_the_erasure_runs_wechat_lets_nobody_in(client):
    bound()
    asked = erasure.request(person=Person.objects.get())
    carrying_out.claim(asked.pk, asked.starts_at)

    response = come_back(client)

    assert response.status_code == 409
    assert not is_signed_in(client)


@pytest.mark.clause("C152")
def test_with_the_account_gone_nothing_of_the_wechat_account_is_left(client):
    bound()
    person = Person.objects.get()
    asked = erasure.request(person=person, now=timezone.now() - timedelta(days=2))

    erasure.run(erasure_id=asked.pk)

    assert not WechatBinding.objects.exists()
    assert holders.named("wechat").inventory(person.pk) == []
    assert come_back(client)["Location"] == NUMBER


def test_once_the_service_has_ended_nobody_new_is_registered(client, officer, second_officer):
    announced(officer, second_officer)
    come_back(client)

    response = prove(client)

    assert response.templates[0].name == "consent/ending.html"
    assert Person.objects.filter(kind=Person.Kind.MERCHANT).count() == 0
    assert not WechatBinding.objects.exists()


def test_once_the_service_has_ended_who_has_an_account_gets_in_and_nothing_more_is_bound(
    client, merchant, officer, second_officer
):
    announced(officer, second_officer)
    come_back(client)

    prove(client, merchant.phone.clear)

    assert is_signed_in(client)
    assert not WechatBinding.objects.exists()
    assert not Consent.objects.filter(code="wechat").exists()


def test_who_was_bound_before_the_service_ended_still_gets_in(client, officer, second_officer):
    bound()
    announced(officer, second_officer)

    come_back(client)

    assert is_signed_in(client)


def test_nothing_of_the_account_or_the_way_reaches_database_or_log(client, caplog):
    caplog.set_level(logging.DEBUG)
    there = leave(client)
    way = ways_back(client, there)[0]
    client.get(way)
    prove(client)
    code = parse_qs(urlsplit(way).query)["code"][0]

    stored = raw_dump("default") + raw_dump("vault") + caplog.text.encode()

    assert [each for each in ("simulated-openid-a", code) if each.encode() in stored] == []


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
