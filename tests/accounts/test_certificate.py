"""A deletion certificate verifies as it was issued, and in no other spelling."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.certificate import CertificateRefused, SigningKey, issue, key_id, verify
from accounts.certificate_schema import PAYLOAD

SEED = base64.b64encode(bytes(range(32))).decode()
KEY = SigningKey.from_base64(SEED)
OTHER = SigningKey.from_base64(base64.b64encode(bytes(32)).decode())
TRUSTED = {KEY.id: KEY.public}
ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("certificate-1.json")


def payload(**changes: Any) -> Any:
    return {
        "receipt_code": "Zt8kQ2mVw7Yc4LrN",
        "issuer": "大盛融资租赁有限公司",
        "requested_at": datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
        "due_at": datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC),
        "completed_at": datetime(2026, 11, 24, 3, 21, 5, tzinfo=UTC),
        "final": True,
        "holders": [
            {
                "name": "onboarding",
                "label": "入驻申请与证照",
                "outcome": "erased",
                "count": 14,
                "law": "",
                "until": None,
            },
            {
                "name": "consent",
                "label": "对外提供记录",
                "outcome": "sealed",
                "count": 2,
                "law": "网络数据安全管理条例第12条",
                "until": date(2029, 11, 22),
            },
        ],
        "partners": [
            {
                "label": "演示合作方",
                "outcome": "已删除",
                "transport": "已回执",
                "closed_at": datetime(2026, 11, 24, 3, 20, tzinfo=UTC),
                "evidence_sha256": "a1" * 32,
            }
        ],
        "plan_sha256": "b2" * 32,
        "ledger_head": "c3" * 32,
        **changes,
    }


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


@pytest.fixture
def signing_settings(settings):
    settings.SIGNING_KEY = SEED
    settings.SIGNING_PUBLIC_KEYS = {}
    return settings


def test_the_command_says_what_a_genuine_file_states(tmp_path, signing_settings):
    file, out = tmp_path / "certificate.json", StringIO()
    file.write_bytes(issue(payload(), key=KEY))

    call_command("certificate", "verify", str(file), stdout=out)

    assert out.getvalue().splitlines() == [
        "核验通过:文件由本平台签发,签发后未改动。",
        "  签发方      大盛融资租赁有限公司",
        "  回执编号    Zt8kQ2mVw7Yc4LrN",
        "  申请时间    2026-11-22 10:00:00",
        "  承诺完成    2026-11-25 23:59:59",
        "  完成时间    2026-11-24 11:21:05",
        "  是否最终    是",
        f"  签名密钥    {KEY.id}",
        "本平台:",
        "  入驻申请与证照:已删除,14 项",
        "  对外提供记录:依法封存,不再使用,2 项,依据网络数据安全管理条例第12条,保存至 2029-11-22",
        "合作方:",
        "  演示合作方:已删除(已回执),结束于 2026-11-24 11:20:00",
    ]


def test_the_command_refuses_one_changed_byte_with_exit_code_1(tmp_path, signing_settings):
    file = tmp_path / "certificate.json"
    file.write_bytes(issue(payload(), key=KEY).replace(b'"count": 14', b'"count": 15'))

    with pytest.raises(CommandError) as refusal:
        call_command("certificate", "verify", str(file))

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "核验不通过:签名与内容不符,内容被改动过\n(the signature does not match the content)"
    )


def test_the_command_accepts_a_retired_key_that_is_published(tmp_path, signing_settings):
    file, out = tmp_path / "certificate.json", StringIO()
    file.write_bytes(issue(payload(), key=OTHER))
    signing_settings.SIGNING_PUBLIC_KEYS = {OTHER.id: base64.b64encode(OTHER.public).decode()}

    call_command("certificate", "verify", str(file), stdout=out)

    assert out.getvalue().startswith("核验通过")


def test_the_command_names_a_file_it_cannot_read(tmp_path, signing_settings):
    with pytest.raises(CommandError, match="无法读取文件") as refusal:
        call_command("certificate", "verify", str(tmp_path / "missing.json"))

    assert refusal.value.returncode == 1


def test_the_command_names_the_settings_when_a_key_is_not_base64(tmp_path, signing_settings):
    file = tmp_path / "certificate.json"
    file.write_bytes(issue(payload(), key=KEY))
    signing_settings.SIGNING_PUBLIC_KEYS = {"2025": "not base64"}

    with pytest.raises(CommandError, match="SIGNING_PUBLIC_KEYS"):
        call_command("certificate", "verify", str(file))


def test_the_command_has_the_exit_codes_of_a_shell_check(tmp_path):
    file = tmp_path / "certificate.json"
    raw = issue(payload(), key=KEY)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "SIGNING_KEY": SEED}
    codes = []

    for content in (raw, raw.replace(b"\n", b"", 1)):
        file.write_bytes(content)
        command = [sys.executable, "manage.py", "certificate", "verify", str(file)]
        codes.append(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)

    assert codes == [0, 1]
