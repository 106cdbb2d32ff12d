"""What IDENTITY_URL may say, checked at the start; knows nothing but text.

`desk://`: staff compare the papers. `tencent://SECRET_ID:SECRET_KEY@HOST/PARTNER`: Tencent Cloud's
two-element check, by the recipient registered as PARTNER. `simulator://PARTNER` invents answers.
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from accounts import residence

DESK, TENCENT, SIMULATOR = "desk", "tencent", "simulator"
# The same protocol without encryption: for a server on this machine, in development.
TENCENT_PLAIN = "tencent+http"


@dataclass(frozen=True, slots=True)
class Address:
    """Who is asked (`partner`, a slug; "" for nobody), where, and as whom."""

    kind: str
    partner: str = ""
    endpoint: str = ""
    secret_id: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)


def parse(url: str, *, development: bool) -> Address:
    """The address a setting names. Raises ValueError with what is wrong; no secret is in it."""
    parts = urlsplit(url)
    if parts.scheme == DESK:
        return Address(DESK)
    if parts.scheme == SIMULATOR:
        if not development:
            raise ValueError("simulator:// invents answers: set desk:// or a real verifier")
        return Address(SIMULATOR, partner=_named(parts.hostname or ""))
    if parts.scheme == TENCENT_PLAIN and not development:
        raise ValueError("sends ID numbers without encryption: set tencent://")
    if parts.scheme not in (TENCENT, TENCENT_PLAIN):
        raise ValueError("has an unknown scheme: desk:// or tencent:// are known")
    host = parts.hostname or ""
    if named := residence.abroad(host):
        raise ValueError(f"leads out of mainland China ({named}), against policy 3.1 (C103)")
    if not (host and parts.username and parts.password):
        raise ValueError("lacks the host, the secret id or the secret key")
    transport = "https" if parts.scheme == TENCENT else "http"
    return Address(
        TENCENT,
        partner=_named(parts.path.strip("/")),
        endpoint=f"{transport}://{host}{f':{parts.port}' if parts.port else ''}",
        secret_id=unquote(parts.username),
        secret_key=unquote(parts.password),
    )


def _named(slug: str) -> str:
    if not slug:
        raise ValueError("does not name the registered recipient that is asked")
    return slug
