"""Two officers, or one in two windows, at the same moment; against the database's real locks."""

import pytest

from consent import packing
from consent.actions import authorities, handing_over
from consent.models import AuthorityReview, Disclosure
from consent.states import AuthorityRequestState
from tests.conftest import make_staff
from tests.consent import authority_kit as kit
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def names(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)


def test_two_officers_granting_at_once_are_two_judgements(merchant, officer, second_officer):
    request = kit.registered(merchant, officer)

    outcomes = at_once(
        *[
            lambda by=by: authorities.grant(request=request, items=kit.ITEMS, by=by)
            for by in (officer, second_officer)
        ]
    )

    request.refresh_from_db()
    assert names(outcomes) == ["AuthorityRequest", "AuthorityRequest"]
    assert request.state == AuthorityRequestState.GRANTED


def test_one_officer_in_two_windows_is_one_judgement(merchant, officer):
    request = kit.registered(merchant, officer)

    outcomes = at_once(
        *[lambda: authorities.grant(request=request, items=kit.ITEMS, by=officer) for _ in range(2)]
    )

    request.refresh_from_db()
    assert names(outcomes) == ["AuthorityRequest", "ReviewedBefore"]
    assert request.state == AuthorityRequestState.SECONDED


def test_of_a_second_grant_and_a_refusal_at_once_only_one_counts(merchant, officer, second_officer):
    request = kit.registered(merchant, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)
    third = make_staff("officer3", "officer")

    outcomes = at_once(
        lambda: authorities.grant(request=request, items=kit.ITEMS, by=second_officer),
        lambda: authorities.refuse(request=request, reason="too_wide", by=third),
    )

    request.refresh_from_db()
    assert names(outcomes) == ["AuthorityRequest", "NotWaiting"]
    assert AuthorityReview.objects.filter(request=request).count() == 2
    assert request.state in (AuthorityRequestState.GRANTED, AuthorityRequestState.REFUSED)


def test_two_handings_over_at_once_give_one_file(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)

    outcomes = at_once(
        *[
            lambda by=by: handing_over.hand_over(
                request=request, passphrase=packing.new_passphrase(), by=by
            )
            for by in (officer, second_officer)
        ]
    )

    assert names(outcomes) == ["NotWaiting", "Package"]
    assert Disclosure.objects.count() == 1


def test_the_same_document_entered_twice_at_once_is_one_request(merchant, officer, second_officer):
    outcomes = at_once(
        *[lambda by=by: kit.registered(merchant, by) for by in (officer, second_officer)]
    )

    assert names(outcomes) == ["AlreadyRegistered", "AuthorityRequest"]
