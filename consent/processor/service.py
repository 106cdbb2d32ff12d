"""What the processor answers to a request, apart from any HTTP server.

Everything about persons is signed, in and out; a refusal names a field and never a value.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from consent.processor import page
from consent.processor.options import Options
from consent.processor.store import AlreadyExists, NotPending, Request, Store
from consent.protocol import answers, events, messages, opendsr, webhooks
from consent.protocol.messages import Malformed
from consent.protocol.opendsr import Problem

PROMISE = timedelta(days=1)  # how long after receipt this processor says it will be done
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, complete but for what every HTTP server adds itself."""

    code: int
    body: bytes
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Call:
    raw: bytes
    message_id: str
    request_id: str


_ID = r"(?P<id>[0-9a-fA-F-]{36})"


class Service:
    """The processor's endpoints. `wake` is called when new work was written down."""

    def __init__(self, options: Options, store: Store, wake: Callable[[], None]) -> None:
        self._options = options
        self._store = store
        self._wake = wake
        self._verifier = webhooks.Verifier(*options.secrets)
        self._signer = webhooks.Signer(*options.signing_keys)
        self._open: dict[str, Callable[[], Answer]] = {
            "/": lambda: Answer(200, page.render(store.people(), store.latest()), page.HTML),
            "/page.css": lambda: Answer(200, page.asset("page.css"), "text/css; charset=utf-8"),
            "/page.js": lambda: Answer(
                200, page.asset("page.js"), "text/javascript; charset=utf-8"
            ),
            "/v1/discovery": self._discovery,
        }
        self._signed: list[tuple[str, re.Pattern[str], Callable[[_Call], Answer]]] = [
            ("POST", re.compile(r"/v1/disclosures\Z"), self._disclosure),
            ("POST", re.compile(r"/v1/requests\Z"), self._request),
            ("POST", re.compile(r"/v1/requests/batch\Z"), self._batch),
            ("GET", re.compile(rf"/v1/requests/{_ID}\Z"), self._status),
            ("DELETE", re.compile(rf"/v1/requests/{_ID}\Z"), self._cancel),
        ]

    def answer(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Answer one request; `path` without its query, `raw` the exact bytes received."""
        if method == "GET" and path in self._open:
            return self._open[path]()
        for wanted, pattern, view in self._signed:
            match = pattern.match(path)
            if match is not None and wanted == method:
                request_id = match.groupdict().get("id", "")
                return self._checked(view, method, path, headers, raw, request_id)
        known = path in self._open or any(pattern.match(path) for _, pattern, _ in self._signed)
        return _refusal(405, "method") if known else _refusal(404, "path")

    def _checked(
        self,
        view: Callable[[_Call], Answer],
        method: str,
        path: str,
        headers: Mapping[str, str],
        raw: bytes,
        request_id: str,
    ) -> Answer:
        signed = raw if method == "POST" else webhooks.bodyless(method, path)
        try:
            proof = self._verifier.verify(headers, signed)
        except webhooks.SignatureRefused as refused:
            problem = Problem(refused.reason, "The signature was not accepted.")
            return Answer(401, answers.error_body(401, [problem], "Signature"))
        try:
            answer = view(_Call(raw, proof.message_id, request_id))
        except Malformed as malformed:
            answer = _refusal(400, malformed.reason, malformed.field)
        # Under the id of the request, so that no answer can be passed off as that to another.
        return self._sign(answer, proof.message_id)

    def _sign(self, answer: Answer, message_id: str) -> Answer:
        headers = self._signer.headers(message_id, answer.body)
        headers["X-OpenDSR-Processor-Domain"] = self._options.domain
        return Answer(answer.code, answer.body, answer.kind, headers)

    def _discovery(self) -> Answer:
        return self._sign(Answer(200, answers.discovery_body()), f"discovery_{uuid4().hex}")

    def _disclosure(self, call: _Call) -> Answer:
        shared = events.parse_disclosure(call.raw)
        stored = self._store.keep(call.message_id, shared)
        body = {"disclosure_id": str(shared.disclosure_id), "stored": stored}
        return Answer(200, messages.write(body))

    def _request(self, call: _Call) -> Answer:
        accepted = self._enter(messages.read(call.raw), opendsr.request_sha256(call.raw))
        self._wake()
        return Answer(201, answers.accepted_body(raw=call.raw, **accepted))

    def _batch(self, call: _Call) -> Answer:
        body = messages.read(call.raw, most=messages.MOST_BATCH)
        items = messages.objects(body, "requests", most=opendsr.MOST_IN_BATCH)
        sha256 = opendsr.request_sha256(call.raw)
        with self._store.transaction():
            results = [self._item(item, sha256) for item in items]
        self._wake()
        return Answer(200, answers.batch_answer_body(raw=call.raw, results=results))

    def _item(self, item: dict[str, object], sha256: str) -> dict[str, object]:
        request_id = messages.uuid(item, "subject_request_id")
        try:
            return {"code": 201, **self._enter(item, sha256)}
        except Malformed as malformed:
            refusal = answers.error(400, [Problem(malformed.reason, malformed.field)])
            return {"code": 400, "subject_request_id": str(request_id), **refusal}

    def _enter(self, body: dict[str, object], sha256: str) -> dict[str, str]:
        erasure = answers.parse_erasure(body, processor_domain=self._options.domain)
        if not self._calls_home(erasure.callback_url):
            raise Malformed("not_allowed", "status_callback_urls")
        try:
            request = self._store.enter(erasure, delay=self._options.delay)
        except AlreadyExists:
            raise Malformed("already_exists", "subject_request_id") from None
        received = _moment(request.received_at)
        return {
            "controller_id": self._options.domain,
            "subject_request_id": str(request.id),
            "received_time": messages.rfc3339(received),
            "expected_completion_time": messages.rfc3339(received + PROMISE),
            "processor_signature": self._receipt(request.id, sha256, received),
        }

    def _calls_home(self, url: str) -> bool:
        """Whether a callback address is the portal's own; we call nobody else."""
        try:
            parts, home = urlsplit(url), urlsplit(self._options.portal)
        except ValueError:
            return False
        return (parts.scheme, parts.netloc) == (home.scheme, home.netloc) and url.isascii()

    def _receipt(self, request_id: UUID, sha256: str, received_at: datetime) -> str:
        return opendsr.sign_receipt(
            self._signer, subject_request_id=request_id, sha256=sha256, received_at=received_at
        )

    def _status(self, call: _Call) -> Answer:
        request = self._store.find(UUID(call.request_id))
        if request is None:
            return _refusal(404, "unknown_request", "subject_request_id")
        return Answer(200, report(request, self._options.domain))

    def _cancel(self, call: _Call) -> Answer:
        try:
            request = self._store.withdraw(UUID(call.request_id))
        except NotPending:
            return _refusal(400, "not_pending", "subject_request_id")
        if request is None:
            return _refusal(404, "unknown_request", "subject_request_id")
        now = datetime.fromtimestamp(time.time(), UTC)
        sha256 = opendsr.request_sha256(webhooks.bodyless("DELETE", f"/v1/requests/{request.id}"))
        body = answers.cancelled_body(
            controller_id=self._options.domain,
            subject_request_id=str(request.id),
            received_time=messages.rfc3339(now),
            processor_signature=self._receipt(request.id, sha256, now),
        )
        return Answer(202, body)


def report(request: Request, domain: str, *, callback: bool = False) -> bytes:
    """The status body of a request; with `callback` the one that is sent on our own account."""
    status: answers.RequestStatus
    match request.status:
        case "pending" | "in_progress" | "completed" | "cancelled" as status:
            pass
        case _:
            raise ValueError("a state OpenDSR does not know")
    outcome = "completed" if request.deleted else "no_match"
    return answers.status_body(
        subject_request_id=request.id,
        request_status=status,
        expected_at=_moment(request.received_at) + PROMISE,
        controller_id=domain,
        extension={domain: {"outcome": outcome}} if status == "completed" else None,
        callback_url=request.callback_url if callback else None,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _refusal(code: int, reason: str, name: str = "") -> Answer:
    return Answer(code, answers.error_body(code, [Problem(reason, name)]))
