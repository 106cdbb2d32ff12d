"""What authorities demand is judged by two, and only what both grant is granted."""

import pytest

from consent.actions import authorities
from consent.actions.authorities import NotWaiting, ReviewedBefore, TooMuch
from consent.models import AuthorityReview, Disclosure
from consent.states import AuthorityRequestState
from tests.conftest import make_staff
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db


@pytest.mark.clause("B62", "C99")
def test_nothing_can_be_handed_over_before_two_people_granted_it(merchant, officer, second_officer):
    request = kit.registered(merchant, officer)
    with pytest.raises(NotWaiting):
        kit.hand_over(request, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)
    with pytest.raises(NotWaiting):
        kit.hand_over(request, second_officer)

    authorities.grant(request=request, items=kit.ITEMS, by=second_officer)

    assert kit.hand_over(request, officer).sha256
    assert Disclosure.objects.count() == 1


@pytest.mark.clause("B62")
def test_the_same_person_cannot_grant_twice(merchant, officer):
    request = kit.registered(merchant, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)

    with pytest.raises(ReviewedBefore):
        authorities.grant(request=request, items=kit.ITEMS, by=officer)

    request.refresh_from_db()
    assert request.state == AuthorityRequestState.SECONDED


@pytest.mark.clause("B62")
@pytest.mark.parametrize("reason", ["no_document", "no_power", "no_law", "too_wide", "not_sure"])
def test_one_reasoned_refusal_is_enough(merchant, officer, second_officer, reason):
    request = kit.registered(merchant, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer)

    refused = authorities.refuse(
        request=request, reason=reason, note="没有骑缝章", by=second_officer
    )

    review = AuthorityReview.objects.get(by=second_officer)
    assert refused.state == AuthorityRequestState.REFUSED
    assert refused.granted_items == []
    assert (review.reason, review.note.clear) == (reason, "没有骑缝章")
    with pytest.raises(NotWaiting):
        kit.hand_over(request, officer)


def test_nothing_more_is_judged_once_it_is_decided(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)
    third = make_staff("officer3", "officer")

    with pytest.raises(NotWaiting):
        authorities.grant(request=request, items=kit.ITEMS, by=third)
    with pytest.raises(NotWaiting):
        authorities.refuse(request=request, reason="too_wide", by=third)


@pytest.mark.clause("B62", "C112")
def test_only_what_both_grant_is_granted(merchant, officer, second_officer):
    request = kit.registered(merchant, officer)
    less = ("account.phone", "application.name")
    authorities.grant(request=request, items=less, by=officer)

    with pytest.raises(TooMuch):
        authorities.grant(request=request, items=kit.ITEMS, by=second_officer)
    fresh = authorities.grant(request=request, items=("account.phone",), by=second_officer)

    assert fresh.granted_items == ["account.phone"]


@pytest.mark.parametrize("items", [(), ("application.id_number",), ("account.password",)])
def test_nothing_beyond_what_was_asked_is_granted(merchant, officer, items):
    request = kit.registered(merchant, officer)

    with pytest.raises(TooMuch):
        authorities.grant(request=request, items=items, by=officer)
