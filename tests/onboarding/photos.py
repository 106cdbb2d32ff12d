"""Photos to upload, made here or by an encoder that the product does not have."""

from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageDraw

from onboarding import pictures
from onboarding.pictures import PictureRefused

MARK = "仅用于51车商家认证 2026-11-22"
_DATA = Path(__file__).parent / "data"
HEIC = (_DATA / "turned.heic").read_bytes()  # 640 × 480, red left, blue right, then turned by 90°
SMALL_HEIC = (_DATA / "small.heic").read_bytes()  # 320 × 500
RED, BLUE = (200, 30, 30), (30, 30, 200)
CORNERS = {"R": (220, 0, 0), "G": (0, 220, 0), "B": (0, 0, 220), "K": (0, 0, 0)}


def scene(width: int, height: int) -> Image.Image:
    """Sharp, bright and busy: nothing to warn about."""
    image = Image.new("RGB", (width, height), (235, 238, 240))
    draw = ImageDraw.Draw(image)
    random = Random(5)
    for _ in range(400):
        x, y = random.randrange(width), random.randrange(height)
        draw.rectangle((x, y, x + width // 30, y + height // 60), (random.randrange(120),) * 3)
    return image


def halves(width: int = 640, height: int = 480) -> Image.Image:
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def quarters() -> Image.Image:
    """Red, green, blue and black: clockwise from the top left."""
    image = Image.new("RGB", (640, 480))
    image.paste(CORNERS["R"], (0, 0, 320, 240))
    image.paste(CORNERS["G"], (320, 0, 640, 240))
    image.paste(CORNERS["B"], (320, 240, 640, 480))
    return image


def corners_of(image: Image.Image) -> str:
    right, bottom = image.width - 4, image.height - 4
    return "".join(
        next((name for name, colour in CORNERS.items() if near(image.getpixel(xy), colour)), "?")
        for xy in ((3, 3), (right, 3), (right, bottom), (3, bottom))
    )


def file(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def prepare(raw: bytes, **options) -> pictures.Picture:
    return pictures.prepare(raw, watermark=MARK, **options)


def kept(raw: bytes) -> Image.Image:
    return Image.open(BytesIO(prepare(raw).jpeg))


def refusal(raw: bytes) -> PictureRefused:
    with pytest.raises(PictureRefused) as caught:
        prepare(raw)
    return caught.value


def near(found, wanted) -> bool:
    return all(abs(a - b) < 60 for a, b in zip(found, wanted, strict=True))


def phone_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 6.0, 12.0), 3: "E", 4: (119.0, 38.0, 6.0)})
    return exif
