"""What recipients may be for, and what may carry data to each: marketing on consent alone."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consent import recipient_purposes
from consent.actions import consents, partners, sharing
from consent.actions.sharing import ByLaw
from consent.bases import GROUNDS, Basis
from consent.models import Delivery, Disclosure, Partner
from consent.recipient_purposes import PurposeClass
from tests import factories
from tests.consent import assessment_kit, seeds
from tests.consent.sharing_kit import CONTACT, agree, partner_at, registered

pytestmark = pytest.mark.django_db
DOCUMENT = "合同 HT-2026-018"
LEGAL = [basis for basis in Basis if basis != Basis.CONSENT and GROUNDS[basis].may_disclose]

# The purposes of policy 4.1, each in the words there.
SEVEN = {
    "提供技术基础设施服务": PurposeClass.INFRASTRUCTURE,
    "数据处理": PurposeClass.PROCESSING,
    "分析我们服务的使用方式": PurposeClass.USAGE_ANALYSIS,
    "衡量广告和服务的有效性": PurposeClass.AD_MEASUREMENT,
    "提供客户服务": PurposeClass.CUSTOMER_SERVICE,
    "支付便利": PurposeClass.PAYMENT,
    "学术研究": PurposeClass.RESEARCH,
}


def given(person, partner, **changes):
    return sharing.share(
        person_id=person.pk,
        partner=partner,
        **({"purpose": partner.purpose, "content": CONTACT, "by": person} | changes),
    )


def nothing_left():
    return not Disclosure.objects.exists() and not Delivery.objects.exists()


@pytest.mark.clause("C114")
@pytest.mark.parametrize("purpose_class", SEVEN.values())
def test_each_purpose_the_policy_names_is_one_a_recipient_is_publicly_listed_with(
    client, purpose_class
):
    factories.publish_policies()
    partner_at("http://127.0.0.1:9", purpose_class=purpose_class)

    page = client.get(reverse("consent:recipients")).content.decode()

    assert "用途类别" in page
    assert purpose_class.label in page


def test_the_seven_are_what_the_policy_says():
    policy = seeds.seed(seeds.OLD_51)

    assert [words for words in SEVEN if words not in policy] == []


@pytest.mark.clause("C114")
def test_nobody_receives_anything_for_a_purpose_outside_the_list(officer):
    assessment_kit.in_force("share:demo")
    unnamed = registered(purpose_class="")

    with pytest.raises(partners.Incomplete, match="用途类别"):
        partners.activate(partner=unnamed, by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        registered("other", purpose_class="其他")

    assert not Partner.objects.active().exists()


def test_every_class_says_what_may_carry_data_for_it():
    assert recipient_purposes.CARRIED_BY.keys() == set(PurposeClass)
    assert all(Basis.CONSENT in carried for carried in recipient_purposes.CARRIED_BY.values())


@pytest.mark.clause("A52")
@pytest.mark.parametrize("basis", LEGAL)
def test_no_ground_but_consent_carries_anything_to_a_marketing_partner(merchant, basis):
    partner = partner_at("http://127.0.0.1:9", purpose_class=PurposeClass.MARKETING)

    with pytest.raises(sharing.NoGround):
        given(merchant, partner, by_law=ByLaw(basis, DOCUMENT))

    assert nothing_left()


@pytest.mark.clause("A52")
def test_a_marketing_partner_gets_nothing_before_and_nothing_after_a_live_consent(merchant):
    partner = partner_at("http://127.0.0.1:9", purpose_class=PurposeClass.MARKETING)

    with pytest.raises(sharing.NoConsent):
        given(merchant, partner)
    before = nothing_left()
    agree(merchant, partner)
    with_it = given(merchant, partner)
    consents.withdraw(person=merchant, code="share:demo")
    with pytest.raises(sharing.NoConsent):
        given(merchant, partner)

    assert before
    assert (with_it.basis, Disclosure.objects.count()) == (Basis.CONSENT, 1)


@pytest.mark.clause("A52", "A53")
def test_a_consent_to_one_purpose_does_not_carry_another_of_the_same_partner(merchant, officer):
    partner = partner_at("http://127.0.0.1:9", purpose="回复咨询", purpose_class="customer_service")
    agree(merchant, partner)
    partners.switch_off(partner=partner, by=officer)
    facts = {"purpose": "推荐保险", "purpose_class": PurposeClass.MARKETING}
    partners.change(partner=partner, facts=facts, by=officer, has_understood=True)
    assessment_kit.in_force("share:demo")
    partners.activate(partner=partner, by=officer)
    partner.refresh_from_db()

    with pytest.raises(sharing.NoConsent):
        given(merchant, partner)
    with pytest.raises(sharing.OtherPurpose):
        given(merchant, partner, purpose="回复咨询")
    unasked = nothing_left()
    agree(merchant, partner)

    assert unasked
    assert given(merchant, partner).purpose == "推荐保险"


@pytest.mark.clause("A52")
def test_the_question_says_that_it_is_for_marketing(merchant):
    partner = partner_at("http://127.0.0.1:9", purpose_class=PurposeClass.MARKETING)

    page = factories.signed_in(merchant).get(reverse("consent:ask", args=["share:demo"]))

    assert "属于哪一类" in page.content.decode()
    assert PurposeClass.MARKETING.label in partners.notice(partner).text


@pytest.mark.parametrize("purpose_class", ["usage_analysis", "ad_measurement", "research"])
def test_analysis_without_consent_gets_at_most_what_names_nobody(merchant, purpose_class):
    partner = partner_at("http://127.0.0.1:9", purpose_class=purpose_class)

    with pytest.raises(sharing.NoGround):
        given(merchant, partner, by_law=ByLaw(Basis.CONTRACT, DOCUMENT))

    assert recipient_purposes.may_carry(Basis.ANONYMISED, purpose_class)


def test_a_partner_from_before_the_list_gets_data_on_consent_alone(merchant):
    partner = partner_at("http://127.0.0.1:9", purpose_class="finance")
    Partner.objects.update(purpose_class="")

    with pytest.raises(sharing.NoGround):
        given(merchant, partner, by_law=ByLaw(Basis.LEGAL_DUTY, DOCUMENT))

    agree(merchant, Partner.objects.get())
    assert given(merchant, partner).basis == Basis.CONSENT


def test_the_desk_says_in_red_who_is_not_classified_yet_and_what_carries_data(officer):
    partner_at("http://127.0.0.1:9")
    browser = factories.signed_in(officer)

    page = browser.get(reverse("consent:partner", args=["demo"])).content.decode()
    Partner.objects.update(purpose_class="")

    assert "只凭单独同意" in page
    assert "还没有用途类别" in browser.get(reverse("consent:partners")).content.decode()
