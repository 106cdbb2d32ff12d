"""Decodes photos of iPhones in a process of its own, which may die for it.

A few wrong bytes in a HEIC file crash the decoder (pi-heif 1.4, libheif 1.23) rather than raise:
run in the web process, one upload would take every other request with it. The child is this same
file; it sees no environment, no open files and no secrets, and its memory and time are bounded.
"""

import struct
import subprocess
import sys
from io import BytesIO

import pi_heif
from PIL import Image

SECONDS = 20
_MEMORY = 2 * 1024**3
_SIZE = struct.Struct(">II")


class DecodingFailed(Exception):
    """The file is damaged, or asks for more memory or time than any photo needs."""


def decode(
    raw: bytes, *, max_side: int, max_pixels: int
) -> tuple[tuple[int, int], Image.Image | None]:
    """Give the photo's true size, and its upright RGB pixels shrunk to `max_side`.

    The pixels are None where the true size is over `max_pixels`. Raises DecodingFailed.
    """
    command = [sys.executable, "-I", __file__, str(max_side), str(max_pixels)]
    try:
        child = subprocess.run(  # noqa: S603 - this file and two numbers
            command, input=raw, capture_output=True, check=True, timeout=SECONDS, env={}
        )
    except subprocess.SubprocessError:
        raise DecodingFailed from None
    width, height = _SIZE.unpack_from(child.stdout)
    pixels = child.stdout[_SIZE.size :]
    if not pixels:
        return (width, height), None
    return (width, height), Image.open(BytesIO(pixels), formats=["PPM"])


def _answer(raw: bytes, max_side: int, max_pixels: int) -> bytes:
    """The child's work: the true size, and the pixels as PPM if there are not too many."""
    image = Image.open(BytesIO(raw), formats=["HEIF"])
    if image.width * image.height <= max_pixels:
        image.load()  # may correct the size
    size = _SIZE.pack(*image.size)
    if image.width * image.height > max_pixels:
        return size
    plain = image.convert("RGB")
    plain.thumbnail((max_side, max_side), Image.Resampling.HAMMING)
    out = BytesIO()
    plain.save(out, "PPM")
    return size + out.getvalue()


def _bind_hands() -> None:
    import resource  # noqa: PLC0415 - for the child alone

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the photo
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    _bind_hands()
    Image.MAX_IMAGE_PIXELS = None  # the size is checked here
    # Only the main picture of the file is wanted.
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    answer = _answer(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.buffer.write(answer)
