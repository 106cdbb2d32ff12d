"""Officers and merchants at the same moment; against the database's real locks."""

import pytest

from consent.actions import consents, partners, sharing
from consent.models import Delivery, Disclosure, DisclosureContent, Partner
from consent.states import DeliveryState, PartnerState
from tests.consent import assessment_kit
from tests.consent.manual_kit import manual_partner, recorded
from tests.consent.race_kit import overtaken
from tests.consent.sharing_kit import CONTACT, agree, registered, shared

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_partner_that_loses_its_contract_meanwhile_is_not_switched_on(officer):
    partner = registered()
    assessment_kit.in_force("share:demo")

    overtaken(
        lambda: partners.activate(partner=partner, by=officer),
        lambda: partners.change(
            partner=Partner.objects.get(), facts={"contract": ""}, by=officer, has_understood=True
        ),
        before='UPDATE "consent_partner"',
    )

    partner = Partner.objects.get()
    assert (partner.state == PartnerState.ACTIVE) == (partners.missing(partner) == ())


def test_nothing_stays_behind_the_switch_that_was_thrown_while_it_was_given(merchant, officer):
    partner = manual_partner()
    agree(merchant, partner)

    outcomes = overtaken(
        lambda: sharing.share(
            person_id=merchant.pk,
            partner=partner,
            purpose=partner.purpose,
            content=CONTACT,
            by=merchant,
        ),
        lambda: partners.switch_off(partner=Partner.objects.get(), by=officer),
        before='INSERT INTO "consent_partneridentity"',
    )

    assert [type(outcome) for outcome in outcomes] == [Disclosure, type(None)]
    assert DisclosureContent.objects.count() == 0


def test_what_is_put_down_as_handed_over_is_never_cancelled_meanwhile(merchant, officer):
    delivery = Delivery.objects.get(disclosure=shared(merchant, manual_partner()))

    overtaken(
        lambda: consents.withdraw(person=merchant, code=f"share:{delivery.partner.slug}"),
        lambda: recorded(delivery, officer, "handed"),
        before='UPDATE "consent_delivery"',
    )

    delivery.refresh_from_db()
    is_cancelled = delivery.state == DeliveryState.CANCELLED
    assert is_cancelled != delivery.attestations.exists()
