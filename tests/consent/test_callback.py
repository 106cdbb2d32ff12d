"""Partners' answers: the whole loop with the real processor, and forged or late answers."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.actions import erasure
from accounts.models import LedgerEntry
from consent.actions import consents, obligations
from consent.courier import run
from consent.holders import Partners
from consent.models import Obligation, Receipt
from consent.processor import options
from consent.processor.server import Processor
from consent.protocol import messages, webhooks
from consent.states import ObligationState
from tests.consent.processor.partner_kit import wait_for
from tests.consent.race_kit import overtaken
from tests.consent.sharing_kit import SECRET, partner_at, registered, scripted_partner, shared

CALLBACK = "/opendsr/callback/demo/"


@pytest.fixture
def obligation(merchant, settings):
    """A merchant who left; the partner's first answer is still to come."""
    settings.PORTAL_URL = "http://testserver"
    with scripted_partner() as script:
        partner = partner_at(script.url)
        shared(merchant, partner)
        run.drain(partner.pk)
        obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
        yield Obligation.objects.get()


def body_of(obligation, status="completed", outcome="completed"):
    return messages.write(
        {
            "controller_id": "demo-partner.localhost",
            "expected_completion_time": "2030-01-01T00:00:00Z",
            "subject_request_id": str(obligation.pk),
            "request_status": status,
            "status_callback_url": f"http://testserver{CALLBACK}",
            "extensions": {"demo-partner.localhost": {"outcome": outcome}} if outcome else {},
        }
    )


def post(raw, *, key=SECRET, message_id="callback_1", timestamp=None, path=CALLBACK):
    headers = webhooks.Signer(key).headers(message_id, raw, timestamp=timestamp)
    return Client(headers=headers).post(path, data=raw, content_type="application/json")


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("C142", "B79")
def test_a_partner_is_told_deletes_and_its_signed_word_closes_the_obligation(
    merchant, live_server, settings, tmp_path
):
    settings.PORTAL_URL = live_server.url
    processor = Processor(
        options.Options(
            store=tmp_path,
            portal=live_server.url,
            secrets=(SECRET,),
            signing_keys=(SECRET,),
            port=0,
            delay=0,
        )
    )
    processor.start()
    try:
        partner = partner_at(processor.url)
        shared(merchant, partner)
        run.drain(partner.pk)
        stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        cause = erasure.request(person=merchant).pk
        Partners().erase(merchant.pk, cause)
        run.drain(partner.pk)
        wait_for(lambda: Obligation.objects.filter(state=ObligationState.COMPLETED).exists())
        wait_for(lambda: Receipt.objects.filter(kind="callback").exists())
    finally:
        processor.stop()

    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    follow_up = Partners().followups(cause)[0]
    assert "欧阳明月".encode() in stored
    assert "欧阳明月".encode() not in left
    assert b"13812345678" not in left
    assert (follow_up.is_closed, follow_up.outcome) == (True, "对方已删除")
    assert follow_up.evidence_sha256 == Receipt.objects.get(kind="callback").sha256


@pytest.mark.django_db
def test_a_verified_receipt_closes_the_obligation_and_is_kept_as_received(obligation):
    raw = body_of(obligation)

    answer = post(raw)

    obligation.refresh_from_db()
    assert answer.status_code == 202
    assert obligation.state == ObligationState.COMPLETED
    assert obligation.settled_at is not None
    assert Receipt.objects.get(kind="callback").raw == raw.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forge",
    [
        lambda raw: post(raw, key=webhooks.new_secret()),
        lambda raw: post(raw, timestamp=1_600_000_000),
        lambda raw: Client().post(CALLBACK, data=raw, content_type="application/json"),
    ],
    ids=["other key", "captured long ago", "unsigned"],
)
def test_an_unproven_answer_closes_nothing(obligation, forge):
    answer = forge(body_of(obligation))

    obligation.refresh_from_db()
    assert answer.status_code == 401
    assert obligation.state == ObligationState.OPEN
    assert Receipt.objects.count() == 0


@pytest.mark.django_db
def test_a_changed_body_closes_nothing(obligation):
    raw = body_of(obligation)
    headers = webhooks.Signer(SECRET).headers("callback_1", raw)

    answer = Client(headers=headers).post(
        CALLBACK, data=raw.replace(b"in_progress", b"completed") + b" ", content_type="text/json"
    )

    assert answer.status_code == 401


@pytest.mark.django_db
def test_a_replayed_answer_is_kept_once(obligation):
    raw = body_of(obligation)

    answers = [post(raw).status_code for _ in range(2)]

    assert answers == [202, 202]
    assert Receipt.objects.count() == 1
    assert LedgerEntry.objects.filter(verb="moved", body__contains="completed").count() == 1


