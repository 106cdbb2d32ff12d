"""The end of the service: two people, rights to the last, and everybody erased in small batches."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Erasure, LedgerEntry, Person
from accounts.states import PersonState
from consent.actions import endings, sign_in
from consent.actions.officers import NotAnOfficer
from consent.models import ServiceEnding
from consent.states import EndingState
from onboarding.models import Application
from tests import factories
from tests.accounts.inbox import last_code
from tests.consent import authority_kit
from tests.consent.policy_kit import in_force
from tests.consent.sharing_kit import partner_at, shared

pytestmark = pytest.mark.django_db
DESK = "/desk/ending/"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def days():
    today = timezone.localdate()
    return {"stop_date": today, "erase_date": today + timedelta(days=40)}


def proposed(by, **changes):
    return endings.propose(reason="公司不再经营这项业务", by=by, **days() | changes)


def announced(by, second, **changes):
    ending = proposed(by, **changes)
    endings.announce(ending=ending, merchants=endings.preview().merchants, by=second)
    return ending


def on(day):
    return datetime.combine(day, time(9), tzinfo=SHANGHAI)


# Never by one, never by accident


@pytest.mark.clause("A48", "B44")
def test_whoever_proposed_it_cannot_announce_it(merchant, officer):
    ending = proposed(officer)

    with pytest.raises(endings.SamePerson):
        endings.announce(ending=ending, merchants=1, by=officer)

    assert ServiceEnding.objects.announced() is None
    assert not ServiceEnding.objects.collecting_over().exists()


def test_the_database_refuses_one_person(officer):
    ending = proposed(officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceEnding.objects.filter(pk=ending.pk).update(
            announced_at=timezone.now(), announced_by=officer, state="announced"
        )


def test_nobody_but_officers_may(officer, ops, merchant):
    ending = proposed(officer)

    for somebody in (ops, merchant):
        with pytest.raises(NotAnOfficer):
            endings.announce(ending=ending, merchants=1, by=somebody)
        with pytest.raises(NotAnOfficer):
            endings.revoke(ending=ending, by=somebody)
        browser = factories.signed_in(somebody)
        assert browser.get(DESK).status_code == 403
        assert browser.post(f"{DESK}announce/", {"merchants": 1}).status_code == 403


@pytest.mark.parametrize("typed", ["", "0", "2", "许多"])
def test_the_number_of_accounts_must_be_typed_as_the_preview_says(
    merchant, officer, second_officer, typed
):
    proposed(officer)

    answer = factories.signed_in(second_officer).post(f"{DESK}announce/", {"merchants": typed})

    assert answer.status_code == 422
    assert ServiceEnding.objects.announced() is None


def test_the_preview_counts_and_changes_nothing(merchant, stranger, officer, second_officer):
    shared(merchant, partner_at("http://127.0.0.1:9"))
    authority_kit.handed(merchant, officer, second_officer)
    before = LedgerEntry.objects.count()

    seen = endings.preview()

    assert (seen.merchants, seen.leaving, seen.partners) == (2, 0, 1)
    assert LedgerEntry.objects.count() == before
    assert Erasure.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_date": timezone.localdate() - timedelta(days=1)},
        {"erase_date": timezone.localdate() + timedelta(days=29)},
        {"stop_date": timezone.localdate() + timedelta(days=40)},
    ],
)
def test_people_have_thirty_days_to_take_their_data_with_them(officer, changes):
    with pytest.raises(endings.TooSoon):
        proposed(officer, **changes)


def test_the_thirty_days_count_from_the_announcement(officer, second_officer):
    ending = proposed(officer)

    with pytest.raises(endings.TooSoon):
        endings.announce(
            ending=ending,
            merchants=0,
            by=second_officer,
            now=timezone.now() + timedelta(days=11),
        )


def test_there_is_one_end_at_a_time(officer, second_officer):
    announced(officer, second_officer)

    with pytest.raises(endings.OneAlready):
        proposed(officer)


def test_one_officer_is_enough_to_stop_it(merchant, officer, second_officer):
    ending = announced(officer, second_officer)

    endings.revoke(ending=ending, by=officer)

    assert not ServiceEnding.objects.collecting_over().exists()
    assert endings.erase_some(now=on(ending.erase_date)) == 0
    with pytest.raises(endings.NotWaiting):
        endings.revoke(ending=ending, by=second_officer)


def test_the_desk_walks_two_officers_through_it(merchant, officer, second_officer):
    first, second = factories.signed_in(officer), factories.signed_in(second_officer)
    first.post(DESK, {"reason": "停止运营"} | {k: d.isoformat() for k, d in days().items()})

    own = first.get(DESK).content.decode()
    refused = first.post(f"{DESK}announce/", {"merchants": 1})
    second.post(f"{DESK}announce/", {"merchants": 1})

    assert "等另一位负责人批准" in own
    assert "批准，公告停止运营" not in own
    assert refused.status_code == 422
    assert ServiceEnding.objects.get().state == EndingState.ANNOUNCED


# Collecting stops, rights stay


@pytest.mark.clause("A48", "B44")
def test_nothing_is_collected_any_more(merchant, officer, second_officer):
    browser = factories.signed_in(merchant)
    announced(officer, second_officer)

    answers = [
        browser.post("/apply/role/", {"role": "agent"}),
        browser.get("/apply/"),
        browser.head("/apply/"),
        browser.post("/me/sharing/demo/"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert "停止运营公告" in answers[0].content.decode()
    assert Application.objects.count() == 0


def proven(number):
    """The answer to the right code for a number, typed by somebody who ticked the box."""
    browser = Client()
    version = in_force()
    agreed = {"agreed": "on", "version": version.pk, "sha256": version.sha256}
    browser.post("/sign-in/", {"phone": number} | agreed)
    return browser.post("/sign-in/code/", {"code": last_code()})


@pytest.mark.clause("A48", "B44")
def test_nobody_new_is_registered_but_who_has_an_account_still_gets_in(
    merchant, officer, second_officer
):
    factories.publish_policies()
    announced(officer, second_officer)

    refused, known = proven("13757912345"), proven("13800138000")

    assert refused.status_code == 403
    assert "停止运营公告" in refused.content.decode()
    assert Person.objects.filter(kind="merchant").count() == 1
    assert known.status_code == 302


@pytest.mark.clause("A48")
def test_every_right_stays_open(merchant, officer, second_officer):
    browser = factories.signed_in(merchant)
    announced(officer, second_officer)

    for address in (
        "/me/",
        "/me/held/",
        "/me/shared/",
        "/me/export/",
        "/me/consents/",
        "/me/deactivate/",
        "/me/settings/",
        "/policies/",
        "/complaints/",
    ):
        assert browser.get(address).status_code == 200, address


def test_before_its_day_everything_goes_on(merchant, officer, second_officer):
    browser = factories.signed_in(merchant)
    announced(officer, second_officer, stop_date=timezone.localdate() + timedelta(days=10))

    assert browser.get("/apply/role/").status_code == 200


@pytest.mark.clause("A48", "B44")
def test_it_is_announced_at_home_and_to_every_merchant(merchant, officer, second_officer):
    browser = factories.signed_in(merchant)
    before = Client().get("/ending/").status_code
    announced(officer, second_officer)

    for page in (Client().get("/"), browser.get("/me/")):
        assert "51车商家端将停止运营" in page.content.decode()
    assert (before, Client().get("/ending/").status_code) == (404, 200)


# Everybody is erased


@pytest.mark.clause("A48", "B44")
def test_from_its_day_everybody_is_erased_in_batches(merchant, stranger, officer, second_officer):
    third = Person.objects.create(kind=Person.Kind.MERCHANT, phone="13700137000")
    ending = announced(officer, second_officer)
    day = on(ending.erase_date)

    early = endings.erase_some(now=day - timedelta(days=1), most=2)
    batches = [endings.erase_some(now=day, most=2) for _ in range(3)]

    assert (early, batches) == (0, [2, 1, 0])
    asked = set(Erasure.objects.values_list("person", flat=True))
    assert asked == {merchant.pk, stranger.pk, third.pk}
    assert not Person.objects.filter(kind="merchant", state=PersonState.OPEN).exists()


def test_staff_stay_to_answer(officer, second_officer):
    ending = announced(officer, second_officer)

    assert endings.erase_some(now=on(ending.erase_date)) == 0
    assert Person.objects.filter(kind=Person.Kind.STAFF).count() == 2


def test_nobody_is_said_to_have_asked_for_it(merchant, officer, second_officer):
    ending = announced(officer, second_officer)

    endings.erase_some(now=on(ending.erase_date))

    entry = LedgerEntry.objects.get(verb="erasure_requested", stream=str(merchant.pk))
    assert entry.actor is None


def test_whoever_is_leaving_already_is_left_alone(merchant, officer, second_officer):
    ending = announced(officer, second_officer)
    endings.erase_some(now=on(ending.erase_date))

    assert endings.erase_some(now=on(ending.erase_date)) == 0
    assert Erasure.objects.count() == 1


def test_nobody_new_is_registered_from_the_first_second_of_the_day_collecting_stops(
    officer, second_officer
):
    factories.publish_policies()
    ending = announced(officer, second_officer, stop_date=timezone.localdate() + timedelta(days=1))
    day = datetime.combine(ending.stop_date, time.min, tzinfo=SHANGHAI)
    agreed = sign_in.Agreed(in_force().pk, in_force().sha256)
    asked = sign_in.begin(
        phone="13757912345", agreed=agreed, bound_to="here", address="203.0.113.7", now=day
    )

    with pytest.raises(sign_in.Ended):
        sign_in.finish(
            challenge_id=asked.pk,
            code=last_code(),
            agreed=agreed,
            bound_to="here",
            address="203.0.113.7",
            now=day,
        )

    assert not Person.objects.filter(kind=Person.Kind.MERCHANT).exists()
