"""What is listed, exported, sealed and dropped of what authorities demanded about somebody."""

import base64
import json
from datetime import timedelta
from typing import cast

import pytest
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.actions.erasure.sealing import erase_expired
from accounts.models import ErasureStep, SealedRecord
from accounts.personal import open_bytes
from accounts.personal.classes import Retention
from accounts.personal.holders import Fate
from consent.actions import authorities
from consent.authority_holder import LAW, AuthorityRequests
from consent.models import AuthorityDocument, AuthorityRequest, AuthorityReview, Obligation
from consent.states import AuthorityRequestState
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db
HOLDER = AuthorityRequests()


def leave(person):
    """Deactivate, and let everything that is ours be done."""
    erasure = erasures.request(person=person)
    erasures.run(erasure_id=erasure.pk, now=timezone.now() + timedelta(days=2))
    return erasure


def exported(person) -> list[dict[str, object]]:
    return cast(list[dict[str, object]], HOLDER.export(person.pk)["authority_requests"])


def step_of(erasure):
    return ErasureStep.objects.get(erasure=erasure, holder="authorities")


def silence():
    day = timezone.localdate() + timedelta(days=90)
    return {"secrecy_law": "x", "secrecy_reason": "告知会妨碍侦查", "secrecy_review_date": day}


def test_a_demand_is_listed_and_exported_with_its_outcome(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)

    (line,) = HOLDER.inventory(merchant.pk)
    (row,) = exported(merchant)

    assert line.count == 1
    assert (row["authority"], row["state"]) == ("金华市公安局", "已移交")
    assert row["asked"] == ["手机号", "商家名称", "收款账号"]
    assert row["wording"] == kit.WORDING


def test_nothing_is_listed_of_somebody_nobody_asked_about(merchant, stranger, officer):
    kit.registered(merchant, officer)

    assert HOLDER.inventory(stranger.pk) == []
    assert HOLDER.export(stranger.pk) == {"authority_requests": []}
    assert HOLDER.erase(stranger.pk, stranger.pk).fate == Fate.NOTHING


def test_what_the_law_keeps_secret_is_neither_listed_nor_exported(merchant, officer):
    kit.registered(merchant, officer, **silence())

    assert HOLDER.inventory(merchant.pk) == []
    assert HOLDER.export(merchant.pk) == {"authority_requests": []}


@pytest.mark.clause("C99")
def test_no_authority_is_obliged_to_delete_what_the_law_made_us_hand_over(
    merchant, officer, second_officer
):
    kit.handed(merchant, officer, second_officer)

    leave(merchant)

    assert Obligation.objects.count() == 0


def test_the_document_of_a_handing_over_is_sealed_for_three_years(
    merchant, officer, second_officer
):
    request = kit.handed(merchant, officer, second_officer)

    erasure = leave(merchant)

    record = SealedRecord.objects.get(holder="authorities")
    step = step_of(erasure)
    opened = json.loads(
        open_bytes(
            person=merchant.pk,
            retention=Retention.SEALED,
            context=f"accounts.SealedRecord:{erasure.pk}:authorities",
            sealed=bytes(record.sealed),
        )
    )
    (document,) = json.loads(opened["documents"])
    assert base64.b64decode(document["base64"]) == kit.PDF
    assert document["request"] == str(request.pk)
    assert (step.outcome, step.law, step.until) == (Fate.SEALED, LAW, record.until)
    assert record.until.year == timezone.localdate().year + 3


def test_the_sealed_document_is_gone_at_its_end(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)
    leave(merchant)

    erase_expired(now=timezone.now() + timedelta(days=3 * 366))

    assert SealedRecord.objects.count() == 0


def test_the_rows_that_stay_say_nothing_of_anybody(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)

    leave(merchant)

    assert AuthorityDocument.objects.count() == 0
    assert AuthorityRequest.objects.get().wording is None
    assert AuthorityReview.objects.exclude(note=None).count() == 0


def test_an_open_demand_ends_with_the_person_and_seals_nothing(merchant, officer):
    request = kit.registered(merchant, officer)
    authorities.grant(request=request, items=kit.ITEMS, by=officer, note="已回拨")

    erasure = leave(merchant)

    request.refresh_from_db()
    assert request.state == AuthorityRequestState.VOID
    assert step_of(erasure).outcome == Fate.ANONYMISED
    assert SealedRecord.objects.filter(holder="authorities").count() == 0


def test_the_receipt_breaks_no_silence(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer, **silence())

    erasure = leave(merchant)

    step = step_of(erasure)
    assert (step.outcome, step.count, step.law, step.note) == (Fate.NOTHING, 0, "", "")
    assert SealedRecord.objects.get(holder="authorities").law == LAW


def test_erasing_twice_says_the_same(merchant, officer, second_officer):
    kit.handed(merchant, officer, second_officer)
    erasure = leave(merchant)

    again = HOLDER.erase(merchant.pk, erasure.pk)

    step = step_of(erasure)
    assert (again.fate, again.count, again.until) == (step.outcome, step.count, step.until)
    assert SealedRecord.objects.filter(holder="authorities").count() == 1
