"""Contact data go to a partner after approval, with the consent for that one, and once."""

import json

import pytest

from consent.actions import consents, sharing
from consent.models import Delivery, Disclosure
from onboarding.actions.sharing import already_given, share_contact
from onboarding.permissions import NotAllowed
from tests import factories
from tests.consent import sharing_kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return sharing_kit.demo_partner()


@pytest.fixture
def application(merchant, reviewer, partner):
    return factories.approved(merchant, reviewer)


def test_nothing_is_shared_without_the_consent_for_this_recipient(application, merchant, partner):
    with pytest.raises(sharing.NoConsent):
        share_contact(application=application, partner=partner, by=merchant)

    assert (Disclosure.objects.count(), Delivery.objects.count()) == (0, 0)


def test_one_disclosure_and_one_delivery_are_made_with_it(application, merchant, partner):
    factories.give_consent(merchant, "share:demo")

    disclosure = share_contact(application=application, partner=partner, by=merchant)

    assert json.loads(disclosure.categories) == {
        "contact": ["contact_name", "contact_phone", "merchant_name"]
    }
    assert Delivery.objects.get().disclosure == disclosure


def test_a_second_press_shares_nothing_more(application, merchant, partner):
    factories.give_consent(merchant, "share:demo")
    first = share_contact(application=application, partner=partner, by=merchant)

    second = share_contact(application=application, partner=partner, by=merchant)

    assert second == first
    assert Disclosure.objects.count() == 1


def test_a_consent_given_anew_may_be_used_anew(application, merchant, partner):
    factories.give_consent(merchant, "share:demo")
    share_contact(application=application, partner=partner, by=merchant)
    consents.withdraw(person=merchant, code="share:demo")
    withdrawn = already_given(application, partner)
    factories.give_consent(merchant, "share:demo")

    share_contact(application=application, partner=partner, by=merchant)

    assert withdrawn is None
    assert Disclosure.objects.count() == 2


def test_before_approval_nothing_is_shared(merchant, partner):
    application = factories.submitted(merchant)
    factories.give_consent(merchant, "share:demo")

    with pytest.raises(NotAllowed):
        share_contact(application=application, partner=partner, by=merchant)


def test_nobody_shares_another_merchants_data(application, stranger, partner):
    with pytest.raises(NotAllowed):
        share_contact(application=application, partner=partner, by=stranger)


@pytest.mark.clause("C108")
def test_before_giving_a_merchant_is_warned_what_the_other_side_must_not_ask_for(
    application, merchant
):
    factories.give_consent(merchant, "share:demo")

    page = factories.signed_in(merchant).get("/me/sharing/demo/").content.decode()

    assert "对方会直接联系您" in page
    assert "发现信息泄露，请马上拨打" in page
    assert 'href="tel:4001665151"' in page
