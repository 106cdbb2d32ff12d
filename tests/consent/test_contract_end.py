"""A contract that ended: nothing more is given, and what was given must be deleted (PIPL 21)."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import erasure
from accounts.models import Person
from consent.actions import consents, contracts, partners
from consent.courier import run
from consent.models import Delivery, Obligation, Partner
from consent.states import DeliveryState, PartnerState
from tests.consent.sharing_kit import partner_at, scripted_partner, shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def script():
    with scripted_partner() as script:
        yield script


@pytest.fixture
def partner(db, script):
    return partner_at(script.url)


def after(partner):
    """The day after the contract's last one."""
    return timezone.now() + timedelta(days=(partner.contract_until - timezone.localdate()).days + 1)


def test_nothing_happens_on_the_last_day(merchant, partner):
    shared(merchant, partner)

    made = contracts.end_some(now=after(partner) - timedelta(days=1))

    assert made == 0
    assert Partner.objects.get().state == PartnerState.ACTIVE


@pytest.mark.clause("C115")
def test_ac_21_the_end_of_a_contract_obliges_the_partner_to_delete_what_it_got(
    merchant, stranger, partner, script
):
    shared(merchant, partner)
    run.drain(partner.pk)
    script.letters.clear()

    made = contracts.end_some(now=after(partner))

    duty = Obligation.objects.get()
    assert (made, duty.person, duty.kind) == (1, merchant.pk, Obligation.Kind.CONTRACT_END)
    assert Partner.objects.get().state == PartnerState.OFF
    Delivery.objects.update(next_at=timezone.now())
    partner.mailbox.next_at = timezone.now()
    partner.mailbox.save()
    run.drain(partner.pk)
    asked = json.loads(script.letters[0][2])
    assert asked["extensions"][partner.domain]["cause"] == "contract_end"


def test_what_had_not_been_sent_is_never_sent(merchant, partner, script):
    given = shared(merchant, partner)

    contracts.end_some(now=after(partner))
    run.drain(partner.pk)

    assert [path for path, _headers, _raw in script.letters if "disclosures" in path] == []
    assert Delivery.objects.get(disclosure=given).state == DeliveryState.CANCELLED


def test_it_is_asked_once_however_often_the_sweep_comes(merchant, stranger, partner):
    shared(merchant, partner)
    shared(stranger, partner)

    made = [contracts.end_some(now=after(partner)) for _ in range(3)]

    assert made == [2, 0, 0]


def test_many_are_obliged_in_batches(merchant, stranger, partner, monkeypatch):
    monkeypatch.setattr(contracts, "BATCH", 1)
    shared(merchant, partner)
    shared(stranger, partner)

    made = [contracts.end_some(now=after(partner)) for _ in range(3)]

    assert made == [1, 1, 0]


def test_who_withdrew_before_is_not_asked_about_again(merchant, partner):
    shared(merchant, partner)
    consents.withdraw(person=merchant, code=partners.consent_code(partner))

    assert contracts.end_some(now=after(partner)) == 0
    assert Obligation.objects.get().kind == Obligation.Kind.WITHDRAWAL


def test_who_is_leaving_obliges_every_partner_anyway(merchant, partner):
    shared(merchant, partner)
    asked = erasure.request(person=merchant)
    erasure.run(erasure_id=asked.pk, now=asked.starts_at)

    assert contracts.end_some(now=after(partner)) == 0
    assert not Person.objects.filter(pk=merchant.pk).exists()
    assert Obligation.objects.get().kind == Obligation.Kind.ERASURE


def test_a_renewed_contract_ends_nothing(merchant, partner):
    shared(merchant, partner)
    later = after(partner)
    Partner.objects.update(contract_until=timezone.localdate(later))

    assert contracts.end_some(now=later) == 0


def test_the_partner_may_keep_nothing_of_anybody(merchant, stranger, partner):
    shared(merchant, partner)
    shared(stranger, partner)
    consents.withdraw(person=stranger, code=partners.consent_code(partner))

    contracts.end_some(now=after(partner))

    obliged = set(Obligation.objects.values_list("person", flat=True))
    assert obliged == {merchant.pk, stranger.pk}


@pytest.mark.parametrize("people", [1, 3])
def test_once_everybody_is_asked_a_sweep_costs_the_same_however_many_they_were(
    partner, django_assert_num_queries, people
):
    for _ in range(people):
        shared(Person.objects.create(kind=Person.Kind.MERCHANT), partner)
    later = after(partner)
    contracts.end_some(now=later)

    with django_assert_num_queries(2):
        assert contracts.end_some(now=later) == 0


def test_who_is_long_gone_keeps_nobody_else_waiting(merchant, stranger, partner, monkeypatch):
    monkeypatch.setattr(contracts, "BATCH", 1)
    shared(merchant, partner)
    shared(stranger, partner)
    first, second = sorted((merchant, stranger), key=lambda person: person.pk)
    first.delete()

    made = [contracts.end_some(now=after(partner)) for _ in range(2)]

    assert made == [1, 0]
    assert Obligation.objects.get().person == second.pk
