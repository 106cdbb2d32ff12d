"""Changes are told by text message to everybody they concern: in batches, once, whatever dies."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import notifications
from accounts.models import Notification, Person
from consent import kinds, tasks
from consent.actions import endings, policies, publishing, telling, transfers
from consent.models import PolicyVersion, Telling
from onboarding.models import Role
from tests import factories
from tests.accounts.inbox import messages
from tests.conftest import make_staff
from tests.consent.policy_kit import publish
from tests.onboarding.test_at_once import at_once

pytestmark = pytest.mark.django_db

Kind = PolicyVersion.Kind


def coming(kind, number="9.0", since=0, days=10, **more):
    """A new version of a text: public since some days, in effect in some."""
    at = timezone.now()
    version = PolicyVersion(
        kind=kind,
        number=number,
        title="新版本",
        body=f"正文 {number}",
        sha256=number.ljust(64, "0"),
        published_at=at - timedelta(days=since),
        effective_at=at + timedelta(days=days),
        **more,
    )
    return publishing.enter(version=version, now=at)


def spread(most=telling.BATCH):
    """Every batch there is, and how large each was."""
    sizes = []
    while Telling.objects.filter(done_at=None, begins_at__lte=timezone.now()).exists():
        sizes.append(telling.spread_some(most=most))
    return sizes


def told(kind):
    return sorted(Notification.objects.filter(kind=kind.code).values_list("person", flat=True))


def merchants(count, first=0):
    people = [
        Person.objects.create(kind=Person.Kind.MERCHANT, phone=f"1370013{number:04d}")
        for number in range(first, first + count)
    ]
    return sorted(person.pk for person in people)


@pytest.fixture
def published(db):
    factories.publish_policies()


def test_a_coming_policy_is_told_to_every_merchant_and_to_no_staff(published, reviewer):
    people = merchants(3)

    coming(Kind.PRIVACY)
    sizes = spread(most=2)
    notifications.send_due(now=timezone.now() + timedelta(seconds=1))

    assert sizes == [2, 1]
    assert told(kinds.PRIVACY) == people
    assert len(messages()) == 3
    assert "《隐私政策》有新版本将要生效" in messages()[0]["text"]


def test_it_is_begun_and_spread_once_whoever_tries_again(published):
    people = merchants(3)
    version = coming(Kind.PRIVACY)
    telling.spread_some(most=2)
    # As after a crash between the rows and the cursor, were they not one transaction.
    Telling.objects.update(after=None)

    telling.of_version(version, timezone.now())
    spread(most=2)

    assert Telling.objects.count() == 1
    assert told(kinds.PRIVACY) == people


def test_the_first_version_and_one_that_is_in_effect_already_are_told_to_nobody(merchant):
    coming(Kind.PRIVACY, "1.0")
    coming(Kind.PRIVACY, "0.9", since=9, days=-8)

    assert not Telling.objects.exists()


def test_a_translation_is_no_news(published):
    coming(Kind.PRIVACY, language="en")

    assert not Telling.objects.exists()


def test_a_changed_agreement_is_told_to_whoever_concluded_it(published, merchant, stranger):
    factories.submitted(merchant)
    factories.submitted(stranger, Role.AGENT)

    coming(Kind.STORE_AGREEMENT)
    spread()

    assert told(kinds.AGREEMENT) == [merchant.pk]


def test_who_refused_one_change_of_an_agreement_is_told_of_the_next(published, merchant):
    factories.submitted(merchant)
    refused = publish("8.0", kind=Kind.STORE_AGREEMENT)
    policies.refuse(person=merchant, version=refused, sha256=refused.sha256, way="button")

    coming(Kind.STORE_AGREEMENT)
    spread()

    assert told(kinds.AGREEMENT) == [merchant.pk]


def test_a_version_withdrawn_is_not_told_any_more(published, publisher):
    people = merchants(3)
    version = coming(Kind.PRIVACY)
    telling.spread_some(most=2)
    waiting = Notification.objects.waiting().order_by("person").first()
    notifications.send(notification_id=waiting.pk)

    publishing.withdraw(version=version, reason="写错了", by=publisher)
    spread()

    assert told(kinds.PRIVACY) == people[:1]
    assert len(messages()) == 1


def test_whoever_registers_later_is_asked_at_once_and_not_told(published, merchant):
    coming(Kind.PRIVACY)
    merchants(1)
    Person.objects.exclude(pk=merchant.pk).update(joined_at=timezone.now() + timedelta(minutes=1))

    spread()

    assert told(kinds.PRIVACY) == [merchant.pk]


def test_what_is_published_tomorrow_is_told_tomorrow(published, merchant):
    at = timezone.now()
    tomorrow = at + timedelta(days=1)
    version = PolicyVersion(
        kind=Kind.PRIVACY,
        number="9.0",
        title="新版本",
        body="正文",
        sha256="9" * 64,
        published_at=tomorrow,
        effective_at=at + timedelta(days=10),
    )

    publishing.enter(version=version, now=at)

    assert telling.spread_some(now=at) == 0
    assert telling.spread_some(now=tomorrow) == 1


@pytest.fixture
def second_officer(db):
    return make_staff("officer2", "officer")


def test_a_transfer_and_the_end_of_the_service_are_told_and_called_off(
    merchant, officer, second_officer
):
    day = timezone.localdate() + timedelta(days=120)
    notice = transfers.draft(
        by=officer,
        effect_date=day,
        successor="甲公司",
        contact="400-166-5151",
        why="merger",
        passes="全部",
    )
    ending = endings.propose(
        reason="停止运营", stop_date=day, erase_date=day + timedelta(days=40), by=officer
    )
    transfers.publish(notice=notice, by=second_officer)
    endings.announce(ending=ending, merchants=1, by=second_officer)
    assert spread() == [1, 1]
    assert told(kinds.TRANSFER) == told(kinds.ENDING) == [merchant.pk]

    transfers.withdraw(notice=notice, by=officer)
    endings.revoke(ending=ending, by=officer)

    assert not Notification.objects.waiting().exists()


def test_a_batch_costs_the_same_however_many_are_in_it(published):
    merchants(1)
    coming(Kind.PRIVACY, "9.1")
    with CaptureQueriesContext(connection) as of_one:
        telling.spread_some()
    merchants(3, first=1)
    coming(Kind.PRIVACY, "9.2")
    with CaptureQueriesContext(connection) as of_four:
        telling.spread_some()

    assert len(of_four) == len(of_one)
    assert Notification.objects.count() == 5


def test_the_sweep_writes_the_next_batch(published, merchant):
    coming(Kind.PRIVACY)

    tasks.sweep_tellings()

    assert told(kinds.PRIVACY) == [merchant.pk]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_everybody_once(published):
    people = merchants(5)
    coming(Kind.PRIVACY)

    at_once(*[lambda: spread(most=2) for _ in range(2)])

    assert told(kinds.PRIVACY) == people
    assert Telling.objects.get().done_at is not None
