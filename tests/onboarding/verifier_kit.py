"""A verifier on this machine: registered, assessed, active, answering as it is told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from consent.actions import partners
from consent.models import Partner
from consent.recipient_purposes import PurposeClass
from tests.consent import assessment_kit
from tests.consent.sharing_kit import registered
from tests.loopback import serving

SLUG = "verifier"
CODE = f"share:{SLUG}"
REFERENCE = "94b54cdf-d975-4718-b091-32f8d79d6397"


def registered_verifier() -> Partner:
    """Everything the law wants of it is there; deletions are dealt with by hand."""
    partner = registered(
        SLUG,
        ["春风又绿江南岸 0517"],
        kind=Partner.Kind.SUPPLIER,
        legal_name="某某云计算有限公司",
        purpose="向公安机关的人口信息核对姓名和身份证号码是否一致",
        purpose_class=PurposeClass.IDENTITY,
        protocol=Partner.Protocol.MANUAL,
        method="加密网络接口",
        domain="",
        endpoint="",
        scope={"identity": ["real_name", "id_number"]},
    )
    assessment_kit.in_force(CODE)
    return partner


def active_verifier() -> Partner:
    """Data may go to it, on consent."""
    partner = registered_verifier()
    partners.activate(partner=partner, by=None)
    return partner


@dataclass
class Script:
    """What it answers, and what it was asked: path, headers, body."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def says(self, result: str) -> None:
        """Answer with a result code from now on."""
        self.status = 200
        told = {"Result": result, "Description": "业务结果描述", "RequestId": REFERENCE}
        self.body = json.dumps({"Response": told}, ensure_ascii=False).encode()

    def fails(self, code: str) -> None:
        """Answer with an error from now on."""
        self.status = 200
        error = {"Code": code, "Message": "出错了"}
        self.body = json.dumps({"Response": {"Error": error, "RequestId": REFERENCE}}).encode()


@contextmanager
def listening() -> Iterator[Script]:
    """Listens on a free port until the end of the block; at first all is well."""
    script = Script()
    script.says("0")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            script.asked.append((self.path, dict(self.headers.items()), raw))
            self.send_response(script.status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            self.wfile.write(script.body)

        def log_message(self, *_: object) -> None: ...

    with serving(Handler) as port:
        script.url = f"tencent+http://AKIDtest:s3cr3t@127.0.0.1:{port}/{SLUG}"
        yield script
