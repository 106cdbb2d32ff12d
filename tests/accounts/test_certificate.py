"""A deletion certificate verifies as it was issued, and in no other spelling."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.certificate import CertificateRefused, SigningKey, issue, key_id, verify
from accounts.certificate_schema import PAYLOAD
from tests.accounts.certificate_kit import KEY, OTHER, payload

TRUSTED = {KEY.id: KEY.public}
GOLDEN = Path(__file__).with_name("certificate-1.json")


def open_partner() -> dict[str, Any]:
    return {**payload()["partners"][0], "closed_at": None, "evidence_sha256": None}


def refused(raw: bytes, trusted: Mapping[str, bytes] = TRUSTED) -> bool:
    try:
        verify(raw, trusted=trusted)
    except CertificateRefused:
        return True
    return False


def respelled(change: Callable[[dict[str, Any]], None]) -> bytes:
    """A certificate whose JSON was changed and written again in the same style."""
    document = json.loads(issue(payload(), key=KEY))
    change(document)
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def test_what_was_issued_verifies_and_says_the_same():
    certificate = verify(issue(payload(), key=KEY), trusted=TRUSTED)

    assert certificate.payload == payload()
    assert certificate.key_id == KEY.id


def test_an_unfinished_certificate_says_it_is_not_final():
    raw = issue(payload(final=False, completed_at=None, partners=[open_partner()]), key=KEY)

    certificate = verify(raw, trusted=TRUSTED)

    assert certificate.payload["final"] is False
    assert json.loads(raw)["conclusion"] == "尚未全部处理完毕,本证明不是最终证明"


def test_the_file_of_format_1_never_changes():
    assert issue(payload(), key=KEY) == GOLDEN.read_bytes()


def test_a_reader_finds_plain_chinese_in_a_fixed_order():
    lines = issue(payload(), key=KEY).decode().splitlines()

    assert lines[:6] == [
        "{",
        '  "format": "51che-deletion-certificate/1",',
        '  "title": "个人信息删除证明",',
        '  "conclusion": "本平台与全部合作方均已处理完毕",',
        '  "receipt_code": "Zt8kQ2mVw7Yc4LrN",',
        '  "issuer": "大盛融资租赁有限公司",',
    ]


@pytest.mark.parametrize("bit", range(8))
def test_every_changed_bit_of_every_byte_is_refused(bit):
    raw = issue(payload(), key=KEY)

    accepted = [
        place
        for place in range(len(raw))
        if not refused(raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :])
    ]

    assert accepted == []


def test_every_truncation_is_refused():
    raw = issue(payload(), key=KEY)

    assert [length for length in range(len(raw)) if not refused(raw[:length])] == []


@pytest.mark.parametrize("extra", [b"\n", b" ", b"\0", b"{}", b"\xef\xbb\xbf"])
def test_every_added_byte_is_refused(extra):
    raw = issue(payload(), key=KEY)

    accepted = [
        place for place in range(len(raw) + 1) if not refused(raw[:place] + extra + raw[place:])
    ]

    assert accepted == []


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_refused_and_raise_nothing_else(raw):
    assert refused(raw)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from([*PAYLOAD.kinds, "signature", "format", "title"]),
)
def test_any_other_value_in_any_field_is_refused_and_raises_nothing_else(value, field):
    changed = respelled(lambda document: document.update({field: value}))

    assert changed == issue(payload(), key=KEY) or refused(changed)


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 200_000,
        b'{"final": NaN}',
        b'{"receipt_code": "\\ud800"}',
        b'{"requested_at": "0001-01-01T00:00:00+23:00"}',
        b" " * 1_000_001,
    ],
    ids=["deep", "nan", "surrogate", "overflow", "huge"],
)
def test_hostile_files_are_refused(raw):
    assert refused(raw)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-12:00", "2026-11-22T10:00:00"]
)
def test_impossible_moments_are_refused(moment):
    assert refused(respelled(lambda document: document.update(completed_at=moment)))


def test_another_spelling_of_the_same_content_is_refused():
    raw = issue(payload(), key=KEY)
    document = json.loads(raw)

    spellings = [
        json.dumps(document, ensure_ascii=False).encode(),
        json.dumps(document, ensure_ascii=True, indent=2).encode() + b"\n",
        json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n",
        raw.replace(b"\n", b"\r\n"),
        raw.replace(b'  "final": true,\n', b'  "final": true,\n  "final": true,\n'),
        raw.replace(b"+08:00", b"+0800"),
    ]

    assert [spelling for spelling in spellings if not refused(spelling)] == []


def test_another_base64_of_the_same_signature_is_refused():
    raw = issue(payload(), key=KEY)
    value = json.loads(raw)["signature"]["value"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(value[-3])
    twin = value[:-3] + alphabet[last + 1] + "=="

    assert base64.b64decode(twin) == base64.b64decode(value)
    assert refused(raw.replace(value.encode(), twin.encode()))


def test_the_signature_of_another_certificate_is_refused():
    other = json.loads(issue(payload(receipt_code="another-receipt"), key=KEY))

    assert refused(respelled(lambda document: document.update(signature=other["signature"])))


def test_a_key_nobody_published_is_refused_and_named():
    raw = issue(payload(), key=OTHER)

    with pytest.raises(CertificateRefused) as refusal:
        verify(raw, trusted=TRUSTED)

    assert refusal.value.reason_zh == "签名密钥不是本平台公布的密钥"
    assert refusal.value.reason_en == f"key {OTHER.id} is not trusted"


def test_a_foreign_key_under_a_trusted_name_is_refused():
    posing = SigningKey(KEY.id, OTHER.private)

    assert refused(issue(payload(), key=posing))


def test_a_retired_key_still_verifies_what_it_signed():
    raw = issue(payload(), key=OTHER)

    certificate = verify(raw, trusted={**TRUSTED, OTHER.id: OTHER.public})

    assert certificate.key_id == key_id(OTHER.public)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"phone": "13800138000"}, "fields must be exactly"),
        ({"issuer": "张三 13800138000"}, "no personal data"),
        ({"issuer": "大盛\u202e"}, "not a line of text"),
        ({"plan_sha256": "B2" * 32}, "does not match"),
        ({"final": 1}, "neither true nor false"),
        ({"due_at": datetime(2026, 11, 21, tzinfo=UTC)}, "due before"),
        ({"completed_at": datetime(2026, 11, 21, tzinfo=UTC)}, "completed before"),
        ({"requested_at": datetime(2026, 11, 22)}, "time zone"),  # noqa: DTZ001 - what is refused
        ({"completed_at": None}, "final while something is still open"),
        ({"partners": [open_partner()]}, "final while something is still open"),
        ({"partners": [{**open_partner(), "evidence_sha256": "a1" * 32}]}, "only come together"),
        ({"holders": [{**payload()["holders"][1], "until": None}]}, "law and end date"),
        ({"holders": [{**payload()["holders"][1], "law": ""}]}, "law and end date"),
        ({"holders": [{**payload()["holders"][0], "count": -1}]}, "not a count"),
        ({"holders": [{**payload()["holders"][0], "outcome": "gone"}]}, "none of erased"),
    ],
)
def test_a_certificate_that_claims_too_much_is_never_issued(changes, reason):
    with pytest.raises(ValueError, match=reason):
        issue(payload(**changes), key=KEY)
