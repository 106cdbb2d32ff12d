"""The registry of recipients: what one must have, what a change means, and the kill switch."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import LedgerEntry
from consent.actions import consents, partners, sharing
from consent.courier import run
from consent.models import Delivery, Disclosure, DisclosureContent, Partner
from consent.states import DeliveryState, PartnerState
from tests.consent import assessment_kit
from tests.consent.sharing_kit import (
    CONTACT,
    agree,
    partner_at,
    registered,
    scripted_partner,
    shared,
)

pytestmark = pytest.mark.django_db
IDENTITY = {"identity": ["real_name", "id_number"]}
BOTH = IDENTITY | {"contact": ["contact_phone"]}
YESTERDAY = timedelta(days=-1)


def today(**shift):
    return timezone.localdate() + timedelta(**shift)


def lacking(**facts):
    assessment_kit.in_force("share:demo")
    return partners.missing(registered(**facts))


def facts_of(partner, **changes):
    return {"purpose": partner.purpose, "scope": partner.scope} | changes


def test_a_partner_with_everything_lacks_nothing(db):
    assert lacking() == ()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"purpose_class": ""}, ("用途类别",)),
        ({"address": ""}, ("通讯地址",)),
        ({"scope": IDENTITY}, ("姓名和身份证号码只给身份核验机构",)),
        (
            {"scope": BOTH, "purpose_class": "identity"},
            ("身份核验机构只接触姓名和身份证号码",),
        ),
        ({"scope": IDENTITY, "purpose_class": "identity"}, ()),
        ({"contract": ""}, ("合同编号",)),
        ({"contract_until": None}, ("合同到期日",)),
        ({"sub_processing": ""}, ("再委托的约定",)),
        ({"security_by": ""}, ("安全评估（谁、哪天、结论）",)),
        ({"security_result": "failed"}, ("通过的安全评估",)),
        ({"secrets": []}, ("签名密钥",)),
        ({"protocol": "manual", "secrets": []}, ("交接密码",)),
        ({"protocol": "manual", "endpoint": "", "domain": ""}, ()),
        ({"kind": "sdk"}, ("隐私政策网址",)),
        ({"kind": "authority"}, ("有权机关只按调取流程办理，不能启用",)),
    ],
)
@pytest.mark.clause("B52", "B54", "C115", "C122")
def test_what_is_missing_is_named_and_the_partner_stays_shut(officer, facts, words):
    assessment_kit.in_force("share:demo")
    partner = registered(**facts)

    assert partners.missing(partner) == words
    if words:
        with pytest.raises(partners.Incomplete):
            partners.activate(partner=partner, by=officer)
        assert Partner.objects.get().state == PartnerState.DRAFT


def test_a_contract_that_ended_is_named_with_its_day(db):
    ended = today(days=-1)

    assert lacking(contract_until=ended) == (f"有效的合同（{ended} 已到期）",)


@pytest.mark.clause("C127")
def test_a_security_assessment_older_than_a_year_is_too_old(db):
    old = today(days=-366)

    assert lacking(security_on=old) == (f"一年内的安全评估（上次是 {old}）",)
    assert Partner.objects.get().security_on == old


@pytest.mark.clause("C104")
@pytest.mark.parametrize("last_day", [False, True])
def test_a_security_assessment_of_a_day_to_come_is_none(db, last_day):
    security_on = date.max if last_day else today(days=1)

    assert lacking(security_on=security_on) == ("已经做完的安全评估（日期还没有到）",)


def test_nobody_abroad_can_be_a_recipient(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        registered(country="SG")

    assert Partner.objects.count() == 0


def test_the_last_day_of_the_contract_counts_and_the_next_one_does_not(merchant):
    partner = partner_at("http://127.0.0.1:9")
    Partner.objects.update(contract_until=today(days=3))
    agree(merchant, partner)
    last = timezone.now() + timedelta(days=3)
    sent = {"person_id": merchant.pk, "partner": partner, "purpose": partner.purpose}

    sharing.share(**sent, content=CONTACT, by=merchant, now=last)
    with pytest.raises(sharing.ContractEnded):
        sharing.share(**sent, content=CONTACT, by=merchant, now=last + timedelta(days=1))

    assert Disclosure.objects.count() == 1


def test_nobody_is_asked_to_agree_to_a_partner_whose_contract_ended(merchant):
    partner = partner_at("http://127.0.0.1:9")
    Partner.objects.update(contract_until=today(days=-1))

    with pytest.raises(consents.NotOpen):
        agree(merchant, partner)


def test_the_facts_of_an_active_partner_stand(officer):
    partner = partner_at("http://127.0.0.1:9")

    with pytest.raises(partners.StillActive):
        partners.change(partner=partner, facts=facts_of(partner, purpose="别的"), by=officer)

    assert Partner.objects.get().purpose == partner.purpose


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "向您推荐保险"},
        {"purpose_class": "finance"},
        {"scope": json.dumps({"contact": ["merchant_name", "contact_name", "contact_phone"]})},
        {"method": "邮寄"},
        {"legal_name": "另一家公司"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.clause("A53", "A60", "C117")
def test_whoever_agreed_is_asked_again_after_a_change_of_what_they_agreed_to(
    merchant, officer, change
):
    partner = partner_at("http://127.0.0.1:9")
    agree(merchant, partner)
    partners.switch_off(partner=partner, by=officer)

    with pytest.raises(partners.AsksAgain) as warned:
        partners.change(partner=partner, facts=change, by=officer)
    partners.change(partner=partner, facts=change, by=officer, has_understood=True)
    assessment_kit.in_force("share:demo")
    partners.activate(partner=partner, by=officer)

    assert warned.value.agreed == 1
    assert not consents.is_live(merchant.pk, "share:demo")
    with pytest.raises(sharing.NoConsent):
        sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=Partner.objects.get().purpose,
            content=CONTACT,
            by=merchant,
        )


def test_a_change_of_other_facts_asks_nobody_again(merchant, officer):
    partner = partner_at("http://127.0.0.1:9")
    agree(merchant, partner)
    partners.switch_off(partner=partner, by=officer)

    partners.change(partner=partner, facts={"contract": "C-2"}, by=officer)
    partners.activate(partner=partner, by=officer)

    assert consents.is_live(merchant.pk, "share:demo")


def test_an_address_is_no_part_of_what_people_agreed_to(merchant, officer):
    partner = partner_at("http://127.0.0.1:9")
    agree(merchant, partner)
    asked = partners.notice(partner).sha256
    partners.switch_off(partner=partner, by=officer)

    partners.change(partner=partner, facts={"address": "杭州市文三路1号"}, by=officer)
    partners.activate(partner=partner, by=officer)

    assert partners.notice(Partner.objects.get()).sha256 == asked
    assert consents.is_live(merchant.pk, "share:demo")


def test_a_changed_purpose_needs_an_assessment_of_its_own(officer):
    partner = partner_at("http://127.0.0.1:9")
    partners.switch_off(partner=partner, by=officer)

    partners.change(partner=partner, facts={"purpose": "向您推荐保险"}, by=officer)

    assert partners.missing(Partner.objects.get()) == ("个人信息保护影响评估",)


def test_a_change_is_in_the_ledger_by_the_names_of_what_changed(officer):
    partner = registered()

    partners.change(partner=partner, facts={"contract": "C-2"}, by=officer, secret="whsec_new")

    entry = LedgerEntry.objects.get(verb="partner_changed")
    assert (entry.stream, entry.actor) == ("partner:demo", officer.pk)
    assert json.loads(entry.body)["fields"] == ["contract"]
    assert "C-2" not in entry.body
    assert "whsec_new" not in entry.body
    assert partners.secrets_of(Partner.objects.get()) == ("whsec_new",)


@pytest.mark.django_db(transaction=True)
def test_the_switch_stops_what_waits_and_still_delivers_the_duty_to_delete(merchant, officer):
    with scripted_partner() as script:
        script.status, partner = 503, partner_at(script.url)
        disclosure = shared(merchant, partner)
        run.drain(partner.pk)
        consents.withdraw(person=merchant, code="share:demo")
        agree(merchant, partner)
        second = sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=partner.purpose,
            content=CONTACT,
            by=merchant,
        )
        partners.switch_off(partner=partner, by=officer)
        Delivery.objects.update(next_at=timezone.now())
        partner.mailbox.next_at = timezone.now()
        partner.mailbox.save()
        script.letters.clear()
        run.drain(partner.pk)

    assert [path for path, _headers, _body in script.letters] == ["/v1/requests"]
    states = dict(Delivery.objects.filter(disclosure__isnull=False).values_list("pk", "state"))
    assert states == {disclosure.pk: DeliveryState.CANCELLED, second.pk: DeliveryState.CANCELLED}
    assert DisclosureContent.objects.count() == 0


def test_what_waited_when_the_switch_was_thrown_is_not_sent_once_it_is_back(merchant, officer):
    with scripted_partner() as script:
        partner = partner_at(script.url)
        given = shared(merchant, partner)
        partners.switch_off(partner=partner, by=officer)
        partners.activate(partner=partner, by=officer)
        run.drain(partner.pk)

    assert script.letters == []
    assert Delivery.objects.get(disclosure=given).state == DeliveryState.CANCELLED


def test_nothing_is_sent_after_the_contracts_last_day_though_nobody_swept_yet(merchant):
    with scripted_partner() as script:
        partner = partner_at(script.url)
        given = shared(merchant, partner)
        Partner.objects.update(contract_until=today(days=-1))
        run.drain(partner.pk)

    assert script.letters == []
    assert Delivery.objects.get(disclosure=given).state == DeliveryState.CANCELLED


def test_an_assessment_from_before_the_words_changed_is_none_even_once_a_new_one_is_over(
    merchant, officer
):
    partner = partner_at("http://127.0.0.1:9")
    partners.switch_off(partner=partner, by=officer)
    partners.change(partner=partner, facts=facts_of(partner, purpose="安排试驾"), by=officer)
    assessment_kit.in_force("share:demo", days=1)
    partners.activate(partner=partner, by=officer)
    agree(merchant, Partner.objects.get())
    given = {"partner": partner, "purpose": "安排试驾", "content": CONTACT, "by": merchant}
    in_two_days = timezone.now() + timedelta(days=2)

    sharing.share(person_id=merchant.pk, **given)
    with pytest.raises(sharing.NotAssessed):
        sharing.share(person_id=merchant.pk, now=in_two_days, **given)
    with pytest.raises(consents.NotOpen):
        consents.notice_for("share:demo", in_two_days)
