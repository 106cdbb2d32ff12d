"""Posting letters: many at once over kept connections, to the very address that was checked."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Self

import pycurl

from consent.courier.letters import Letter
from consent.protocol.safe_url import Target
from consent.protocol.webhooks import Signer

PARALLEL = 32
TIMEOUT_S, CONNECT_TIMEOUT_S = 20, 5
ANSWER_MAX = 64 * 1024
# With the last time-out after it, a batch still ends well inside its lease.
SENDING_S = 30


@dataclass(slots=True)
class Answer:
    """What came back: a status (0 when nothing did), the body, how long it took, curl's error.

    `retry_after_s` is how long an overloaded partner asks us to wait; 0 when it does not say.
    """

    letter: Letter
    status: int = 0
    body: bytes = b""
    ms: int = 0
    error: int = 0
    retry_after_s: int = 0


class Lines:
    """The connections to one partner, kept from batch to batch until the end of the visit.

    Without a target every letter is answered by nothing.
    """

    def __init__(self, target: Target | None, signer: Signer, *, parallel: int = PARALLEL) -> None:
        self._signer = signer
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, parallel)
        self._lines = [_Line(target) for _ in range(parallel)] if target else []
        self._by_curl = {line.curl: line for line in self._lines}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            line.curl.close()
        self._multi.close()

    def post(self, letters: Sequence[Letter], *, seconds: float = SENDING_S) -> list[Answer]:
        """Post letters and return the answers, in the order they came.

        No letter is begun after `seconds`, or once as many as there are lines came to nothing:
        those left have no answer here and stay due.
        """
        if not self._lines:
            return [Answer(letter) for letter in letters]
        stop_at, reached = time.monotonic() + seconds, False
        waiting = iter(letters)
        for line, letter in zip(self._lines, waiting, strict=False):
            self._begin(line, letter)
        under_way = min(len(self._lines), len(letters))
        answers: list[Answer] = []
        while len(answers) < under_way:
            self._multi.perform()
            for curl, error in self._finished():
                line = self._by_curl[curl]
                self._multi.remove_handle(curl)
                answers.append(line.done(error))
                reached = reached or answers[-1].status > 0
                is_dead = not reached and len(answers) >= len(self._lines)
                stops = is_dead or time.monotonic() >= stop_at
                follows = None if stops else next(waiting, None)
                if follows is not None:
                    self._begin(line, follows)
                    under_way += 1
            if len(answers) < under_way:
                self._multi.select(1.0)
        return answers

    def _begin(self, line: "_Line", letter: Letter) -> None:
        line.load(letter, self._signer)
        self._multi.add_handle(line.curl)

    def _finished(self) -> Iterator[tuple[pycurl.Curl, int]]:
        while True:
            remaining, succeeded, failed = self._multi.info_read()
            yield from ((curl, 0) for curl in succeeded)
            yield from ((curl, code) for curl, code, _words in failed)
            if not remaining:
                return


class _Line:
    """One kept connection; posts one letter at a time."""

    def __init__(self, target: Target) -> None:
        self.curl = curl = pycurl.Curl()
        self._letter: Letter
        self._body = BytesIO()
        self._base = target.url.rstrip("/")
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(
            pycurl.PROTOCOLS,
            pycurl.PROTO_HTTPS if target.scheme == "https" else pycurl.PROTO_HTTP,
        )
        curl.setopt(pycurl.PROXY, "")
        # The address was resolved and judged once; curl may not look it up again.
        curl.setopt(pycurl.RESOLVE, [target.pin])
        curl.setopt(pycurl.CONNECTTIMEOUT, CONNECT_TIMEOUT_S)
        curl.setopt(pycurl.TIMEOUT, TIMEOUT_S)
        curl.setopt(pycurl.WRITEFUNCTION, self._write)

    def _write(self, chunk: bytes) -> int:
        if self._body.tell() + len(chunk) > ANSWER_MAX:
            return 0
        return self._body.write(chunk)

    def load(self, letter: Letter, signer: Signer) -> None:
        """Get ready to post this letter; the time in its signature is now."""
        self._letter = letter
        self._body.seek(0)
        self._body.truncate()
        headers = signer.headers(str(letter.due.id), letter.body, timestamp=int(time.time()))
        self.curl.setopt(pycurl.URL, self._base + letter.path)
        self.curl.setopt(pycurl.POSTFIELDS, letter.body)
        self.curl.setopt(
            pycurl.HTTPHEADER,
            ["Content-Type: application/json", "Expect:"]
            + [f"{name}: {value}" for name, value in headers.items()],
        )

    def done(self, error: int) -> Answer:
        """The answer to the loaded letter."""
        return Answer(
            self._letter,
            status=0 if error else int(self.curl.getinfo(pycurl.RESPONSE_CODE)),
            body=self._body.getvalue(),
            ms=int(self.curl.getinfo(pycurl.TOTAL_TIME) * 1000),
            error=error,
            retry_after_s=int(self.curl.getinfo(pycurl.RETRY_AFTER)),
        )
