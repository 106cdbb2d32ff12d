"""Partners without an interface: one person does it, a second one confirms it, then it counts."""

import json
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import pyzipper
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts import certificate, signing
from accounts.actions import erasure as erasures
from accounts.models import Certificate, LedgerEntry
from accounts.states import ErasureState
from consent.actions import by_hand, consents, obligations, partners
from consent.courier import claim, run
from consent.models import (
    Attestation,
    Delivery,
    DisclosureContent,
    Mailbox,
    PartnerIdentity,
)
from consent.states import AttestationState, DeliveryState, ObligationState
from tests.conftest import make_staff
from tests.consent.manual_kit import PASSPHRASE, PROOF_SHA256, attested, manual_partner, recorded
from tests.consent.sharing_kit import CONTACT, shared

pytestmark = pytest.mark.django_db
Outcome = Attestation.Outcome


@pytest.fixture
def partner(db):
    return manual_partner()


@pytest.fixture
def handing(merchant, partner):
    """What a merchant agreed to give, waiting to be handed over."""
    return Delivery.objects.get(disclosure=shared(merchant, partner))


@pytest.fixture
def duty(merchant, handing):
    """The duty to delete it again."""
    obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
    return Delivery.objects.get(obligation__isnull=False)


@pytest.fixture
def second(db):
    return make_staff("second", "ops")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# The courier


def test_the_courier_never_comes_by(handing, partner):
    assert not Mailbox.objects.filter(partner=partner).exists()
    assert claim.due() == []
    assert run.drain(partner.pk) == 0
    assert fresh(handing).state == DeliveryState.QUEUED


def test_what_waits_is_sealed_and_listed(handing, duty):
    content = DisclosureContent.objects.get()

    assert str(content.values) == "******"
    assert list(Delivery.objects.by_hand()) == [duty, handing]


# Handing over


def test_the_package_opens_with_the_agreed_passphrase_and_holds_what_was_consented_to(
    handing, officer
):
    package = by_hand.pack(delivery=handing, by=officer)

    with pyzipper.AESZipFile(BytesIO(package.raw)) as archive:
        archive.setpassword(PASSPHRASE.encode())
        letter = archive.read("handed-over.txt").decode("utf-8-sig")
    values = CONTACT["contact"]
    assert f"联系人姓名：{values['contact_name']}" in letter
    assert f"联系人手机号码：{values['contact_phone']}" in letter
    assert str(PartnerIdentity.objects.get().identity) in letter
    assert values["contact_phone"].encode() not in package.raw
    assert values["contact_phone"] not in repr(package)


def test_every_package_made_is_in_the_ledger_without_its_content(merchant, handing, officer):
    made = [by_hand.pack(delivery=handing, by=officer) for _ in range(2)]

    entries = LedgerEntry.objects.filter(verb="packed", stream=str(merchant.pk)).order_by("seq")
    assert [json.loads(entry.body)["sha256"] for entry in entries] == [one.sha256 for one in made]
    assert {entry.actor for entry in entries} == {officer.pk}
    assert CONTACT["contact"]["contact_phone"] not in "".join(entry.body for entry in entries)


def test_once_two_people_stand_for_it_it_is_delivered_and_the_content_is_gone(
    handing, officer, second
):
    made = recorded(handing, officer, Outcome.HANDED)
    before = fresh(handing).state

    by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=second)

    after = fresh(handing)
    assert (before, after.state) == (DeliveryState.QUEUED, DeliveryState.DELIVERED)
    assert after.delivered_at is not None
    assert DisclosureContent.objects.count() == 0
    assert list(Delivery.objects.by_hand()) == []


def test_nothing_is_packed_for_a_partner_that_was_switched_off(handing, partner, officer):
    partners.switch_off(partner=partner, by=officer)

    with pytest.raises(by_hand.NotWaiting):
        by_hand.pack(delivery=handing, by=officer)

    assert fresh(handing).state == DeliveryState.CANCELLED
    assert DisclosureContent.objects.count() == 0


def test_nothing_is_packed_after_the_contracts_last_day(handing, partner, officer):
    day_after = timezone.now() + (partner.contract_until - timezone.localdate() + timedelta(days=1))

    with pytest.raises(by_hand.NothingToHand):
        by_hand.pack(delivery=handing, by=officer, now=day_after)


def test_what_was_withdrawn_is_no_longer_handed_over(merchant, handing, officer):
    consents.withdraw(person=merchant, code="share:53kf")

    with pytest.raises(by_hand.NotWaiting):
        by_hand.pack(delivery=handing, by=officer)

    assert fresh(handing).state == DeliveryState.CANCELLED
    assert [d.obligation.kind for d in Delivery.objects.by_hand()] == ["withdrawal"]


def test_what_somebody_says_was_handed_over_before_is_still_confirmed_after_a_withdrawal(
    merchant, handing, officer, second
):
    made = recorded(handing, officer, Outcome.HANDED)
    consents.withdraw(person=merchant, code="share:53kf")

    with pytest.raises(by_hand.NothingToHand):
        by_hand.pack(delivery=handing, by=officer)
    by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=second)

    assert fresh(handing).state == DeliveryState.DELIVERED
    assert DisclosureContent.objects.count() == 0