@pytest.mark.django_db
def test_an_outcome_never_goes_backward(obligation):
    post(body_of(obligation), message_id="a")

    answer = post(body_of(obligation, "in_progress", None), message_id="b")

    obligation.refresh_from_db()
    assert answer.status_code == 202
    assert obligation.state == ObligationState.COMPLETED
    assert Receipt.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.clause("C143")
def test_a_legal_exemption_needs_its_ground_and_is_then_shown(obligation):
    bare = post(body_of(obligation, "cancelled", "exempt_legal"))
    body = body_of(obligation, "cancelled", "exempt_legal").replace(
        b'"outcome":"exempt_legal"',
        '"outcome":"exempt_legal","legal_basis":"反洗钱法第34条"'.encode(),
    )
    grounded = post(body, message_id="b")

    obligation.refresh_from_db()
    assert (bare.status_code, grounded.status_code) == (400, 202)
    assert (obligation.state, obligation.reason) == (
        ObligationState.EXEMPT_LEGAL,
        "反洗钱法第34条",
    )


@pytest.mark.django_db
def test_a_failure_stays_open_and_can_still_become_a_deletion(obligation):
    post(body_of(obligation, "cancelled", "failed"), message_id="a")
    failed = Obligation.objects.get(pk=obligation.pk)
    post(body_of(obligation), message_id="b")
    completed = Obligation.objects.get(pk=obligation.pk)

    assert (failed.state, failed.is_settled) == (ObligationState.FAILED, False)
    assert (completed.state, completed.is_settled) == (ObligationState.COMPLETED, True)


@pytest.mark.django_db
def test_one_partner_cannot_answer_for_another(obligation):
    partner_at("http://127.0.0.1:9", slug="other", secret=SECRET)
    raw = body_of(obligation).replace(b"callback/demo/", b"callback/other/")

    answer = post(raw, path="/opendsr/callback/other/")

    obligation.refresh_from_db()
    assert answer.status_code == 404
    assert obligation.state == ObligationState.OPEN


@pytest.mark.django_db
@pytest.mark.clause("C75", "C146", "B81")
def test_withdrawing_the_consent_for_a_partner_makes_it_delete(merchant, settings):
    settings.PORTAL_URL = "http://testserver"
    with scripted_partner() as script:
        partner = partner_at(script.url)
        shared(merchant, partner)
        run.drain(partner.pk)
        consents.withdraw(person=merchant, code="share:demo")
        script.letters.clear()
        run.drain(partner.pk)

    obligation = Obligation.objects.get()
    path, _headers, raw = script.letters[0]
    assert (obligation.kind, path) == ("withdrawal", "/v1/requests")
    assert b'"cause":"withdrawal"' in raw
    assert post(body_of(obligation)).status_code == 202
    assert Obligation.objects.get().state == ObligationState.COMPLETED


@pytest.mark.django_db
def test_what_was_not_sent_before_a_withdrawal_is_never_sent(merchant, settings):
    with scripted_partner() as script:
        partner = partner_at(script.url)
        shared(merchant, partner)
        consents.withdraw(person=merchant, code="share:demo")

        run.drain(partner.pk)

    assert [path for path, _headers, _raw in script.letters] == ["/v1/requests"]


@pytest.mark.django_db
def test_obliging_twice_asks_once(merchant, obligation):
    obligations.oblige_all(person_id=merchant.pk, cause=obligation.cause)

    assert Obligation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_word_counts_however_closely_it_follows_the_one_before(obligation):
    outcomes = overtaken(
        lambda: post(body_of(obligation), message_id="b").status_code,
        lambda: post(body_of(obligation, "in_progress", None), message_id="a").status_code,
        before='UPDATE "consent_obligation"',
    )

    obligation.refresh_from_db()
    assert outcomes == [202, 202]
    assert obligation.state == ObligationState.COMPLETED
    assert Receipt.objects.filter(kind="callback").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("secrets", [["a passphrase agreed on"], []], ids=["by hand", "no key yet"])
def test_a_partner_without_a_key_of_its_own_has_no_address_to_report_to(db, secrets):
    registered("other", secrets, protocol="manual" if secrets else "opendsr")

    answer = post(b"{}", path="/opendsr/callback/other/")

    assert answer.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["many", "9" * 5000, "-1"])
def test_a_length_that_is_no_number_of_bytes_breaks_nothing(db, length):
    partner_at("http://127.0.0.1:9")

    answer = Client().generic("POST", CALLBACK, b"{}", CONTENT_LENGTH=length)

    assert answer.status_code in {411, 413}


@pytest.mark.django_db
def test_a_body_longer_than_any_answer_is_not_read_as_one(db):
    partner_at("http://127.0.0.1:9")

    assert post(b" " * (64 * 1024 + 1)).status_code == 413
