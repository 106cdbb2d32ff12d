"""The courier against real HTTP: claim, send, record, and what crashes and bad partners change."""

import base64
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from consent.actions import obligations
from consent.courier import claim, letters, record, run, send
from consent.models import Attempt, Delivery, DisclosureContent, Mailbox, Obligation, Receipt
from consent.protocol.webhooks import Verifier
from consent.states import DeliveryState, ObligationState
from tests.consent.sharing_kit import SECRET, partner_at, scripted_partner, shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def script():
    with scripted_partner() as script:
        yield script


@pytest.fixture
def partner(db, script):
    return partner_at(script.url)


@pytest.fixture
def obliged(merchant, partner, script):
    """A merchant whose contact was delivered and who has left."""
    shared(merchant, partner)
    run.drain(partner.pk)
    script.letters.clear()
    obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
    return Obligation.objects.get()


def make_due(partner):
    Delivery.objects.update(next_at=timezone.now())
    Mailbox.objects.filter(partner=partner).update(next_at=timezone.now())


def test_a_disclosure_is_posted_signed_and_its_content_is_then_gone(merchant, partner, script):
    disclosure = shared(merchant, partner)

    answered = run.drain(partner.pk)

    path, headers, raw = script.letters[0]
    assert answered == 1
    assert path == "/v1/disclosures"
    assert Verifier(SECRET).verify(headers, raw).message_id == str(disclosure.pk)
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert DisclosureContent.objects.count() == 0
    assert list(Attempt.objects.values_list("http_status", "problem")) == [(200, "")]
    assert Mailbox.objects.get().next_at is None


@pytest.mark.parametrize(
    ("status", "problem", "attention"),
    [
        (302, "redirect", True),
        (400, "rejected", True),
        (401, "unauthorised", True),
        (404, "rejected", True),
        (410, "gone", True),
        (429, "overloaded", False),
        (503, "overloaded", False),
    ],
)
def test_an_answer_that_is_no_success_keeps_the_message(
    merchant, partner, script, status, problem, attention
):
    script.status = status
    script.headers = {"Location": "http://127.0.0.1:1/"}
    shared(merchant, partner)

    run.drain(partner.pk)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_problem) == (DeliveryState.QUEUED, problem)
    assert delivery.needs_attention is attention
    assert delivery.next_at > timezone.now()
    assert DisclosureContent.objects.count() == 1
    assert len(script.letters) == 1


def test_an_overloaded_partner_is_left_alone_as_long_as_it_asks(merchant, partner, script):
    script.status, script.headers = 503, {"Retry-After": "3600"}
    shared(merchant, partner)

    run.drain(partner.pk)

    wait = Delivery.objects.get().next_at - timezone.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


@pytest.mark.parametrize("status", [200, 202, 204, 404, 410])
def test_no_status_code_ever_means_deleted(obliged, partner, script, status):
    script.status = status

    run.drain(partner.pk)

    obliged.refresh_from_db()
    assert obliged.state == ObligationState.OPEN
    assert Delivery.objects.get(obligation=obliged).state == DeliveryState.QUEUED


def test_a_created_for_another_request_is_no_delivery(obliged, partner, script):
    script.status, script.body = 201, b'{"encoded_request":"eA=="}'

    run.drain(partner.pk)

    assert Delivery.objects.get(obligation=obliged).last_problem == "mismatch"
    assert Receipt.objects.count() == 0


def test_a_created_no_database_could_keep_is_no_delivery(obliged, partner, script):
    [letter], _gone = letters.write(partner, letters.due(partner, most=1))
    created = {
        "subject_request_id": str(obliged.pk),
        "encoded_request": base64.b64encode(letter.body).decode(),
        "received_time": "2026-11-22T12:00:00Z",
        "expected_completion_time": "2026-12-01T12:00:00Z",
        "processor_signature": "v1,\0",
    }
    script.status, script.body = 201, json.dumps(created).encode()

    run.drain(partner.pk)

    assert Delivery.objects.get(obligation=obliged).last_problem == "unreadable"


def test_the_same_message_keeps_its_id_and_gets_a_new_time(merchant, partner, script):
    script.status = 503
    disclosure = shared(merchant, partner)
    run.drain(partner.pk)
    make_due(partner)
    run.drain(partner.pk)

    ids = {headers["webhook-id"] for _path, headers, _raw in script.letters}

    assert ids == {str(disclosure.pk)}
    assert Delivery.objects.get().attempts == 2