def test_what_was_taken_back_and_is_not_confirmed_is_cancelled(merchant, handing, officer, second):
    made = recorded(handing, officer, Outcome.HANDED)
    consents.withdraw(person=merchant, code="share:53kf")

    by_hand.reject(attestation=made, by=second)

    assert fresh(handing).state == DeliveryState.CANCELLED


# Duties


@pytest.mark.parametrize(
    "outcome", [Outcome.COMPLETED, Outcome.NO_MATCH, Outcome.EXEMPT_LEGAL], ids=str
)
def test_a_duty_is_settled_only_by_the_second_person(duty, officer, second, outcome):
    made = recorded(duty, officer, outcome, reason="某法第一条")
    before = fresh(duty.obligation).state

    by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=second)

    after = fresh(duty.obligation)
    assert (before, after.state) == (ObligationState.OPEN, outcome)
    assert (after.reason, after.settled_at is not None) == ("某法第一条", True)
    assert fresh(duty).state == DeliveryState.DELIVERED


def test_a_refusal_settles_nothing_and_stays_on_the_list(duty, officer, second):
    attested(duty, officer, second, Outcome.REFUSED)

    assert fresh(duty.obligation).state == ObligationState.REFUSED
    assert duty in Delivery.objects.by_hand()

    attested(duty, officer, second, Outcome.COMPLETED)

    assert fresh(duty.obligation).state == ObligationState.COMPLETED


def test_whoever_recorded_it_cannot_confirm_it(duty, officer):
    made = recorded(duty, officer, Outcome.COMPLETED)

    with pytest.raises(by_hand.SamePerson):
        by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=officer)

    assert fresh(duty.obligation).state == ObligationState.OPEN


def test_another_proof_than_the_recorded_one_confirms_nothing(duty, officer, second):
    made = recorded(duty, officer, Outcome.COMPLETED)

    with pytest.raises(by_hand.WrongProof):
        by_hand.attest(attestation=made, file_sha256="0" * 64, by=second)

    assert fresh(duty.obligation).state == ObligationState.OPEN


def test_the_database_itself_wants_two_people(duty, officer):
    made = recorded(duty, officer, Outcome.COMPLETED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attestation.objects.filter(pk=made.pk).update(
            state=AttestationState.ATTESTED, judged_by=officer.pk, judged_at=timezone.now()
        )


def test_a_record_that_was_not_believed_is_made_again(duty, officer, second):
    by_hand.reject(attestation=recorded(duty, officer, Outcome.COMPLETED), by=second)
    after_no = fresh(duty.obligation).state

    attested(duty, second, officer, Outcome.COMPLETED)

    assert after_no == ObligationState.OPEN
    assert fresh(duty.obligation).state == ObligationState.COMPLETED


def test_one_record_at_a_time_waits_for_the_second_person(duty, officer, second):
    recorded(duty, officer, Outcome.COMPLETED)

    with pytest.raises(by_hand.NotWaiting):
        recorded(duty, second, Outcome.NO_MATCH)


def test_a_handed_over_duty_makes_no_sense(duty, handing, officer):
    with pytest.raises(by_hand.WrongOutcome):
        recorded(duty, officer, Outcome.HANDED)
    with pytest.raises(by_hand.WrongOutcome):
        recorded(handing, officer, Outcome.COMPLETED)


def test_the_second_word_counts_once(duty, officer, second):
    made = attested(duty, officer, second, Outcome.COMPLETED)

    with pytest.raises(by_hand.NotWaiting):
        by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=make_staff("third", "ops"))


def test_the_database_refuses_to_change_what_two_people_stand_for(duty, officer, second):
    attested(duty, officer, second, Outcome.COMPLETED)

    for change in (
        lambda: Attestation.objects.update(reference="别的"),
        lambda: Attestation.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_ledger_names_both_people_and_the_proof_and_nobody_else(duty, officer, second):
    made = attested(duty, officer, second, Outcome.COMPLETED)

    entries = LedgerEntry.objects.filter(body__contains=made.sha256).order_by("id")
    assert [entry.verb for entry in entries] == ["recorded_by_hand", "moved", "moved", "moved"]
    assert {entry.actor for entry in entries} == {officer.pk, second.pk}
    assert not [entry for entry in entries if made.reference in entry.body]


@pytest.mark.django_db(transaction=True)
def test_an_erasure_waits_for_it_and_the_certificate_names_the_way_of_proof(
    merchant, officer, second
):
    partner = manual_partner()
    handing = Delivery.objects.get(disclosure=shared(merchant, partner))
    attested(handing, officer, second, Outcome.HANDED)
    asked = erasures.request(person=merchant)
    erasures.run(erasure_id=asked.pk, now=asked.starts_at)
    waiting = fresh(asked).state

    made = attested(Delivery.objects.by_hand().get(), officer, second, Outcome.COMPLETED)

    final = bytes(Certificate.objects.get(is_final=True).file)
    told = certificate.verify(final, trusted=signing.trusted()).payload["partners"]
    assert (waiting, fresh(asked).state) == (ErasureState.AWAITING, ErasureState.COMPLETED)
    assert [(one["label"], one["outcome"]) for one in told] == [
        ("53快服", "对方已删除（两人核实）")
    ]
    assert told[0]["evidence_sha256"] == made.sha256
