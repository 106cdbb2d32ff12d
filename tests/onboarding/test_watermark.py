"""The mark on a stored paper: everywhere, readable, and there without a Chinese font."""

import pytest
from PIL import Image, ImageChops

from onboarding import watermark
from tests.onboarding.photos import MARK, file, kept


def inked(image: Image.Image) -> list[bool]:
    """Whether each of 4 × 3 fields of a white picture carries ink."""
    width, height = image.width // 4, image.height // 3
    boxes = [
        (x * width, y * height, (x + 1) * width, (y + 1) * height)
        for y in range(3)
        for x in range(4)
    ]
    return [sum(image.convert("L").crop(box).histogram()[:200]) > 0 for box in boxes]


@pytest.mark.parametrize("fonts", [watermark.CJK_FONTS, ()], ids=["chinese", "bundled"])
@pytest.mark.parametrize("ground", ["white", "black"])
def test_mark_covers_every_part_of_the_picture(fonts, ground):
    image = Image.new("RGB", (2000, 1500), ground)

    watermark.stamp(image, MARK, fonts=fonts)

    if ground == "black":
        image = ImageChops.invert(image).point(lambda value: 255 if value > 230 else value)
    assert inked(image) == [True] * 12


def test_mark_is_part_of_what_is_kept():
    raw = file(Image.new("RGB", (1200, 900), "white"))

    assert inked(kept(raw)) == [True] * 12


def test_mark_leaves_most_of_the_picture_untouched():
    image = Image.new("RGB", (2000, 1500), "white")

    watermark.stamp(image, MARK)

    untouched = image.convert("L").histogram()[255] / (2000 * 1500)
    assert untouched > 0.85


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("仅用于51车商家认证 2026-11-22", "51che only · 2026-11-22"),
        ("仅用于51车商家认证", "51che only"),
        ("only for 51che", "only for 51che"),
    ],
)
def test_mark_falls_back_to_english_where_no_chinese_font_is_found(text, same_as):
    fallen, wanted = Image.new("RGB", (800, 600)), Image.new("RGB", (800, 600))

    watermark.stamp(fallen, text, fonts=[("/nowhere/font.ttc", 0)])
    watermark.stamp(wanted, same_as, fonts=())

    assert fallen.tobytes() == wanted.tobytes()
