"""A partner says the person authorised it by itself: two of our people confirm that, or it owes."""

import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import LedgerEntry
from consent.actions import by_hand, obligations
from consent.models import Attestation, Delivery, Obligation, Receipt
from consent.states import AttestationState, ObligationState
from tests import factories
from tests.conftest import make_staff
from tests.consent.manual_kit import (
    PROOF_SHA256,
    attested,
    manual_partner,
    proof,
    recorded,
)
from tests.consent.sharing_kit import shared
from tests.consent.test_callback import body_of, obligation, post

pytestmark = pytest.mark.django_db
__all__ = ["obligation"]
Outcome = Attestation.Outcome
OWN = Outcome.EXEMPT_INDEPENDENT_CONSENT
AUTHORISED = "商家 2026-11-02 在对方应用内同意其《会员规则》"
LIST = reverse("consent:by_hand")


@pytest.fixture
def claimed(obligation):
    """The partner's signed claim, with the evidence it names."""
    body = body_of(obligation, "cancelled", "exempt_independent_consent").replace(
        b'"outcome":"exempt_independent_consent"',
        b'"outcome":"exempt_independent_consent","evidence_url":"https://partner.example/consent/7"',
    )
    assert post(body, message_id="claim").status_code == 202
    return Delivery.objects.get(obligation=obligation)


@pytest.fixture
def second(db):
    return make_staff("second", "ops")


def standing():
    return Obligation.objects.get()


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.clause("C124", "C143")
def test_the_partners_word_alone_leaves_it_owing(claimed):
    assert standing().state == ObligationState.REFUSED
    assert not standing().is_settled
    assert standing().reason == "对方称另有您的授权，我们在核实：https://partner.example/consent/7"
    assert Receipt.objects.get(message_id="claim").outcome == OWN
    assert list(Delivery.objects.by_hand()) == [claimed]


@pytest.mark.clause("C124", "C143")
def test_what_two_people_confirmed_with_its_evidence_settles_it(claimed, officer, second):
    made = recorded(claimed, officer, OWN, AUTHORISED)
    before = standing().state

    by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=second)

    assert (before, standing().state) == (
        ObligationState.REFUSED,
        ObligationState.EXEMPT_INDEPENDENT_CONSENT,
    )
    assert (standing().is_settled, standing().reason) == (True, AUTHORISED)
    kept = Attestation.objects.get()
    assert (kept.reference, kept.file_sha256) == ("回函 2026-018，档案室 3 柜", PROOF_SHA256)
    assert (kept.recorded_by, kept.judged_by) == (officer.pk, second.pk)
    assert list(Delivery.objects.by_hand()) == []


@pytest.mark.clause("C124")
def test_one_person_or_another_file_confirms_nothing(claimed, officer, second):
    made = recorded(claimed, officer, OWN, AUTHORISED)

    with pytest.raises(by_hand.SamePerson):
        by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=officer)
    with pytest.raises(by_hand.WrongProof):
        by_hand.attest(attestation=made, file_sha256="0" * 64, by=second)

    assert standing().state == ObligationState.REFUSED


def test_evidence_that_does_not_show_it_leaves_it_owing_and_to_be_judged(claimed, officer, second):
    by_hand.reject(attestation=recorded(claimed, officer, OWN, AUTHORISED), by=second)

    assert Attestation.objects.get().state == AttestationState.REJECTED
    assert standing().state == ObligationState.REFUSED
    assert list(Delivery.objects.by_hand()) == [claimed]


def test_a_partner_that_then_deletes_needs_no_people(claimed, obligation):
    post(body_of(obligation), message_id="done")

    assert standing().state == ObligationState.COMPLETED
    assert list(Delivery.objects.by_hand()) == []


@pytest.mark.parametrize("outcome", [one for one in Outcome if one != OWN])
def test_nobody_speaks_for_a_partner_that_answers_for_itself(claimed, officer, outcome):
    with pytest.raises(by_hand.WrongOutcome):
        recorded(claimed, officer, outcome)


def test_a_partner_that_made_no_claim_is_none_of_peoples_work(obligation, officer):
    delivery = Delivery.objects.get(obligation=obligation)

    with pytest.raises(by_hand.NotWaiting):
        recorded(delivery, officer, OWN, AUTHORISED)

    assert (
        factories.signed_in(officer)
        .get(reverse("consent:by_hand_task", args=[delivery.pk]))
        .status_code
        == 404
    )


@pytest.mark.clause("C124", "C143")
def test_a_partner_without_interface_is_confirmed_in_the_same_way(merchant, officer, second):
    shared(merchant, manual_partner())
    obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
    duty = Delivery.objects.get(obligation__isnull=False)

    attested(duty, officer, second, OWN)

    assert standing().state == ObligationState.EXEMPT_INDEPENDENT_CONSENT


def test_the_ledger_names_both_and_nobody_else(claimed, officer, second):
    by_hand.attest(
        attestation=recorded(claimed, officer, OWN, AUTHORISED),
        file_sha256=PROOF_SHA256,
        by=second,
    )

    said = LedgerEntry.objects.get(verb="recorded_by_hand")
    moved = LedgerEntry.objects.filter(verb="moved", actor=second.pk)
    assert said.actor == officer.pk
    assert json.loads(said.body)["outcome"] == OWN
    assert {json.loads(entry.body)["to"] for entry in moved} == {"attested", OWN}
    assert AUTHORISED not in "".join(LedgerEntry.objects.values_list("body", flat=True))


# At the desk


@pytest.mark.clause("C124")
def test_two_people_do_it_at_the_desk(claimed, officer, second):
    first, other = factories.signed_in(officer), factories.signed_in(second)
    page = reverse("consent:by_hand_task", args=[claimed.pk])
    facts = {
        "outcome": OWN.value,
        "done_on": timezone.localdate().isoformat(),
        "reference": "授权书扫描件，档案室 3 柜",
    }

    listed, shown = text(first.get(LIST)), text(first.get(page))
    bare = first.post(page, facts)
    first.post(page, facts | {"reason": AUTHORISED, "proof": proof()})
    judged = reverse("consent:by_hand_judge", args=[Attestation.objects.get().pk])
    other.post(judged, {"verdict": "attest", "proof": proof()})

    assert "核实对方另有的授权" in listed
    assert "对方称另有您的授权，我们在核实：https://partner.example/consent/7" in shown
    assert "请删除编号" not in shown
    assert "请写明商家哪天、用什么方式授权了对方什么。" in text(bare)
    assert "请选择凭证文件。" in text(bare)
    assert standing().state == ObligationState.EXEMPT_INDEPENDENT_CONSENT
