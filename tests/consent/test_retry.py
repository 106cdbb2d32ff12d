"""A partner is back: whoever knows it sends what waits now, and does not sit out the waits."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import LedgerEntry
from consent.actions import mailboxes
from consent.courier import claim, run
from consent.models import Delivery, Mailbox
from consent.states import DeliveryState
from tests import factories
from tests.consent.sharing_kit import partner_at, scripted_partner, shared

pytestmark = pytest.mark.django_db
RETRY = "/desk/partners/demo/retry/"


@pytest.fixture
def unreachable(merchant):
    """A partner that could not be reached twice and now waits for minutes."""
    partner = partner_at("http://127.0.0.1:9")
    shared(merchant, partner)
    run.drain(partner.pk)
    later = timezone.now()
    Mailbox.objects.update(next_at=later)
    Delivery.objects.update(next_at=later)
    run.drain(partner.pk)
    return partner


def test_a_partner_that_is_back_gets_at_once_what_waited(unreachable):
    with scripted_partner() as script:
        unreachable.endpoint = script.url
        unreachable.save(update_fields=["endpoint"])
        waits = claim.due()

        count = mailboxes.retry_now(partner=unreachable, by=None)
        run.drain(unreachable.pk)

    assert (waits, count) == ([], 1)
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_one_that_is_still_away_begins_again_with_short_waits(unreachable):
    mailboxes.retry_now(partner=unreachable, by=None)
    run.drain(unreachable.pk)

    assert Mailbox.objects.get().failures == 1
    assert Delivery.objects.get().state == DeliveryState.QUEUED


def test_what_was_delivered_is_not_sent_again(merchant):
    with scripted_partner() as script:
        partner = partner_at(script.url)
        shared(merchant, partner)
        run.drain(partner.pk)
        count = mailboxes.retry_now(partner=partner, by=None)
        run.drain(partner.pk)

        assert (count, len(script.letters)) == (0, 1)


@pytest.mark.parametrize("name", ["ops", "officer"])
def test_operations_and_officers_press_the_button_and_the_ledger_names_them(
    name, unreachable, request
):
    person = request.getfixturevalue(name)
    browser = factories.signed_in(person)

    page = browser.get("/desk/partners/demo/").content.decode()
    browser.post(RETRY)

    assert "马上重发 1 条" in page
    entry = LedgerEntry.objects.get(verb="retried")
    assert entry.actor == person.pk
    assert claim.due() == [unreachable.pk]


def test_a_reviewer_may_not(reviewer, unreachable):
    assert factories.signed_in(reviewer).post(RETRY).status_code == 403
    assert claim.due() == []


def test_the_command_says_how_many_and_names_a_partner_it_does_not_know(unreachable):
    told = StringIO()
    for _ in range(2):
        call_command("partner", "retry", "demo", stdout=told)

    assert told.getvalue().splitlines() == ["1 条马上重发", "1 条马上重发"]
    with pytest.raises(CommandError, match="没有代号为 nobody 的合作方"):
        call_command("partner", "retry", "nobody")
