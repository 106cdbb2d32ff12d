"""A paper's way in: check, strip, shrink, mark and encode a 12 MP photo.

Set against the least that any upload must cost that is not stored as it came: Pillow decoding
the same file and encoding it again at full size and the same quality, with no check at all.
"""

from io import BytesIO
from random import Random

from PIL import Image

from bench.harness import Row, interleaved
from onboarding import pictures

GOAL = 1.3
SIZE = (4000, 3000)


def measure() -> Row:
    """Time both on the same 12 MP JPEG, interleaved."""
    raw = photo()

    def subject() -> None:
        pictures.prepare(raw, watermark="仅用于51车商家认证 2026-11-22")

    def baseline() -> None:
        Image.open(BytesIO(raw)).save(BytesIO(), "JPEG", quality=pictures.QUALITY)

    ours, bare = interleaved(subject, baseline)
    return Row(
        name="paper upload, 12 MP JPEG: check, strip, shrink, mark",
        value=f"{ours * 1000:.0f} ms",
        against=f"bare Pillow decode + encode, {bare * 1000:.0f} ms",
        ratio=ours / bare,
        goal=f"≤ {GOAL}×",
        met=ours / bare <= GOAL,
    )


def photo() -> bytes:
    """Soft shapes under fine grain: as busy as a phone's photo, the same every time."""
    random = Random(7)
    width, height = SIZE
    shapes = Image.frombytes("RGB", (80, 60), random.randbytes(80 * 60 * 3))
    grain = Image.frombytes("RGB", SIZE, random.randbytes(width * height * 3))
    soft = shapes.resize(SIZE, Image.Resampling.BICUBIC)
    out = BytesIO()
    Image.blend(soft, grain, 0.06).save(out, "JPEG", quality=90)
    return out.getvalue()
