"""What may come in as a picture of a paper, and what is kept of it.

Nothing of the uploaded file survives but its pixels: every picture is decoded, turned upright,
shrunk, marked and encoded anew, so hidden payloads, places and camera data are gone.
Colour profiles go too: a paper must be readable, not exact in colour.
"""

import re
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO

import PIL.WebPImagePlugin  # noqa: F401 - Pillow would load it late, and racing threads with it
from PIL import Image, ImageFilter, ImageStat

from onboarding import heic
from onboarding.watermark import stamp

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 400
MAX_SIDE = 2048
QUALITY = 85

# What the merchant is told about a picture that is kept all the same: code -> words.
WARNINGS: Mapping[str, str] = {
    "blurred": "照片可能不够清晰，请确认文字能看清；看不清请重拍。",
    "dark": "照片偏暗，请确认文字能看清；看不清请到亮处重拍。",
    "flat": "照片几乎看不出内容，请确认拍到了证件。",
}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.preinit()

_FORMATS = ("JPEG", "PNG", "WEBP")
_ANIMATED_FORMATS = frozenset({"PNG", "WEBP"})  # phones put several stills into one JPEG
_ACCEPTED = "请上传JPG、PNG、WEBP或HEIC格式的照片。"
_START = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n|RIFF.{4}WEBP", re.DOTALL)
_HEIC_START = re.compile(b".{4}ftyp(he(ic|ix|im|is|vc|vx|vm|vs)|mif1|msf1)", re.DOTALL)
_OTHER_STARTS: Mapping[str, re.Pattern[bytes]] = {
    "PDF": re.compile(b"%PDF"),
    "GIF": re.compile(b"GIF8"),
    "BMP": re.compile(b"BM"),
    "TIFF": re.compile(rb"II\*\0|MM\0\*"),
    "AVIF": re.compile(b".{4}ftypavif", re.DOTALL),
}
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
_LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_ORIENTATION_TAG = 0x0112
_UPRIGHT: Mapping[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PictureRefused(ValueError):
    """An upload cannot be kept as a picture; `message_zh` is for the person who sent it."""

    def __init__(self, code: str, message_zh: str) -> None:
        super().__init__(code, message_zh)
        self.code = code
        self.message_zh = message_zh

    def __str__(self) -> str:
        return self.message_zh


@dataclass(frozen=True, slots=True)
class Picture:
    """A marked JPEG without metadata, its SHA-256, and keys of WARNINGS."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    sha256: str
    warnings: tuple[str, ...]


def check_size(size: int) -> None:
    """Refuse by the number of bytes alone, so that a caller need not read the upload first.

    Codes: empty, too_big.
    """
    if size == 0:
        raise PictureRefused("empty", "这个文件是空的，请重新拍照或选择照片上传。")
    if size > MAX_BYTES:
        megabytes = MAX_BYTES // 1024 // 1024
        raise PictureRefused(
            "too_big", f"照片不能超过{megabytes}MB，请用手机直接拍照上传，或压缩后再上传。"
        )


def prepare(raw: bytes, *, watermark: str, max_side: int = MAX_SIDE) -> Picture:
    """Make the picture we keep from an upload; the long side is at most `max_side` pixels.

    Codes: those of check_size, and not_picture, wrong_format, broken, too_many_pixels, animated,
    too_small, too_narrow.
    """
    check_size(len(raw))
    read = _read_heic if _HEIC_START.match(raw) else _read
    image = read(raw, max_side)
    found = _warnings(image)
    stamp(image, watermark)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    jpeg = out.getvalue()
    return Picture(jpeg, image.width, image.height, sha256(jpeg).hexdigest(), found)


def _read(raw: bytes, max_side: int) -> Image.Image:
    """Decode, shrink, turn upright; the result is RGB and carries nothing but pixels."""
    image = _opened(raw)
    _check_sides(image.size, max_side)
    _decode_smaller(image, max_side)
    try:
        image.load()
        transpose = _UPRIGHT.get(_orientation(image))
        plain = _rgb(image)
    except _DAMAGE:
        raise _broken() from None
    plain = _shrunk(plain, max_side)
    if transpose is not None:
        plain = plain.transpose(transpose)
    plain.info = {}  # an encoder may copy comments from here
    return plain


def _read_heic(raw: bytes, max_side: int) -> Image.Image:
    """The same for a HEIC photo; its decoder turns it upright."""
    try:
        size, image = heic.decode(raw, max_side=max_side, max_pixels=MAX_PIXELS)
    except heic.DecodingFailed:
        raise _broken() from None
    if image is None:
        raise _too_many_pixels()
    _check_sides(size, max_side)
    image.load()
    return image


def _opened(raw: bytes) -> Image.Image:
    """Read the header only, and refuse by what it says."""
    try:
        image = Image.open(BytesIO(raw), formats=_FORMATS)
        animated = image.format in _ANIMATED_FORMATS and getattr(image, "is_animated", False)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except _DAMAGE:
        raise _unreadable(raw) from None
    if image.width * image.height > MAX_PIXELS:  # should someone have reset Python's warnings
        raise _too_many_pixels()
    if animated:
        raise PictureRefused("animated", "不能上传动图，请上传一张普通照片。")
    return image


def _unreadable(raw: bytes) -> PictureRefused:
    if _START.match(raw):
        return _broken()
    for name, start in _OTHER_STARTS.items():
        if start.match(raw):
            return PictureRefused("wrong_format", f"暂不支持{name}格式，{_ACCEPTED}")
    return PictureRefused("not_picture", f"这个文件不是照片，{_ACCEPTED}")


def _broken() -> PictureRefused:
    return PictureRefused("broken", "照片已损坏或没有传完整，请重新拍照或选择照片上传。")


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        "too_many_pixels",
        f"照片像素过大（超过{MAX_PIXELS // 10_000}万像素），请用手机普通模式重新拍照上传。",
    )


def _check_sides(size: tuple[int, int], max_side: int) -> None:
    short, long = sorted(size)
    if short < MIN_SIDE:
        raise PictureRefused(
            "too_small",
            f"照片太小，看不清文字：短边至少要{MIN_SIDE}像素。请重新拍照，不要上传缩略图或截图。",
        )
    if short * max_side < MIN_SIDE * long:
        raise PictureRefused("too_narrow", "照片太窄长，请正对证件拍照，让证件占满画面。")


def _decode_smaller(image: Image.Image, max_side: int) -> None:
    """Let a JPEG decode at 1/2, 1/4 or 1/8 where that is not far below `max_side`."""
    for part in (8, 4, 2):
        if max(image.size) // part >= 0.9 * max_side:
            image.draft(None, (image.width // part, image.height // part))
            return


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DAMAGE:
        return 1  # damaged camera data is no reason to refuse a good picture


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit grey scans
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    layered = image.convert("RGBA")
    paper = Image.new("RGB", layered.size, "white")
    paper.paste(layered, mask=layered.getchannel("A"))
    return paper


def _shrunk(image: Image.Image, max_side: int) -> Image.Image:
    long = max(image.size)
    if long <= max_side:
        return image
    width, height = (round(side * max_side / long) for side in image.size)
    return image.resize((width, height), Image.Resampling.HAMMING, reducing_gap=2.0)


def _warnings(image: Image.Image) -> tuple[str, ...]:
    """Judge sharpness and light on a grey copy about 1000 pixels long."""
    grey = image.convert("L").reduce(max(1, round(max(image.size) / 1000)))
    edges = grey.filter(_LAPLACE).crop((1, 1, grey.width - 1, grey.height - 1))
    light = ImageStat.Stat(grey)
    judged = {
        "blurred": ImageStat.Stat(edges).var[0] < 60,
        "dark": light.mean[0] < 70,
        "flat": light.stddev[0] < 20,
    }
    return tuple(code for code, is_so in judged.items() if is_so)
