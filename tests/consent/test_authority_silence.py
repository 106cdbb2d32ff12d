"""What the merchant sees of an authority's demand, and what a law makes us keep silent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import authorities
from tests import factories
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db

LIST = "/desk/authority-requests/"


@pytest.fixture
def desk(officer):
    return factories.signed_in(officer)


def page_of(request, part=""):
    return f"{LIST}{request.pk}/{part}"


@pytest.mark.clause("A59", "C99")
def test_the_merchant_sees_who_got_what_on_which_law(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)

    (one,) = factories.signed_in(merchant).get("/me/shared/").context["received"]

    assert (one.name, one.tag, one.can_withdraw) == ("金华市公安局", "依法提供 1 次", False)
    (event,) = one.events
    assert event["title"] == "提供手机号"
    assert "金公调证〔2026〕12号，《刑事诉讼法》第五十四条" in event["detail"]


def test_an_authority_is_nobody_to_agree_to(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)
    browser = factories.signed_in(merchant)

    page = browser.get("/me/consents/").content.decode()

    assert "金华市公安局" not in page
    assert browser.get("/consents/share:authority/").status_code == 404


@pytest.mark.clause("C99")
def test_where_a_law_demands_silence_the_merchant_sees_nothing_of_it(
    merchant, officer, second_officer
):
    silence = {
        "secrecy_law": "《反间谍法》第三十二条",
        "secrecy_reason": "告知会妨碍侦查",
        "secrecy_review_date": timezone.localdate() + timedelta(days=90),
    }
    kit.handed(merchant, officer, second_officer, **silence)
    browser = factories.signed_in(merchant)

    seen = "".join(browser.get(page).content.decode() for page in ("/me/shared/", "/me/held/"))

    assert browser.get("/me/shared/").context["received"] == []
    assert "公安" not in seen
    assert "调取" not in seen


def test_when_the_silence_ends_the_merchant_sees_it(desk, merchant, officer, second_officer):
    day = timezone.localdate() + timedelta(days=1)
    silence = {"secrecy_law": "x", "secrecy_reason": "y", "secrecy_review_date": day}
    request = kit.handed(merchant, officer, second_officer, **silence)

    desk.post(page_of(request, "secrecy/"), {"review_date": ""})

    (one,) = factories.signed_in(merchant).get("/me/shared/").context["received"]
    assert one.name == "金华市公安局"


def test_a_silence_that_must_be_looked_at_again_is_shown_until_it_was(
    desk, merchant, officer, second_officer
):
    today = timezone.localdate()
    silence = {"secrecy_law": "x", "secrecy_reason": "y", "secrecy_review_date": today}
    request = kit.handed(merchant, officer, second_officer, **silence)
    reminded = list(desk.get(LIST).context["silent"])

    later = (today + timedelta(days=30)).isoformat()
    desk.post(page_of(request, "secrecy/"), {"review_date": later})
    refused = desk.post(page_of(request, "secrecy/"), {"review_date": today.isoformat()})

    assert reminded == [request]
    assert list(desk.get(LIST).context["silent"]) == []
    assert refused.status_code == 422


def test_there_is_no_silence_without_its_law(merchant, officer):
    request = kit.registered(merchant, officer)

    with pytest.raises(authorities.NotWaiting):
        authorities.end_secrecy(request=request, by=officer)
