"""The deletion certificate: one signed text file that anybody can read and check, for ever.

The file has exactly one valid spelling. `verify` writes what it read once more and compares all
bytes, so that nothing can be changed, added or reordered unseen. It never holds personal data.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accounts.certificate_schema import (
    PAYLOAD,
    HolderResult,
    PartnerResult,
    Payload,
    key_name,
    refuse_contradictions,
)

__all__ = [
    "Certificate",
    "CertificateRefused",
    "HolderResult",
    "PartnerResult",
    "Payload",
    "SigningKey",
    "issue",
    "key_id",
    "verify",
]

FORMAT: Final = "51che-deletion-certificate/1"
MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key with the name by which verifiers look up its public half."""

    id: str
    private: Ed25519PrivateKey

    @classmethod
    def from_base64(cls, seed: str) -> "SigningKey":
        """From 32 bytes in base64; the id is derived. Raises ValueError when they are not."""
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))
        return cls(key_id(private.public_key().public_bytes_raw()), private)

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was verified: what it states and whose key signed it."""

    payload: Payload
    key_id: str


class CertificateRefused(Exception):
    """The file is not a certificate we issued, unchanged; says why in both languages."""

    def __init__(self, reason_zh: str, reason_en: str) -> None:
        super().__init__(f"{reason_zh} ({reason_en})")
        self.reason_zh = reason_zh
        self.reason_en = reason_en


def key_id(public: bytes) -> str:
    """The usual name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def issue(payload: Payload, *, key: SigningKey) -> bytes:
    """The file, signed. Raises ValueError when the payload is incomplete or contradicts itself.

    Signed are the UTF-8 bytes of the document without `signature.value`, as JSON with keys in
    schema order, separators `,` and `:`, and no escapes beyond those JSON demands.
    """
    body = PAYLOAD.write(payload)
    refuse_contradictions(payload)
    document = _document(body, key.id, key.public)
    raw = _file(document, key.private.sign(_canonical(document)))
    verify(raw, trusted={key.id: key.public})
    return raw


def verify(raw: bytes, *, trusted: Mapping[str, bytes]) -> Certificate:
    """The certificate in `raw`, if a trusted key (id → 32 raw bytes) signed exactly these bytes.

    Raises CertificateRefused for anything else, whatever the bytes are.
    """
    try:
        found = _parse(raw)
        payload = cast(Payload, PAYLOAD.read({name: found[name] for name in PAYLOAD.kinds}))
        claimed = found["signature"]
        signer, public = key_name(claimed["key_id"]), _unbase64(claimed["public_key"], 32)
        signature = _unbase64(claimed["value"], 64)
        document = _document(PAYLOAD.write(payload), signer, public)
        refuse_contradictions(payload)
        same = _file(document, signature) == raw
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise CertificateRefused(
            "文件内容不是本平台的删除证明格式", f"not in the certificate's format: {error}"
        ) from error
    if not same:
        raise CertificateRefused("文件写法被改动过", "the bytes are not the one canonical spelling")
    if trusted.get(signer) != public:
        raise CertificateRefused("签名密钥不是本平台公布的密钥", f"key {signer} is not trusted")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _canonical(document))
    except (InvalidSignature, ValueError) as error:
        raise CertificateRefused(
            "签名与内容不符,内容被改动过", "the signature does not match the content"
        ) from error
    return Certificate(payload, signer)


# --- The one spelling ---


def _document(body: Mapping[str, Any], signer: str, public: bytes) -> dict[str, Any]:
    """All of the file but the signature's value, in the order people read.

    These words are part of format /1: to change one, begin a format /2 beside it, or every
    certificate ever issued stops verifying.
    """
    return {
        "format": FORMAT,
        "title": "个人信息删除证明",
        "conclusion": "本平台与全部合作方均已处理完毕"
        if body["final"]
        else "尚未全部处理完毕,本证明不是最终证明",
        **body,
        "how_to_verify": "运行 manage.py certificate verify 文件名;改动任何一个字节都会核验失败。",
        "signature": {
            "algorithm": "Ed25519",
            "key_id": signer,
            "public_key": base64.b64encode(public).decode(),
        },
    }


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _file(document: Mapping[str, Any], signature: bytes) -> bytes:
    value = base64.b64encode(signature).decode()
    signed = {**document, "signature": {**document["signature"], "value": value}}
    return (json.dumps(signed, ensure_ascii=False, indent=2) + "\n").encode()


def _parse(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise ValueError("too large")
    found = json.loads(
        raw.decode("utf-8"),
        object_pairs_hook=_no_repeated_key,
        parse_float=_refuse_number,
        parse_constant=_refuse_number,
    )
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _no_repeated_key(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key appears twice")
    return dict(pairs)


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a whole number")


def _unbase64(text: str, length: int) -> bytes:
    value = base64.b64decode(text, validate=True)
    if len(value) != length:
        raise ValueError(f"expected {length} bytes")
    return value
