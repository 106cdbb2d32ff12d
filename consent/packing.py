"""Packing what an authority is handed: an AES-256 zip under a passphrase that is kept nowhere."""

import secrets
from collections.abc import Mapping
from io import BytesIO

import pyzipper

# Nothing that is misread when it is copied by hand or told on the phone.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 5, 5


def new_passphrase() -> str:
    """Five groups of five signs: 124 bits."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def pack(files: Mapping[str, str], passphrase: str) -> bytes:
    """A zip of these texts, by name, each encrypted with AES-256. Names are not encrypted."""
    buffer = BytesIO()
    with pyzipper.AESZipFile(
        buffer, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, text in files.items():
            archive.writestr(name, text.encode("utf-8-sig"))
    return buffer.getvalue()
