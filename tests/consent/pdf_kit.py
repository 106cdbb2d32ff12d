"""Reads back what reportlab wrote: every string drawn, in order, and the typeface it is in."""

import base64
import re
import zlib

_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", re.S)
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def drawn(raw: bytes) -> list[list[tuple[str, str]]]:
    """Page by page, pairs of typeface and words."""
    fonts = _fonts(raw)
    streams = re.findall(rb"stream\r?\n(.*?)endstream", raw, re.S)
    return [list(_strings(_content(stream), fonts)) for stream in streams]


def pages(raw: bytes) -> list[str]:
    """The words of every page."""
    return ["".join(words for _font, words in page) for page in drawn(raw)]


def _content(stream: bytes) -> bytes:
    return zlib.decompress(base64.a85decode(stream.strip(), adobe=True))


def _fonts(raw: bytes) -> dict[bytes, str]:
    """Internal name to the name of the typeface."""
    found = re.findall(rb"<<([^<>]*?/BaseFont /(\S+).*?/Name /(F\d+).*?)>>", raw, re.S)
    return {inside: name.decode() for _all, name, inside in found}


def _strings(content: bytes, fonts: dict[bytes, str]):
    font = ""
    for chosen, text in _SHOWN.findall(content):
        if chosen:
            font = fonts[chosen]
        else:
            raw = re.sub(rb"\\(\d{3}|.)", _sign, text, flags=re.S)
            yield font, raw.decode("utf-16-be" if "Song" in font else "latin-1")


def _sign(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    return bytes([int(escaped, 8)]) if len(escaped) == 3 else _SIGNS.get(escaped, escaped)
