"""个人信息保护法 13-16: grounds, explicit consent, withdrawal, refusal."""

import re

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import WechatBinding
from accounts.personal import ConsentMissing, PersonalModel, guard
from consent import bases, notices
from consent.actions import consents
from consent.bases import GROUNDS, Basis
from consent.models import ConsentEvent, Disclosure
from tests import factories
from tests.consent import wechat_kit
from tests.consent.page_forms import forms_of
from tests.consent.policy_kit import in_force, publish
from tests.consent.sharing_kit import shared

pytestmark = pytest.mark.django_db


def personal_fields():
    models = [model for model in apps.get_models() if issubclass(model, PersonalModel)]
    return [field for model in models for field in model.personal_fields()]


@pytest.mark.parametrize("basis", Basis)
def test_ac_13_every_ground_is_one_of_the_laws(basis):
    assert re.fullmatch(r"《.+法》第\d+条.*", str(GROUNDS[basis]))


@pytest.mark.parametrize("field", [f for f in personal_fields() if f.consent], ids=str)
def test_ac_13_what_stands_on_consent_cannot_be_done_without_it(merchant, field):
    with pytest.raises(ConsentMissing):
        guard.require(merchant.pk, field.consent)


def test_ac_14a_registering_takes_an_explicit_yes_to_a_named_version(visitor):
    answer = visitor.post("/sign-in/", {"phone": "13700137000", "agreed": "on"})

    assert answer.status_code == 400
    assert not ConsentEvent.objects.exists()


def test_ac_14b_a_new_version_is_asked_of_everybody_signed_in(browser, merchant):
    publish("2.0", effective_at=timezone.now())

    asked = browser.get("/me/")
    version = in_force()
    sent = {"answer": "agree", "version": version.pk, "sha256": version.sha256}
    browser.post("/policies/privacy/answer/", sent)

    assert asked.templates[0].name == "consent/policy_gate.html"
    assert browser.get("/me/").templates[0].name == "onboarding/me.html"


@pytest.mark.parametrize("code", ["id_photo", "bank_account", "marketing"])
def test_ac_15_withdrawing_takes_no_more_steps_than_giving(browser, merchant, code):
    def taps(act) -> int:
        """Requests that change something, between opening 权限与授权 and its effect."""
        page = browser.get("/me/consents/").content.decode()
        (form,) = [f for f in forms_of(page) if act(f)]
        yes = {"answer": "agree"} if ("answer", "agree") in form.buttons else {}
        browser.post(form.action, form.fields | yes)
        return 1

    given = taps(lambda f: f.action == f"/consents/{code}/")
    agreed = ConsentEvent.objects.of(merchant.pk)[0]
    taken = taps(lambda f: f.fields.get("code") == code)
    withdrawn = ConsentEvent.objects.of(merchant.pk)[0]

    assert taken <= given
    assert (agreed.decision, withdrawn.decision) == ("agreed", "withdrawn")
    assert ConsentEvent.objects.filter(pk=agreed.pk).exists()


@pytest.mark.clause("C147")
def test_ac_15_what_was_done_before_a_withdrawal_stays_lawful_and_on_record(merchant, partner):
    factories.agree_to_privacy(merchant)
    given = shared(merchant, partner)

    consents.withdraw(person=merchant, code="share:demo")

    kept = Disclosure.objects.get()
    assert (kept, kept.basis) == (given, "consent")
    assert ConsentEvent.objects.get(pk=kept.consent_event).decision == "agreed"


@pytest.mark.parametrize("code", sorted(notices.OFFERED))
def test_ac_16_every_question_names_what_goes_on_and_another_way(code):
    notice = consents.notice_for(code)

    assert notice.refusing
    assert notice.alternative
    assert "无法继续" not in notice.refusing


@pytest.mark.clause("C15", "A45")
def test_ac_16_whoever_keeps_avatar_nickname_sex_and_number_from_wechat_loses_nothing(
    visitor, settings
):
    settings.WECHAT_URL = "https://wx01:s@api.weixin.qq.com/?site=wx02:s"
    there = wechat_kit.leave(visitor)
    settings.WECHAT_URL = "simulator://"
    wechat_kit.come_back(visitor)

    entered = wechat_kit.prove(visitor)

    # There is nothing to refuse: it is not asked for, and there is nowhere to keep it.
    assert "snsapi_userinfo" not in there
    assert [field.name for field in WechatBinding.personal_fields()] == ["openid"]
    assert entered["Location"] == wechat_kit.HOME


# What the portal's own logs add up to (C79, C80), and where everything stays (C104)


def test_ac_13_nothing_deemed_grounds_anything():
    assert not re.search(r"视为|视作|默认|认为合适", "".join(Basis.labels))
    assert "deemed" not in bases.DISCLOSING
