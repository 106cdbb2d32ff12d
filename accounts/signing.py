"""The portal's Ed25519 signature, for ledger checkpoints and certificates."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def private_key() -> Ed25519PrivateKey:
    """The signing key of SIGNING_KEY, a base64 seed of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.SIGNING_KEY))


def public_bytes() -> bytes:
    """Its public half, 32 bytes."""
    return private_key().public_key().public_bytes_raw()


def key_id(public: bytes | None = None) -> str:
    """Short name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public if public is not None else public_bytes()).hexdigest()[:16]


def trusted() -> dict[str, bytes]:
    """Every public key this portal signed with, by key id: today's and those retired."""
    retired = {key: base64.b64decode(raw) for key, raw in settings.SIGNING_PUBLIC_KEYS.items()}
    return retired | {key_id(): public_bytes()}


def sign(message: bytes) -> str:
    """Base64 Ed25519 signature of the message."""
    return base64.b64encode(private_key().sign(message)).decode()


def verify(message: bytes, signature: str, key: str) -> bool:
    """Whether a trusted key made this signature."""
    public = trusted().get(key)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
