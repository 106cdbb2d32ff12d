"""The portal's Ed25519 signature, for ledger checkpoints and certificates."""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from accounts.certificate import SigningKey


def key() -> SigningKey:
    """The key that signs today, from SIGNING_KEY."""
    return SigningKey.from_base64(settings.SIGNING_KEY)


def trusted() -> dict[str, bytes]:
    """Every public key this portal signed with, by key id: today's and those retired."""
    retired = {name: base64.b64decode(raw) for name, raw in settings.SIGNING_PUBLIC_KEYS.items()}
    today = key()
    return retired | {today.id: today.public}


def sign(message: bytes) -> str:
    """Base64 Ed25519 signature of the message."""
    return base64.b64encode(key().private.sign(message)).decode()


def verify(message: bytes, signature: str, key_id: str) -> bool:
    """Whether a trusted key made this signature."""
    public = trusted().get(key_id)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
