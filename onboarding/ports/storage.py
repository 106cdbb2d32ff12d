"""Where sealed papers lie, chosen by STORAGE_URL. `file://` keeps them on this machine's disk.

Nothing but sealed bytes comes here, under names that say nothing.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_KEY = re.compile("[0-9a-f]{32}")


class NotStored(Exception):
    """No object has this key."""


class Storage(Protocol):
    """Keeps objects by opaque key. `put` returns once they would survive a power cut."""

    def put(self, key: str, sealed: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...

    def delete(self, key: str) -> None: ...


def new_key() -> str:
    """A fresh name: 122 random bits, nothing about the person or the paper."""
    return uuid4().hex


class FileStorage:
    """Objects as files of this user alone, in 256 folders; written whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotStored
        return self._root / key[:2] / key

    def put(self, key: str, sealed: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise NotStored from None

    def delete(self, key: str) -> None:
        """Remove the object and whatever an interrupted `put` left of it; absent is fine."""
        path = self._path(key)
        path.with_suffix(".part").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def _at(url: str) -> Storage:
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise ImproperlyConfigured(f"STORAGE_URL: unknown scheme {parts.scheme!r}")
    if parts.netloc or not parts.path.startswith("/"):
        raise ImproperlyConfigured("STORAGE_URL: write file:///absolute/folder")
    return FileStorage(Path(unquote(parts.path)))


def default() -> Storage:
    """The storage this process is configured with."""
    return _at(settings.STORAGE_URL)
