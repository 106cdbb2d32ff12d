"""The processor over HTTP: the standard library's threading server, bounded on every side.

Logs method, code and nothing else: paths and bodies are about people.
"""

import http.server
import logging
import sys
import threading
from http import HTTPStatus
from typing import ClassVar

from consent.processor.options import Options
from consent.processor.service import Answer, Service
from consent.processor.store import Store
from consent.processor.work import Caller, Eraser, Loop
from consent.protocol import answers, messages
from consent.protocol.opendsr import Problem

logger = logging.getLogger(__name__)

_SHELL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self';"
    " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class _Refused(Exception):
    def __init__(self, code: HTTPStatus) -> None:
        super().__init__(code)
        self.code = code


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "demo-partner"
    sys_version = ""
    timeout = 30
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True
    service: ClassVar[Service]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        try:
            raw = self._read()
        except _Refused as refused:
            # The rest of the body is unread, so the connection is of no further use.
            self.close_connection = True
            problems = [Problem("length", "")]
            self._send(Answer(refused.code, answers.error_body(refused.code, problems)))
        else:
            headers = dict(self.headers.items())
            self._send(self.service.answer(self.command, path, headers, raw))

    def _read(self) -> bytes:
        length = self.headers.get("Content-Length", "0" if self.command != "POST" else "")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            raise _Refused(HTTPStatus.LENGTH_REQUIRED)
        if len(length) > 12 or int(length) > messages.MOST_BATCH:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        raw = self.rfile.read(int(length))
        if len(raw) != int(length):
            raise _Refused(HTTPStatus.BAD_REQUEST)
        return raw

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.code)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in {**_SHELL, **answer.headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        logger.info("%s %s", self.command, int(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Drop the parent's messages: they quote the request."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        logger.warning("a request ended with %s", getattr(sys.exc_info()[0], "__name__", "nothing"))


class Processor:
    """Server and both loops together; `start` returns at once, `stop` when all has ended."""

    def __init__(self, options: Options) -> None:
        self._store = Store(options.store)
        self._line = Caller(options, self._store)
        self._caller = Loop("caller", self._line)
        self._eraser = Loop("eraser", Eraser(self._store, self._caller.wake))
        service = Service(options, self._store, self._eraser.wake)
        handler = type("Handler", (_Handler,), {"service": service})
        self._server = _Server((options.host, options.port), handler)
        self._listener = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self.url = f"http://{options.host}:{self._server.server_port}"

    def start(self) -> None:
        """Serve, and take up the work the store still holds."""
        self._store.call_now()
        for thread in (self._eraser, self._caller, self._listener):
            thread.start()

    def stop(self) -> None:
        """End after the requests and steps at hand."""
        self._server.shutdown()
        self._server.server_close()
        self._eraser.stop()
        self._caller.stop()
        self._line.close()
        self._store.close()
