"""AES-256-GCM envelopes. The associated data binds every ciphertext to its place and its owner.

Layout: format (1 byte) · key version (2 bytes) · nonce (12 bytes) · ciphertext and tag.
"""

import os
import struct
from uuid import UUID

from accounts.personal import kms
from accounts.personal.keys import Keyring

FORMAT = 1
_HEADER = struct.Struct(">BH")
NONCE_BYTES = 12


def _associated(person: UUID, retention: str, context: str) -> bytes:
    return f"{person}:{retention}:{context}".encode()


def seal_bytes(
    *, person: UUID, retention: str, context: str, plain: bytes, keyring: Keyring | None = None
) -> bytes:
    """Seal under the person's key of this class; `context` names the place (model.field:row).

    Raises KeyGone when that key was destroyed.
    """
    key = (keyring or Keyring([person])).writing(person, retention)
    nonce = os.urandom(NONCE_BYTES)
    sealed = key.aead.encrypt(nonce, plain, _associated(person, retention, context))
    return _HEADER.pack(FORMAT, key.version) + nonce + sealed


def open_bytes(
    *, person: UUID, retention: str, context: str, sealed: bytes, keyring: Keyring | None = None
) -> bytes:
    """Open what seal_bytes sealed in the same place.

    Raises KeyGone when the key was destroyed, cryptography's InvalidTag when the bytes were moved
    or changed.
    """
    _format, version = _HEADER.unpack_from(sealed)
    key = (keyring or Keyring([person])).reading(person, retention, version)
    start = _HEADER.size + NONCE_BYTES
    return key.aead.decrypt(
        sealed[_HEADER.size : start], sealed[start:], _associated(person, retention, context)
    )


def seal_system(context: str, plain: bytes) -> bytes:
    """Seal a secret of the portal itself, or something that lives for minutes, under the KMS."""
    box = kms.default()
    kek_version, wrapped = box.wrap(plain, f"system:{context}".encode())
    return _HEADER.pack(FORMAT, kek_version) + wrapped


def reseal_system(context: str, sealed: bytes) -> bytes | None:
    """The same secret under the newest KMS key; None when it is under that one already."""
    _format, kek_version = _HEADER.unpack_from(sealed)
    if kek_version == kms.default().newest:
        return None
    return seal_system(context, open_system(context, sealed))


def open_system(context: str, sealed: bytes) -> bytes:
    """Open what seal_system sealed for the same context."""
    _format, kek_version = _HEADER.unpack_from(sealed)
    return kms.default().unwrap(kek_version, sealed[_HEADER.size :], f"system:{context}".encode())
