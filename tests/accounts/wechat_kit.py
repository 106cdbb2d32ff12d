"""A scripted WeChat on this machine, answering the exchange of a code as the real one does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.loopback import serving

# As WeChat answers, whose texts come as text/plain.
ANSWERED = {
    "access_token": "84_kept-by-nobody",
    "expires_in": 7200,
    "refresh_token": "84_nor-this",
    "openid": "oLVPpjqs9BhvzwPj5A-vTYAX3GLc",
    "scope": "snsapi_base",
}
BY_PICTURE = ANSWERED | {"scope": "snsapi_login", "unionid": "o6_bmasdasdsad6_2sgVt7hMZOPfL"}
CODE_INVALID = {"errcode": 40029, "errmsg": "invalid code, rid: 65fbd7d1-1c1f0a2b-0f1e2d3c"}
CODE_USED = {"errcode": 40163, "errmsg": "code been used, rid: 65fbd7d1-1c1f0a2b-0f1e2d3c"}
SECRET_WRONG = {"errcode": 40125, "errmsg": "invalid appsecret, rid: 65fbd7d1-1c1f0a2b-0f1e2d3c"}
BUSY = {"errcode": -1, "errmsg": "system error"}
SNAPSHOT = ANSWERED | {"is_snapshotuser": 1}


@dataclass
class Wechat:
    """What it answers next, and the addresses it was asked at."""

    url: str = ""
    status: int = 200
    body: bytes = json.dumps(ANSWERED).encode()
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, told: object) -> None:
        """Answer with this from now on."""
        self.body = json.dumps(told).encode()


@contextmanager
def scripted_wechat() -> Iterator[Wechat]:
    """Listens on a free port until the end of the block."""
    script = Wechat()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.asked.append(self.path)
            self.send_response(script.status)
            self.send_header("Content-Type", "text/plain")
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(script.body)))
            self.end_headers()
            self.wfile.write(script.body)

        def log_message(self, *_: object) -> None: ...

    with serving(Handler) as port:
        script.url = f"http://wx01:the-secret@127.0.0.1:{port}/?site=wx02:other-secret"
        yield script