def test_a_dead_partner_costs_one_wait_and_loses_nothing(merchant, stranger, db):
    dead = partner_at("http://127.0.0.1:9")
    shared(merchant, dead)
    shared(stranger, dead)

    run.drain(dead.pk)

    box = Mailbox.objects.get(partner=dead)
    assert box.failures == 1
    assert box.next_at > timezone.now()
    assert Delivery.objects.filter(state=DeliveryState.QUEUED).count() == 2
    assert run.drain(dead.pk) == 0


def test_a_partner_that_comes_back_gets_everything(merchant, partner, script):
    live = partner.endpoint
    partner.endpoint = "http://127.0.0.1:9"
    partner.save(update_fields=["endpoint"])
    shared(merchant, partner)
    run.drain(partner.pk)
    partner.endpoint = live
    partner.save(update_fields=["endpoint"])
    make_due(partner)

    run.drain(partner.pk)

    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert Mailbox.objects.get().failures == 0


def test_only_one_courier_holds_a_mailbox(merchant, partner):
    shared(merchant, partner)

    first = claim.claim(partner.pk)

    assert first is not None
    assert claim.claim(partner.pk) is None
    assert claim.due() == []


def test_a_crashed_couriers_mailbox_is_found_again_after_its_lease(merchant, partner, script):
    shared(merchant, partner)
    claim.claim(partner.pk)
    Mailbox.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    assert claim.due() == [partner.pk]
    assert run.drain(partner.pk) == 1


@pytest.mark.parametrize("wakes_in", [None, timedelta(hours=1)])
def test_the_sweep_wakes_a_mailbox_that_sleeps_over_a_due_message(
    merchant, partner, script, wakes_in
):
    shared(merchant, partner)
    Mailbox.objects.update(next_at=timezone.now() + wakes_in if wakes_in else None)

    assert claim.due() == [partner.pk]
    assert run.drain(partner.pk) == 1


def test_the_sweep_leaves_an_unreachable_partners_mailbox_to_its_wait(merchant, partner):
    shared(merchant, partner)
    Mailbox.objects.update(next_at=timezone.now() + timedelta(hours=1), failures=3)

    assert claim.due() == []


def test_a_courier_that_lost_its_lease_records_nothing(merchant, partner, script):
    shared(merchant, partner)
    late = claim.claim(partner.pk)
    Mailbox.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claim.claim(partner.pk)
    ready, gone = letters.write(partner, letters.due(partner, most=1))

    with pytest.raises(record.LeaseLost):
        record.record(late, [send.Answer(ready[0], status=200)], gone)

    assert Delivery.objects.get().state == DeliveryState.QUEUED
    assert Attempt.objects.count() == 0


def test_a_disclosure_whose_content_was_erased_is_cancelled_not_sent(merchant, partner, script):
    shared(merchant, partner)
    DisclosureContent.objects.all().delete()

    run.drain(partner.pk)

    assert script.letters == []
    assert Delivery.objects.get().state == DeliveryState.CANCELLED


def test_an_endpoint_on_a_private_address_is_never_posted_to(merchant, partner, settings):
    settings.DEVELOPMENT = False
    shared(merchant, partner)

    run.drain(partner.pk)

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_problem) == (DeliveryState.QUEUED, "unreachable")


def test_an_endless_answer_is_cut_off(merchant, partner, script):
    script.body = b"x" * (send.ANSWER_MAX + 1)
    shared(merchant, partner)

    run.drain(partner.pk)

    assert Delivery.objects.get().last_problem == "unreachable"


def test_a_slow_batch_ends_in_time_and_leaves_the_rest_due(merchant, partner, script):
    for _ in range(40):
        shared(merchant, partner)
    ready, _gone = letters.write(partner, letters.due(partner, most=40))

    with send.Lines(run.target_of(partner), letters.signer(partner)) as lines:
        answers = lines.post(ready, seconds=0)

    assert len(answers) == send.PARALLEL
    assert len(script.letters) == send.PARALLEL


def test_a_dead_partner_is_given_up_after_the_first_tries_of_a_batch(merchant):
    dead = partner_at("http://127.0.0.1:9")
    for _ in range(3 * send.PARALLEL):
        shared(merchant, dead)

    run.drain(dead.pk)

    assert Attempt.objects.count() <= 2 * send.PARALLEL
    assert Delivery.objects.filter(state=DeliveryState.QUEUED).count() == 3 * send.PARALLEL


def test_many_messages_are_delivered_in_few_statements(
    merchant, partner, script, django_assert_max_num_queries
):
    for _ in range(30):
        shared(merchant, partner)

    with django_assert_max_num_queries(40):
        answered = run.drain(partner.pk)

    assert answered == 30
    assert {headers["webhook-id"] for _p, headers, _r in script.letters} == {
        str(pk) for pk in Delivery.objects.values_list("pk", flat=True)
    }
