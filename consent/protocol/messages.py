"""Reading and writing the JSON of partners: strict about form, silent about content.

Errors name a field and a reason and never repeat a value, because values are people's data.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn
from uuid import UUID

MOST_SINGLE = 64 * 1024  # bytes of any message but a batch
MOST_BATCH = 2 * 1024 * 1024


class Malformed(ValueError):
    """A message that cannot be acted on: `reason` is a code, `field` where it went wrong."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{reason}: {field}" if field else reason)
        self.reason = reason
        self.field = field


class Mismatch(Malformed):
    """A well-formed answer that does not answer what was asked: an integrity alarm."""


def write(body: Mapping[str, object]) -> bytes:
    """Compact UTF-8 JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read(raw: bytes, *, most: int = MOST_SINGLE) -> dict[str, object]:
    """The JSON object in `raw`; refuses repeated names, NaN, and anything longer than `most`."""
    if len(raw) > most:
        raise Malformed("too_large")
    try:
        # Decoded here: json would take UTF-16 too, and a receipt is kept as the text it is.
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_refuse_constant)
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("not_json") from None
    if not isinstance(found, dict):
        raise Malformed("not_an_object")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("repeated_name")
    return found


def _refuse_constant(_: str) -> NoReturn:
    raise Malformed("not_json")


def text(body: Mapping[str, object], field: str, *, most: int = 256) -> str:
    """A required, non-empty text of at most `most` characters."""
    found = body.get(field)
    if found is None or found == "":
        raise Malformed("missing", field)
    # No database takes a NUL or half of a surrogate pair.
    if not isinstance(found, str) or len(found) > most or "\0" in found:
        raise Malformed("invalid", field)
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Malformed("invalid", field) from None
    return found


def text_or_none(body: Mapping[str, object], field: str, *, most: int = 256) -> str | None:
    """An optional text; null and "" count as absent."""
    return None if body.get(field) in (None, "") else text(body, field, most=most)


def uuid(body: Mapping[str, object], field: str, *, version: int | None = None) -> UUID:
    """A required UUID in its 36-character form."""
    found = text(body, field, most=36)
    try:
        value = UUID(found)
    except ValueError:
        raise Malformed("invalid", field) from None
    if str(value) != found.lower() or version not in (None, value.version):
        raise Malformed("invalid", field)
    return value


def instant(body: Mapping[str, object], field: str) -> datetime:
    """A required RFC 3339 time with an offset, given back in UTC."""
    found = text(body, field, most=40)
    try:
        value = datetime.fromisoformat(found)
        moment = value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("invalid", field) from None
    if value.tzinfo is None:
        raise Malformed("invalid", field)
    return moment


def instant_or_none(body: Mapping[str, object], field: str) -> datetime | None:
    """An optional RFC 3339 time."""
    return None if body.get(field) in (None, "") else instant(body, field)


def objects(body: Mapping[str, object], field: str, *, most: int) -> list[dict[str, object]]:
    """A required list of at most `most` objects."""
    found = body.get(field)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Malformed("missing" if found is None else "invalid", field)
    if len(found) > most:
        raise Malformed("too_many", field)
    return found


def mapping(body: Mapping[str, object], field: str) -> dict[str, object]:
    """An optional object; absent and null are the empty one."""
    found = body.get(field)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Malformed("invalid", field)
    return found


def texts(body: Mapping[str, object], field: str, *, most: int = 64) -> tuple[str, ...]:
    """The texts of an optional list; members that are no text are passed over."""
    found = body.get(field)
    if not isinstance(found, list):
        return ()
    return tuple(item for item in found[:most] if isinstance(item, str) and len(item) <= 256)


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T12:00:00Z`; refuses a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time sent to a partner needs a zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
