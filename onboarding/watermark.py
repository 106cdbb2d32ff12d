"""The visible mark on a stored paper: who it was given to, for what, and when.

Drawn with the first Chinese font found on the machine; where none is, with Pillow's own Latin
font and an English wording, so that no paper is ever kept unmarked.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = tuple[str, int]  # path, and the face inside a collection

CJK_FONTS: Sequence[Font] = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),  # Debian: fonts-noto-cjk
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),  # Arch, Alpine
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),  # Fedora
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),  # Debian: fonts-wqy-microhei
    (
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        0,
    ),  # Debian: fonts-droid-fallback
    ("/System/Library/Fonts/PingFang.ttc", 0),  # macOS, up to 14
    ("/System/Library/Fonts/STHeiti Light.ttc", 1),  # macOS
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),  # macOS
)

_INK = (64, 64, 64, 105)
_HALO = (255, 255, 255, 90)  # keeps the ink readable on dark pictures
_ANGLE = 24
_LETTERS_ACROSS = 44  # letters of the mark that would fit the picture's long side


def stamp(image: Image.Image, text: str, *, fonts: Sequence[Font] = CJK_FONTS) -> None:
    """Cover an RGB picture in place with slanted copies of `text`, every other row shifted."""
    tile = _tile(text, max(12, max(image.size) // _LETTERS_ACROSS), fonts)
    step_x, step_y = tile.width + tile.width // 8, tile.height + tile.height // 8
    for row, y in enumerate(range(-tile.height // 2, image.height, step_y)):
        for x in range(-tile.width // 2 * (row % 2), image.width, step_x):
            image.paste(tile, (x, y), tile)


def _tile(text: str, size: int, fonts: Sequence[Font]) -> Image.Image:
    font, words = _font(text, size, fonts)
    left, top, right, bottom = font.getbbox(text=words, stroke_width=2)
    flat = Image.new("RGBA", (int(right - left) + 4, int(bottom - top) + 4), (255, 255, 255, 0))
    ImageDraw.Draw(flat).text(
        (2 - left, 2 - top), words, font=font, fill=_INK, stroke_width=2, stroke_fill=_HALO
    )
    return flat.rotate(
        _ANGLE, resample=Image.Resampling.BILINEAR, expand=True, fillcolor=(255, 255, 255, 0)
    )


def _font(
    text: str, size: int, fonts: Sequence[Font]
) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, str]:
    for path, face in fonts:
        if Path(path).is_file():
            font = ImageFont.truetype(path, size, index=face, layout_engine=ImageFont.Layout.BASIC)
            return font, text
    return ImageFont.load_default(size), text if text.isascii() else _in_english(text)


def _in_english(text: str) -> str:
    days = re.findall("[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    return " · ".join(["51che only", *days])
