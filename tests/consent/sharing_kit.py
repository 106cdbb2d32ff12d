"""A registered partner, a consenting merchant, and a scripted partner server for the courier."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

from django.utils import timezone

from accounts.models import Person
from consent.actions import consents, partners, sharing
from consent.models import Disclosure, Partner
from consent.protocol import webhooks
from consent.recipient_purposes import PurposeClass
from tests.consent import assessment_kit
from tests.loopback import serving

SECRET = webhooks.new_secret()
SCOPE = {"contact": ["contact_name", "contact_phone"]}
CONTACT = {"contact": {"contact_name": "欧阳明月", "contact_phone": "13812345678"}}


def registered(
    slug: str = "demo",
    secrets: Iterable[str] = (SECRET,),
    scope: Mapping[str, list[str]] | None = None,
    **facts: Any,
) -> Partner:
    """A partner with every fact the law wants known, not active, not assessed."""
    complete = {
        "kind": Partner.Kind.AFFILIATE,
        "legal_name": "51车俱乐部",
        "contact": "400-166-5151",
        "address": "浙江省金华市婺城区双龙南街801号",
        "purpose": "介绍购车线索合作",
        "purpose_class": PurposeClass.MARKETING,
        "method": "加密接口",
        "contract": "C-1",
        "contract_until": timezone.localdate() + timedelta(days=700),
        "sub_processing": "不得再委托",
        "security_by": "安全组",
        "security_on": timezone.localdate(),
        "security_result": Partner.Security.PASSED,
        "domain": "demo-partner.localhost",
        "endpoint": "http://127.0.0.1:9",
    }
    return partners.register(slug=slug, secrets=secrets, scope=scope or SCOPE, **(complete | facts))


def partner_at(endpoint: str, slug: str = "demo", secret: str = SECRET, **facts: Any) -> Partner:
    """An active partner listening at `endpoint`."""
    partner = registered(slug, [secret], endpoint=endpoint, **facts)
    assessment_kit.in_force(f"share:{slug}")
    partners.activate(partner=partner, by=None)
    return partner


def demo_partner() -> Partner:
    """The demo's partner, assessed and active, where nobody listens."""
    partner = partners.set_up_demo(endpoint="http://127.0.0.1:9/opendsr/", secret=SECRET)
    assessment_kit.in_force(partners.consent_code(partner))
    partners.activate(partner=partner, by=None)
    return partner


def agree(person: Person, partner: Partner) -> None:
    """The separate consent of this person for this partner, to the words shown."""
    notice = partners.notice(partner)
    consents.give(person=person, code=notice.code, sha256=notice.sha256)


def shared(person: Person, partner: Partner) -> Disclosure:
    """A disclosure on its way, consented to."""
    agree(person, partner)
    return sharing.share(
        person_id=person.pk,
        partner=partner,
        purpose=partner.purpose,
        content=CONTACT,
        by=person,
    )


@dataclass
class Scripted:
    """A partner that answers every POST with `status` and `body`, and remembers what came."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def scripted_partner() -> Iterator[Scripted]:
    """Listens on a free port until the end of the block."""
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            script.letters.append((self.path, dict(self.headers.items()), raw))
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            self.wfile.write(script.body)

        def log_message(self, *_: object) -> None: ...

    with serving(Handler) as port:
        script.url = f"http://127.0.0.1:{port}"
        yield script
