"""Statuses and callbacks: liberal in spelling, and never a deletion by misreading."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.protocol import statuses
from consent.protocol.messages import Malformed, Mismatch
from consent.protocol.outcomes import Outcome

REQUEST = UUID("a7551968-d5d6-44b2-9831-815ac9017798")
PERSON = UUID("0b8a2f5e-6d3c-4c44-9a53-0c2f8d3f6a11")
DOMAIN = "partner.example"
CALLBACK = "https://portal.example/opendsr/callback/partner/"
ASKED = datetime(2026, 11, 22, 20, 0, tzinfo=timezone(timedelta(hours=8)))
RECEIVED = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


def callback(status: str, said: dict[str, object] | None = None, **changes: object) -> bytes:
    body: dict[str, object] = {
        "controller_id": "portal",
        "subject_request_id": str(REQUEST),
        "request_status": status,
        "expected_completion_time": "2026-11-25T12:00:05Z",
        "status_callback_url": CALLBACK,
    }
    if said is not None:
        body["extensions"] = {DOMAIN: said}
    return json.dumps(body | changes).encode()


def read(raw: bytes) -> statuses.Status:
    return statuses.parse_callback(raw, processor_domain=DOMAIN, ours={CALLBACK})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_nothing_but_utf_8_is_read(encoding):
    with pytest.raises(Malformed, match="not_json"):
        read(callback("completed").decode().encode(encoding))


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        ("pending", None, Outcome.ACCEPTED),
        ("in_progress", None, Outcome.IN_PROGRESS),
        ("in-progress", None, Outcome.IN_PROGRESS),
        ("completed", None, Outcome.COMPLETED),
        ("COMPLETED", {"outcome": "completed"}, Outcome.COMPLETED),
        ("completed", {"outcome": "no_match"}, Outcome.NO_MATCH),
        ("completed", {"outcome": "no-match"}, Outcome.NO_MATCH),
        ("cancelled", None, Outcome.REFUSED),
        ("canceled", None, Outcome.REFUSED),
        ("cancelled", {"status": "failed"}, Outcome.FAILED),
        ("cancelled", {"status": "cancelled"}, Outcome.REFUSED),
        ("cancelled", {"outcome": "failed"}, Outcome.FAILED),
        ("cancelled", {"outcome": "refused", "reason_code": "insuf_verification"}, Outcome.REFUSED),
        ("cancelled", {"outcome": "exempt_legal", "legal_basis": "反洗钱法"}, Outcome.EXEMPT_LEGAL),
        (
            "cancelled",
            {"outcome": "exempt_independent_consent", "evidence_url": "https://partner.example/1"},
            Outcome.EXEMPT_INDEPENDENT_CONSENT,
        ),
        ("pending", {"outcome": "completed"}, Outcome.ACCEPTED),
        ("in_progress", {"outcome": "completed"}, Outcome.IN_PROGRESS),
    ],
)
def test_a_status_becomes_an_outcome(status, said, outcome):
    assert read(callback(status, said)).outcome is outcome


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        ("deleted", None, "invalid"),
        ("cancelled", {"outcome": "completed"}, "contradiction"),
        ("completed", {"outcome": "in_progress"}, "contradiction"),
        ("completed", {"outcome": "accepted"}, "contradiction"),
        ("completed", {"outcome": "gone"}, "invalid"),
        ("completed", {"outcome": 7}, "invalid"),
        ("cancelled", {"outcome": "exempt_legal"}, "missing"),
        ("cancelled", {"outcome": "exempt_independent_consent"}, "missing"),
        ("completed", {"evidence_url": "javascript:alert(1)"}, "invalid"),
    ],
)
def test_a_status_that_cannot_be_trusted_is_refused(status, said, reason):
    with pytest.raises(Malformed) as refused:
        read(callback(status, said))

    assert refused.value.reason == reason


def test_a_callback_in_which_another_domain_speaks_is_refused():
    raw = callback("completed", extensions={"other.example": {"outcome": "no_match"}})

    with pytest.raises(Malformed, match="unknown_field"):
        read(raw)


def test_a_callback_to_another_address_is_an_integrity_alarm():
    with pytest.raises(Mismatch):
        read(callback("completed", status_callback_url="https://evil.example/"))


def test_a_status_of_another_request_is_an_integrity_alarm():
    with pytest.raises(Mismatch):
        statuses.parse_status(
            callback("completed"), processor_domain=DOMAIN, subject_request_id=uuid4()
        )


def test_the_details_of_an_exemption_are_kept():
    status = read(
        callback(
            "cancelled",
            {
                "outcome": "exempt_legal",
                "reason_code": "tax",
                "reason_text": "发票须保存",
                "legal_basis": "税收征收管理法",
                "retained_categories": ["invoice"],
                "retain_until": "2036-12-31T00:00:00+08:00",
                "downstream": [{"domain": "sub.example", "outcome": "completed", "at": "2026"}, 3],
            },
        )
    )

    assert (status.reason_code, status.reason_text) == ("tax", "发票须保存")
    assert (status.legal_basis, status.retained_categories) == ("税收征收管理法", ("invoice",))
    assert status.retain_until == datetime(2036, 12, 30, 16, tzinfo=UTC)
    assert status.downstream == (statuses.Downstream("sub.example", "completed", "2026"),)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from(
        ["request_status", "subject_request_id", "extensions", "expected_completion_time"]
    ),
)
def test_nothing_a_partner_sends_breaks_the_reader(value, field):
    raw = callback("completed", **{field: value})

    try:
        status = read(raw)
    except Malformed:
        return
    assert status.subject_request_id == REQUEST


def test_a_refusal_never_repeats_a_value():
    with pytest.raises(Malformed) as refused:
        read(callback("completed", subject_request_id="13800138000"))

    assert str(refused.value) == "invalid: subject_request_id"
