"""The portal's end of the partner protocol for tests: it listens for callbacks and it signs."""

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from consent.protocol import events, opendsr, statuses, webhooks
from consent.protocol.webhooks import Signer, Verifier

T = TypeVar("T")

DOMAIN = "demo-partner.localhost"
CALLBACK_PATH = "/opendsr/callback/demo/"
SECRET = webhooks.new_secret()
ZHANG = {"contact_name": "张三丰", "contact_phone": "13800138000"}
LI = {"contact_name": "李时珍", "contact_phone": "13911112222"}


def wait_for(look: Callable[[], T], seconds: float = 10) -> T:
    """What `look` gives, as soon as it gives something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@dataclass
class Portal:
    """Stands where the portal listens for callbacks; answers with `code`."""

    url: str = ""
    code: int = 202
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def callback_url(self) -> str:
        return self.url + CALLBACK_PATH


@contextmanager
def portal_listening() -> Iterator[Portal]:
    """A portal on a free port."""
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            portal.calls.append((dict(self.headers.items()), raw))
            self.send_response(portal.code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    portal.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Reply:
    code: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Client:
    """Speaks to a processor as the portal does."""

    url: str
    secret: str
    portal: Portal

    def send(self, method: str, path: str, raw: bytes = b"", **headers: str) -> Reply:
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            line.request(method, path, raw or None, headers)
            response = line.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read())
        finally:
            line.close()

    def signed(
        self, method: str, path: str, raw: bytes = b"", *, message_id: str = "", age: int = 0
    ) -> Reply:
        """Send with a good signature; the answer's own signature is checked too."""
        message_id = message_id or f"msg_{uuid4().hex}"
        content = raw if method == "POST" else webhooks.bodyless(method, path)
        stamp = int(time.time()) - age
        headers = Signer(self.secret).headers(message_id, content, timestamp=stamp)
        reply = self.send(method, path, raw, **headers)
        if reply.code != 401:
            assert Verifier(self.secret).verify(reply.headers, reply.raw).message_id == message_id
        return reply

    def share(self, person: UUID, contact: dict[str, str], **options: Any) -> Reply:
        message_id = str(options.pop("message_id", ""))
        given: dict[str, Any] = {
            "disclosure_id": uuid4(),
            "identity": person,
            "shared_at": datetime.now(UTC),
            "purpose": "联系商家",
            "legal_basis": "separate_consent",
            "categories": ["contact"],
            "contact": contact,
        }
        body = events.disclosure_shared(**given | options)
        return self.signed("POST", "/v1/disclosures", body, message_id=message_id)

    def erasure(self, request_id: UUID, person: UUID, **options: Any) -> bytes:
        given: dict[str, Any] = {
            "subject_request_id": request_id,
            "identity": person,
            "submitted_at": datetime.now(UTC),
            "callback_url": self.portal.callback_url,
            "processor_domain": DOMAIN,
        }
        return opendsr.erasure_body(**given | options)

    def status(self, request_id: UUID) -> str:
        return str(self.signed("GET", f"/v1/requests/{request_id}").body["request_status"])


class Process:
    """The processor as a process of its own, to be killed and started again on one store."""

    def __init__(self, store: Path, portal: Portal, secret: str, *options: str) -> None:
        command = [sys.executable, "-m", "consent.processor", "--port", "0"]
        command += ["--store", str(store), "--portal", portal.url, *options]
        self.running = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[3],
            env={"DEMO_PARTNER_SECRET": secret, "PYTHONWARNINGS": "error"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.running.stdout is not None
        self.output = self.running.stdout
        found = re.search(r"http://\S+:\d+", self.output.readline())
        assert found is not None, self.output.read()
        self.client = Client(found[0], secret, portal)

    def kill(self) -> None:
        """As a power cut would."""
        self.running.kill()
        self.running.wait()

    def stop(self) -> str:
        """As Ctrl-C would; gives what was printed."""
        self.running.terminate()
        printed = self.output.read()
        assert self.running.wait(10) == 0
        return printed


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def outcome_of(call: tuple[dict[str, str], bytes], portal: Portal) -> statuses.Status:
    headers, raw = call
    Verifier(SECRET).verify(headers, raw)
    return statuses.parse_callback(raw, processor_domain=DOMAIN, ours={portal.callback_url})


def erase(client: Client, person: UUID, **changes: object):
    request_id = uuid4()
    body = client.erasure(request_id, person, **changes)
    return request_id, body, client.signed("POST", "/v1/requests", body)
