"""OpenDSR bodies: strict when written, and an answer counts only when it answers us."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid1, uuid4

import pytest

from consent.protocol import answers, events, messages, opendsr
from consent.protocol.messages import Malformed, Mismatch
from consent.protocol.opendsr import Problem
from consent.protocol.webhooks import Signer, Verifier, new_secret

REQUEST = UUID("a7551968-d5d6-44b2-9831-815ac9017798")
PERSON = UUID("0b8a2f5e-6d3c-4c44-9a53-0c2f8d3f6a11")
DOMAIN = "partner.example"
CALLBACK = "https://portal.example/opendsr/callback/partner/"
ASKED = datetime(2026, 11, 22, 20, 0, tzinfo=timezone(timedelta(hours=8)))
RECEIVED = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


def erasure(**changes: Any) -> bytes:
    given_fields: dict[str, Any] = {
        "subject_request_id": REQUEST,
        "identity": PERSON,
        "submitted_at": ASKED,
        "callback_url": CALLBACK,
        "processor_domain": DOMAIN,
    }
    return opendsr.erasure_body(**(given_fields | changes))


def acceptance(sent: bytes, **changes: object) -> bytes:
    body = {
        "controller_id": "portal",
        "subject_request_id": str(REQUEST),
        "received_time": "2026-11-22T12:00:05Z",
        "expected_completion_time": "2026-11-25T12:00:05Z",
        "encoded_request": base64.b64encode(sent).decode(),
        "processor_signature": "v1,AAAA",
    }
    return json.dumps(body | changes).encode()


def test_an_erasure_request_is_exactly_the_published_form():
    assert json.loads(erasure()) == {
        "regulation": "gdpr",
        "subject_request_id": str(REQUEST),
        "subject_request_type": "erasure",
        "submitted_time": "2026-11-22T12:00:00Z",
        "subject_identities": [
            {
                "identity_type": "controller_customer_id",
                "identity_value": str(PERSON),
                "identity_format": "raw",
            }
        ],
        "api_version": "2.0",
        "status_callback_urls": [CALLBACK],
        "extensions": {DOMAIN: {"law": "PIPL", "cause": "deactivation"}},
    }


def test_the_same_request_is_always_the_same_bytes():
    assert erasure() == erasure()


def test_pipl_is_named_as_regulation_only_when_the_partner_offers_it():
    offered = opendsr.parse_discovery(answers.discovery_body())

    assert offered == opendsr.Discovery(
        erasure=True, customer_id=True, pipl=True, most_in_batch=1000
    )
    assert json.loads(erasure(pipl=offered.pipl))["regulation"] == "pipl"


def test_a_plain_discovery_promises_nothing_beyond_the_standard():
    plain = messages.write(
        {
            "api_version": "2.0",
            "supported_identities": [{"identity_type": "email", "identity_format": "sha256"}],
            "supported_subject_request_types": ["access", "erasure"],
            "processor_certificate": "https://partner.example/cert.pem",
        }
    )

    assert opendsr.parse_discovery(plain) == opendsr.Discovery(
        erasure=True, customer_id=False, pipl=False, most_in_batch=1
    )


def test_a_request_id_that_is_not_random_is_not_sent():
    with pytest.raises(ValueError, match="version 4"):
        erasure(subject_request_id=uuid1())


def test_a_time_without_a_zone_is_not_sent():
    with pytest.raises(ValueError, match="zone"):
        erasure(submitted_at=datetime(2026, 11, 22))  # noqa: DTZ001 - the mistake under test


def test_a_201_for_our_request_is_an_acceptance_that_keeps_no_identity():
    sent = erasure()

    accepted = opendsr.parse_accepted(
        acceptance(sent),
        subject_request_id=REQUEST,
        sent_sha256=opendsr.request_sha256(sent),
    )

    assert accepted.expected_at == datetime(2026, 11, 25, 12, 0, 5, tzinfo=UTC)
    assert str(PERSON) not in repr(accepted)
    assert base64.b64encode(sent).decode() not in repr(accepted)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_request_id": str(uuid4())},
        {"encoded_request": base64.b64encode(b"{}").decode()},
    ],
    ids=["another id", "another body"],
)
def test_a_201_for_another_request_is_an_integrity_alarm(changes):
    sent = erasure()

    with pytest.raises(Mismatch):
        opendsr.parse_accepted(
            acceptance(sent, **changes),
            subject_request_id=REQUEST,
            sent_sha256=opendsr.request_sha256(sent),
        )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"OK",
        b"[]",
        b"null",
        b'{"subject_request_id":1}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"' + b"x" * 70_000 + b'"}',
        acceptance(b"{}", encoded_request=None),
        acceptance(b"{}", encoded_request="***"),
    ],
)
def test_a_201_with_an_unreadable_body_is_no_acceptance(raw):
    with pytest.raises(Malformed):
        opendsr.parse_accepted(raw, subject_request_id=REQUEST, sent_sha256="0" * 64)


def test_a_receipt_proves_itself_later_without_the_request():
    secret, sent = new_secret(), erasure()
    sha256 = opendsr.request_sha256(sent)
    signature = opendsr.sign_receipt(
        Signer(secret), subject_request_id=REQUEST, sha256=sha256, received_at=RECEIVED
    )

    accepted = opendsr.parse_accepted(
        acceptance(sent, processor_signature=signature),
        subject_request_id=REQUEST,
        sent_sha256=sha256,
    )

    assert accepted.proven_by(Verifier(secret)) == Signer(secret).key_id
    assert accepted.proven_by(Verifier(new_secret())) is None


def batch_results(batch: bytes, *results: dict[str, object]) -> bytes:
    return answers.batch_answer_body(raw=batch, results=results)


def result(request_id: UUID, code: int = 201) -> dict[str, object]:
    if code != 201:
        return {
            "code": code,
            "subject_request_id": str(request_id),
            **answers.error(code, [Problem("invalid", "regulation")]),
        }
    return {
        "code": 201,
        "controller_id": "portal",
        "subject_request_id": str(request_id),
        "received_time": "2026-11-22T12:00:05Z",
        "expected_completion_time": "2026-11-25T12:00:05Z",
    }


def parse_batch(raw: bytes, batch: bytes, sent: list[UUID]):
    sha256 = opendsr.request_sha256(batch)
    return opendsr.parse_batch_answer(raw, batch_sha256=sha256, sent=sent)


def test_a_batch_is_answered_item_by_item_and_silence_is_no_delivery():
    taken, refused, forgotten = uuid4(), uuid4(), uuid4()
    sent = [taken, refused, forgotten]
    batch = opendsr.batch_body(erasure(subject_request_id=each) for each in sent)

    found = parse_batch(batch_results(batch, result(taken), result(refused, 400)), batch, sent)

    assert json.loads(batch)["requests"][2]["subject_request_id"] == str(forgotten)
    assert set(found) == {taken, refused}
    assert isinstance(found[taken], opendsr.Accepted)
    assert found[refused] == (Problem("invalid", "regulation"),)


def test_a_batch_answer_that_fits_another_batch_is_an_integrity_alarm():
    ours = uuid4()
    batch = opendsr.batch_body([erasure(subject_request_id=ours)])

    for raw in (
        batch_results(b"another", result(ours)),
        batch_results(batch, result(uuid4())),
        batch_results(batch, result(ours), result(ours)),
    ):
        with pytest.raises(Mismatch):
            parse_batch(raw, batch, [ours])


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_holds_one_to_a_thousand_requests(count):
    with pytest.raises(ValueError, match="1 to 1000"):
        opendsr.batch_body([b"{}"] * count)


def test_an_error_body_is_read_back_without_more_than_was_put_in():
    problems = (Problem("missing", "submitted_time"), Problem("invalid", "regulation"))

    assert opendsr.parse_error(answers.error_body(400, problems)) == problems


@pytest.mark.parametrize("raw", [b"<html>", b"{}", b'{"error":"no"}', b'{"error":{"errors":[1]}}'])
def test_an_error_that_is_not_opendsr_has_no_lines(raw):
    assert opendsr.parse_error(raw) == ()


def test_a_cancellation_is_read_with_its_time():
    body = answers.cancelled_body(
        subject_request_id=str(REQUEST), received_time="2026-11-22T12:00:05Z"
    )

    assert opendsr.parse_cancelled(body, subject_request_id=REQUEST) == RECEIVED
    with pytest.raises(Mismatch):
        opendsr.parse_cancelled(body, subject_request_id=uuid4())


def test_a_processor_reads_the_request_the_controller_wrote():
    found = answers.parse_erasure(
        messages.read(erasure(cause="withdrawal")), processor_domain=DOMAIN
    )

    assert found == answers.Erasure(REQUEST, PERSON, ASKED.astimezone(UTC), CALLBACK, "withdrawal")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("regulation", "hipaa"),
        ("subject_request_id", "b1ae4ede-e6c0-11f1-abb5-02fc00000001"),
        ("subject_request_type", "access"),
        ("submitted_time", "2026-11-22T12:00:00"),
        ("subject_identities", []),
        ("subject_identities", [{"identity_type": "email", "identity_value": "a@b.example"}]),
        ("status_callback_urls", []),
    ],
)
def test_a_processor_names_the_field_it_cannot_act_on(field, value):
    body = messages.read(erasure()) | {field: value}

    with pytest.raises(Malformed) as refused:
        answers.parse_erasure(body, processor_domain=DOMAIN)

    assert refused.value.field == field


def test_a_disclosure_is_a_standard_event_and_comes_back_whole():
    disclosure = uuid4()

    raw = events.disclosure_shared(
        disclosure_id=disclosure,
        identity=PERSON,
        shared_at=ASKED,
        purpose="联系商家开通合作",
        legal_basis="separate_consent",
        categories=["contact"],
        contact={"contact_name": "张三丰", "contact_phone": "13800138000"},
    )

    assert set(json.loads(raw)) == {"type", "timestamp", "data"}
    assert json.loads(raw)["type"] == "disclosure.shared"
    assert events.parse_disclosure(raw) == events.Shared(
        disclosure,
        PERSON,
        ASKED.astimezone(UTC),
        {"contact_name": "张三丰", "contact_phone": "13800138000"},
    )


def test_an_event_stays_under_twenty_kilobytes():
    with pytest.raises(ValueError, match="20 kB"):
        events.event_body("disclosure.shared", at=ASKED, data={"contact": "x" * 20_000})


@pytest.mark.parametrize("contact", [{}, {"phone": 1}, {"phone": "\ud800"}, None])
def test_a_disclosure_without_readable_contact_data_is_refused(contact):
    body = {
        "type": "disclosure.shared",
        "timestamp": "2026-11-22T12:00:00Z",
        "data": {
            "disclosure_id": str(uuid4()),
            "subject": {"identity_value": str(PERSON)},
            "contact": contact,
        },
    }

    with pytest.raises(Malformed):
        events.parse_disclosure(json.dumps(body).encode())
