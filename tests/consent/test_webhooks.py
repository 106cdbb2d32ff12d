"""Standard Webhooks: the published vectors, and everything a forger or a tired clock would try."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.protocol import webhooks
from consent.protocol.webhooks import BadKey, SignatureRefused, Signer, Verifier

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = (
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
)
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SENT = 1614265330
BODY = b'{"test": 2432232314}'
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def headers(signature: str, *, message_id: str = ID, timestamp: object = SENT) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def refusal(given: dict[str, str], *, keys=(SECRET,), body: bytes = BODY, now: float = SENT) -> str:
    with pytest.raises(SignatureRefused) as refused:
        Verifier(*keys).verify(given, body, now=now)
    return refused.value.reason


def test_signing_gives_the_published_v1_signature():
    assert Signer(SECRET).signature(ID, SENT, BODY) == V1


def test_signing_gives_the_published_v1a_signature():
    assert Signer(PRIVATE).signature(ID, SENT, BODY) == V1A


def test_the_headers_are_the_three_of_the_standard():
    assert Signer(SECRET).headers(ID, BODY, timestamp=SENT) == headers(V1)


@pytest.mark.parametrize(
    ("key", "signature"), [(SECRET, V1), (PUBLIC, V1A), (PRIVATE, V1A)], ids=["v1", "v1a", "pair"]
)
def test_a_published_signature_is_accepted(key, signature):
    proof = Verifier(key).verify(headers(signature), BODY, now=SENT)

    assert (proof.message_id, proof.timestamp) == (ID, SENT)


def test_header_names_count_in_any_case():
    shouted = {name.title(): value for name, value in headers(V1).items()}

    assert Verifier(SECRET).verify(shouted, BODY, now=SENT).message_id == ID


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=300))
def test_v1_is_hmac_sha256_for_every_length_of_secret(secret, body):
    key = "whsec_" + base64.b64encode(secret).decode()
    content = f"{ID}.{SENT}.".encode() + body

    signature = Signer(key).signature(ID, SENT, body)

    plain = hmac.new(secret, content, hashlib.sha256).digest()
    assert signature == "v1," + base64.b64encode(plain).decode()


@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_changed_bit_anywhere_in_the_body_is_refused(body, data):
    at = data.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[at // 8] ^= 1 << at % 8
    signed = Signer(SECRET).headers(ID, body, timestamp=SENT)

    assert refusal(signed, body=bytes(changed)) == "no_match"


@pytest.mark.parametrize(
    "changed", [{"message_id": "msg_other"}, {"timestamp": SENT + 1}], ids=["id", "timestamp"]
)
def test_the_id_and_the_timestamp_are_signed_too(changed):
    assert refusal(headers(V1, **changed)) == "no_match"


@pytest.mark.parametrize("skew", [-300, 0, 300])
def test_five_minutes_either_way_are_tolerated(skew):
    assert Verifier(SECRET).verify(headers(V1), BODY, now=SENT + skew).timestamp == SENT


@pytest.mark.parametrize(("skew", "reason"), [(301, "too_old"), (-301, "too_new")])
def test_more_than_five_minutes_are_refused(skew, reason):
    assert refusal(headers(V1), now=SENT + skew) == reason


def test_during_a_rotation_both_secrets_sign_and_either_one_verifies():
    old, new = SECRET, webhooks.new_secret()

    signed = Signer(new, old).headers(ID, BODY, timestamp=SENT)

    assert Verifier(old).verify(signed, BODY, now=SENT).key_id == Signer(old).key_id
    assert Verifier(new).verify(signed, BODY, now=SENT).key_id == Signer(new).key_id


def test_unknown_versions_and_broken_entries_are_passed_over():
    mixed = f"v2,abc v1 v1,*** v1a,{'A' * 88} {V1} v9z,,,"

    assert Verifier(SECRET).verify(headers(mixed), BODY, now=SENT).message_id == ID


def test_a_v1_signature_passed_off_under_another_version_is_refused():
    assert refusal(headers(V1.replace("v1,", "v1a,"))) == "no_match"


def test_a_key_that_comes_with_the_message_is_not_believed():
    private, public = webhooks.new_key_pair()
    forged = Signer(private).headers(ID, BODY, timestamp=SENT)
    forged |= {"webhook-key": public, "x-public-key": public}

    assert refusal(forged, keys=(PUBLIC,)) == "no_match"


def test_the_public_key_does_not_serve_as_a_shared_secret():
    raw = PUBLIC.removeprefix("whpk_")
    forged = Signer(f"whsec_{raw}").headers(ID, BODY, timestamp=SENT)

    assert refusal(forged, keys=(PUBLIC,)) == "no_match"


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(missing):
    given_headers = headers(V1)
    del given_headers[missing]

    assert refusal(given_headers) == "missing_header"


@pytest.mark.parametrize("timestamp", ["1614265330.0", "-1", "1e9", "٣", " 1614265330", "9" * 13])
def test_a_timestamp_that_is_no_whole_number_is_refused(timestamp):
    assert refusal(headers(V1, timestamp=timestamp)) == "bad_header"


def test_a_full_stop_in_the_id_cannot_shift_the_signed_parts():
    body = b"1614265330.{}"
    signature = Signer(SECRET).signature("a", SENT, body)

    shifted = headers(signature, message_id=f"a.{SENT}")

    assert refusal(shifted, body=b"{}") == "bad_header"
    with pytest.raises(ValueError, match="full stop"):
        Signer(SECRET).signature("a.b", SENT, BODY)


def test_a_flood_of_signatures_is_not_worked_through():
    flood = " ".join(["v1a," + "A" * 88] * 16 + [V1])

    assert refusal(headers(flood)) == "no_match"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_c2hvcnQ=",
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_not base64 at all, not at all",
        "whpk_" + base64.b64encode(b"x" * 31).decode(),
        "whsk_" + base64.b64encode(b"x" * 64).decode(),
    ],
)
def test_a_key_of_another_form_is_refused_without_being_shown(key):
    with pytest.raises(BadKey) as refused:
        Verifier(key)

    assert key == "" or key not in str(refused.value)


def test_a_public_key_cannot_sign():
    with pytest.raises(BadKey):
        Signer(PUBLIC)


def test_no_keys_at_all_verify_nothing():
    with pytest.raises(BadKey):
        Verifier()


def test_a_bodyless_request_is_signed_for_its_own_address_alone():
    read = webhooks.bodyless("GET", "/v1/requests/1")
    signed = Signer(SECRET).headers(ID, read, timestamp=SENT)

    assert refusal(signed, body=webhooks.bodyless("DELETE", "/v1/requests/1")) == "no_match"
    assert refusal(signed, body=webhooks.bodyless("GET", "/v1/requests/2")) == "no_match"


def test_fresh_keys_fit_each_other_and_nothing_else():
    private, public = webhooks.new_key_pair()
    signed = Signer(private).headers(ID, BODY, timestamp=SENT)

    assert Verifier(public).verify(signed, BODY, now=SENT).key_id == Signer(private).key_id
    assert refusal(signed, keys=(webhooks.new_key_pair()[1],)) == "no_match"
