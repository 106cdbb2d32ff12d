"""The key-management port, chosen by KMS_URL. `env://` wraps with AES-256-GCM keys of KMS_KEYS."""

import base64
import os
from functools import cache
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


class Kms(Protocol):
    """Wraps and unwraps small secrets; `newest` is the key version that wraps."""

    newest: int

    def wrap(self, plain: bytes, context: bytes) -> tuple[int, bytes]: ...

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes: ...


class EnvKms:
    """Wrapping keys from the environment, newest first; an unknown version raises KeyError."""

    def __init__(self, entries: list[str]) -> None:
        self._keys: dict[int, AESGCM] = {}
        for entry in entries:
            version, _, encoded = entry.partition(":")
            self._keys[int(version)] = AESGCM(base64.b64decode(encoded))
        self.newest = int(entries[0].partition(":")[0])

    def wrap(self, plain: bytes, context: bytes) -> tuple[int, bytes]:
        nonce = os.urandom(NONCE_BYTES)
        return self.newest, nonce + self._keys[self.newest].encrypt(nonce, plain, context)

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes:
        return self._keys[version].decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)


@cache
def _from_env(entries: tuple[str, ...]) -> EnvKms:
    return EnvKms(list(entries))


def default() -> Kms:
    """The KMS this process is configured with."""
    if settings.KMS_URL != "env://":
        raise ImproperlyConfigured(f"KMS_URL: unknown scheme in {settings.KMS_URL!r}")
    return _from_env(tuple(settings.KMS_KEYS))
