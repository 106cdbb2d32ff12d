"""The processor's two loops: one deletes, one reports back. All work is rows of the store.

A loop only hurries through what is due; stopping or killing it loses nothing.
"""

import http.client
import logging
import sqlite3
import threading
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from consent.processor.options import Options
from consent.processor.service import report
from consent.processor.store import Request, Store
from consent.protocol.webhooks import Signer

logger = logging.getLogger(__name__)

PAUSE = 0.5  # seconds between two looks at the store when nobody wakes the loop
AT_ONCE = 500  # persons deleted between two rewritings of the file
WAITS = (1, 2, 5, 10, 30, 60, 300, 900)  # seconds before the next callback; the last one for ever


class Step(Protocol):
    """One piece of work; False when nothing is due."""

    def __call__(self) -> bool: ...


class Loop(threading.Thread):
    """Takes `step` until nothing is due, then rests until woken."""

    def __init__(self, name: str, step: Step) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._woken = threading.Event()
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                while not self._stopped.is_set() and self._step():
                    pass
            except sqlite3.Error as error:
                logger.warning("%s: %s, trying again", self.name, type(error).__name__)
            self._woken.wait(PAUSE)
            self._woken.clear()

    def wake(self) -> None:
        """There may be something to do now."""
        self._woken.set()

    def stop(self) -> None:
        """Finish the step at hand and end; a call that hangs is left to the next start."""
        self._stopped.set()
        self._woken.set()
        self.join(timeout=3)


class Eraser:
    """Deletes what is due, a few hundred persons at a time; `then` is called when that is done."""

    def __init__(self, store: Store, then: Callable[[], None]) -> None:
        self._store = store
        self._then = then

    def __call__(self) -> bool:
        for _ in range(AT_ONCE):
            request_id = self._store.begin_erasing()
            if request_id is None:
                break
            self._store.erase(request_id)
        if not self._store.finish_erasing():
            return False
        self._then()
        return True


class Caller:
    """Tells the portal what was done, over one kept connection, until it takes it."""

    def __init__(self, options: Options, store: Store) -> None:
        self._store = store
        self._domain = options.domain
        self._signer = Signer(*options.signing_keys)
        home = urlsplit(options.portal)
        kind = http.client.HTTPSConnection if home.scheme == "https" else http.client.HTTPConnection
        self._line = kind(home.hostname or "", home.port, timeout=15)

    def __call__(self) -> bool:
        request = self._store.due_call()
        if request is None:
            return False
        code = self._call(request)
        if 200 <= code < 300:
            self._store.called(request.id)
        else:
            wait = WAITS[min(request.calls, len(WAITS) - 1)]
            logger.warning("callback answered %s, again in %s s", code or "nothing", wait)
            self._store.call_later(request.id, wait=wait)
        return True

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _call(self, request: Request) -> int:
        """The status code, 0 when there was no answer. No redirect is followed."""
        body = report(request, self._domain, callback=True)
        headers = {
            "Content-Type": "application/json",
            "X-OpenDSR-Processor-Domain": self._domain,
            **self._signer.headers(f"callback_{request.id}_{request.status}", body),
        }
        parts = urlsplit(request.callback_url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            self._line.request("POST", target or "/", body, headers)
            response = self._line.getresponse()
            response.read(64 * 1024)
        except (OSError, http.client.HTTPException):
            self._line.close()
            return 0
        if not response.isclosed():  # more than we care to read
            self._line.close()
        return response.status
