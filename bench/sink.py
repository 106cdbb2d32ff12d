"""A partner that costs next to nothing: 201 to every OpenDSR request, nothing kept or checked.

One process, one loop over kept connections; `started()` gives its address and its end.
"""

import selectors
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

from bench.harness import ROOT

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "
_ID = b'"subject_request_id":"'
_ANSWER = (
    b'{"controller_id":"portal","expected_completion_time":"2099-01-01T00:00:00Z",'
    b'"received_time":"2026-01-01T00:00:00Z","subject_request_id":"%b","encoded_request":"%b",'
    b'"processor_signature":"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'
)
_CREATED = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


@contextmanager
def started() -> Iterator[str]:
    """The sink's address while the block runs; it is a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def serve() -> None:
    """Answer until killed."""
    door = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(door.getsockname()[1], flush=True)
    ready = selectors.DefaultSelector()
    ready.register(door, selectors.EVENT_READ, None)
    while True:
        for key, _events in ready.select():
            if key.data is None:
                line = door.accept()[0]
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ready.register(line, selectors.EVENT_READ, (line, bytearray()))
            elif not _answer(*key.data):
                ready.unregister(key.fileobj)
                key.data[0].close()


def _answer(line: socket.socket, heard: bytearray) -> bool:
    """Answer every whole request heard so far; False when the other side has gone."""
    try:
        heard += (chunk := line.recv(65536))
        while body := _whole_body(heard):
            start = body.find(_ID) + len(_ID)
            answer = _ANSWER % (body[start : start + 36], b64encode(body))
            line.sendall(_CREATED % (len(answer), answer))
    except OSError:
        return False
    return bool(chunk)


def _whole_body(heard: bytearray) -> bytes:
    """Take the first request off what was heard; b"" until all of it is there."""
    head, end, _rest = bytes(heard).partition(_HEAD_END)
    if not end:
        return b""
    size = int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0])
    begin = len(head) + len(end)
    if len(heard) < begin + size:
        return b""
    body = bytes(heard[begin : begin + size])
    del heard[: begin + size]
    return body


if __name__ == "__main__":
    serve()
