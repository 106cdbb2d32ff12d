"""Refuses an upload as soon as it is too big: nothing past the limit is ever held."""

from typing import IO, Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest

from onboarding.pictures import MAX_BYTES

# Up to here the rest of a refused upload is read and thrown away, so that the browser gets to see
# the answer; what announces more than this is cut off.
DRAINED_BYTES = 512 * 1024 * 1024
_PIECE = 64 * 1024


class BoundedUploadHandler(MemoryFileUploadHandler):
    """Keeps files of one request in memory, never on disk, MAX_BYTES of them all together."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0

    def handle_raw_input(self, *args: Any, **_kwargs: Any) -> None:
        self.activated = True
        self._body: IO[bytes] = args[0]
        self._announced: int = args[2]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._received += len(raw_data)
        if self._received > MAX_BYTES:
            self._refuse()
        self.file.write(raw_data)

    def _refuse(self) -> None:
        self.file.close()
        if self.request is not None:
            self.request.upload_is_too_big = True  # type: ignore[attr-defined]  # for is_too_big()
        if self._announced <= DRAINED_BYTES:
            # Django would drain line by line, and hold a line of 200 MB whole.
            while self._body.read(_PIECE):
                pass
        raise StopUpload(connection_reset=True)


def is_too_big(request: HttpRequest) -> bool:
    """Whether this request's files were refused for their size. Reads the request's body."""
    _ = request.FILES
    return bool(getattr(request, "upload_is_too_big", False))
