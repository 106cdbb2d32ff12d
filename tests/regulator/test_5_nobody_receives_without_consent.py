"""认定方法 第五条：未经同意向他人提供个人信息. 5.1 is also seen in a browser."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from accounts.models import WechatBinding
from consent import notices
from consent.actions import consents, sharing
from consent.models import Delivery, Disclosure, DisclosureContent
from tests import factories, web_edition
from tests.accounts.inbox import last_code
from tests.consent import wechat_kit
from tests.consent.sharing_kit import CONTACT, agree
from tests.regulator.reading import words

pytestmark = pytest.mark.django_db


def give_away(person, partner):
    return sharing.share(
        person_id=person.pk, partner=partner, purpose=partner.purpose, content=CONTACT, by=person
    )


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/policies/privacy/", "/me/", "/complaints/"])
def test_5_1_a_page_lets_the_browser_talk_to_nobody_else(browser, path):
    rule = browser.get(path)["Content-Security-Policy"]

    sources = {word for part in rule.split(";") for word in part.split()[1:]}
    assert sources <= {"'none'", "'self'", "blob:"}
    assert "connect-src 'self'" in rule
    assert "form-action 'self'" in rule


@pytest.mark.clause("B20")
def test_5_1_nothing_in_a_page_names_another_place():
    assert [line for line in web_edition.offences() if "别的网站" in line or "信标" in line] == []


@pytest.mark.clause("A58")
def test_5_2_without_the_persons_consent_the_server_gives_nothing_away(merchant, partner):
    factories.agree_to_privacy(merchant)

    with pytest.raises(sharing.NoConsent):
        give_away(merchant, partner)

    rows = (Disclosure, DisclosureContent, Delivery)
    assert [model.objects.count() for model in rows] == [0, 0, 0]


def test_5_2_nor_with_a_consent_that_was_taken_back(merchant, partner):
    factories.agree_to_privacy(merchant)
    agree(merchant, partner)
    given = give_away(merchant, partner)
    consents.withdraw(person=merchant, code="share:demo")

    with pytest.raises(sharing.NoConsent):
        give_away(merchant, partner)

    assert Disclosure.objects.get() == given


def test_5_3_a_third_party_is_named_with_what_flows_before_it_gets_anything(
    browser, merchant, reviewer, partner
):
    factories.approved(merchant, reviewer)

    page = browser.get(reverse("onboarding:share", args=["demo"]))

    said = words(page.content.decode())
    told = (partner.legal_name, partner.contact, partner.purpose, partner.method, "联系人手机号码")
    assert [word for word in told if words(word) not in said] == []
    assert not Disclosure.objects.exists()


@pytest.mark.clause("C14", "A45")
def test_5_3_wechat_is_named_with_what_flows_before_anybody_goes_there(visitor):
    visitor.post(wechat_kit.BEGIN, wechat_kit.agreement())

    page = visitor.get(wechat_kit.ASK)

    said = words(page.content.decode())
    assert [line for _, line in notices.WECHAT.lines if words(line) not in said] == []
    assert "open.weixin.qq.com" in said
    assert visitor.get(wechat_kit.LEAVE)["Location"] == wechat_kit.SIGN_IN


@pytest.mark.clause("C15")
def test_5_3_nothing_of_the_person_goes_along_to_wechat(visitor, settings):
    settings.WECHAT_URL = "https://wx01:s@api.weixin.qq.com/?site=wx02:s"

    there = urlsplit(wechat_kit.leave(visitor, phone=wechat_kit.PHONE))

    sent = parse_qs(there.query)
    state = sent.pop("state")
    assert sent == {
        "appid": ["wx02"],
        "redirect_uri": [f"http://testserver{wechat_kit.BACK}"],
        "response_type": ["code"],
        "scope": ["snsapi_login"],
    }
    assert len(state[0]) >= 32
    assert not WechatBinding.objects.exists()


@pytest.mark.clause("C14", "C15")
def test_5_3_whoever_refuses_wechat_loses_nothing(visitor):
    visitor.post(wechat_kit.BEGIN, wechat_kit.agreement())
    visitor.post(wechat_kit.ASK, wechat_kit.answer("refuse"))

    visitor.post(wechat_kit.SIGN_IN, wechat_kit.agreement(phone=wechat_kit.PHONE))
    entered = visitor.post(wechat_kit.CODE, {"code": last_code()})

    assert entered["Location"] == reverse("onboarding:me")
    assert not WechatBinding.objects.exists()
