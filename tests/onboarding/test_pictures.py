"""What is kept of an uploaded picture, and what is refused: on real files, made here."""

import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from onboarding import pictures
from onboarding.pictures import PictureRefused
from tests.onboarding.photos import (
    HEIC,
    RED,
    corners_of,
    file,
    halves,
    kept,
    near,
    phone_exif,
    prepare,
    quarters,
    refusal,
    scene,
)

# What is kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_is_kept_as_a_jpeg_with_its_size_and_hash(kind):
    picture = prepare(file(scene(800, 600), kind))

    image = Image.open(BytesIO(picture.jpeg))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert (picture.width, picture.height) == image.size == (800, 600)
    assert picture.sha256 == sha256(picture.jpeg).hexdigest()
    assert picture.warnings == ()


@pytest.mark.parametrize(
    ("kind", "size", "kept_size"),
    [
        ("JPEG", (2048, 1536), (2048, 1536)),
        ("JPEG", (3264, 2448), (2048, 1536)),
        ("JPEG", (4000, 3000), (2000, 1500)),
        ("JPEG", (3024, 4032), (1512, 2016)),
        ("JPEG", (4608, 3456), (2048, 1536)),
        ("JPEG", (7001, 5003), (2048, 1464)),
        ("PNG", (3000, 2000), (2048, 1365)),
    ],
)
def test_picture_is_shrunk_to_its_longest_side(kind, size, kept_size):
    picture = prepare(file(scene(*size), kind))

    assert (picture.width, picture.height) == kept_size


def test_picture_is_shrunk_to_the_side_asked_for():
    picture = prepare(file(scene(1600, 1200)), max_side=1000)

    assert (picture.width, picture.height) == (1000, 750)


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        (1, "RGBK"),
        (2, "GRKB"),
        (3, "BKRG"),
        (4, "KBGR"),
        (5, "RKBG"),
        (6, "KRGB"),
        (7, "BGRK"),
        (8, "GBKR"),
    ],
)
def test_picture_is_turned_upright_as_its_camera_says(orientation, corners):
    image = kept(file(quarters(), exif=phone_exif(orientation)))

    assert image.size == ((640, 480) if orientation < 5 else (480, 640))
    assert corners_of(image) == corners


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_are_gone_from_the_picture(kind):
    raw = file(scene(640, 480), kind, exif=phone_exif())
    assert Image.open(BytesIO(raw)).getexif().get_ifd(0x8825)[1] == "N"

    picture = prepare(raw)

    image = Image.open(BytesIO(picture.jpeg))
    assert dict(image.getexif()) == {}
    assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"SecretPhone" not in picture.jpeg


def test_comments_profiles_and_xmp_are_gone_from_the_picture():
    hidden = b"hidden"
    raw = file(scene(640, 480), comment=hidden, icc_profile=hidden, xmp=hidden)
    assert raw.count(hidden) == 3

    assert prepare(raw).jpeg.count(hidden) == 0


def test_payload_behind_the_picture_is_gone():
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as archived:
        archived.writestr("payload.sh", "rm -rf /")
    raw = file(scene(640, 480)) + b"<script>alert(1)</script>" + archive.getvalue()
    assert zipfile.is_zipfile(BytesIO(raw))

    picture = prepare(raw)

    assert not zipfile.is_zipfile(BytesIO(picture.jpeg))
    assert b"<script>" not in picture.jpeg
    assert picture.jpeg.endswith(b"\xff\xd9")


def test_payload_inside_the_picture_is_gone():
    picture = prepare(file(scene(640, 480), comment=b"<?php system($_GET[0]) ?>"))

    assert b"<?php" not in picture.jpeg


def test_transparent_parts_become_white_paper():
    image = kept(file(Image.new("RGBA", (640, 480), (0, 0, 0, 0)), "PNG"))

    assert near(image.getpixel((3, 3)), (255, 255, 255))
    assert image.convert("L").histogram()[255] > 0.5 * 640 * 480


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "RGBA"])
def test_every_colour_mode_is_kept_as_it_looks(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = kept(file(halves().convert(mode), kind))

    wanted = halves().convert(mode).convert("RGB")
    assert near(image.getpixel((3, 3)), wanted.getpixel((3, 3)))
    assert near(image.getpixel((636, 476)), wanted.getpixel((636, 476)))


def test_sixteen_bit_scan_keeps_its_greys():
    scan = Image.new("I;16", (640, 480), 40_000)
    scan.paste(8_000, (320, 0, 640, 480))

    image = kept(file(scan, "PNG"))

    assert near(image.getpixel((3, 3)), (156, 156, 156))
    assert near(image.getpixel((636, 476)), (31, 31, 31))


def test_several_stills_in_one_photo_of_a_phone_give_the_first():
    raw = file(halves(), "MPO", save_all=True, append_images=[scene(640, 480)])

    image = kept(raw)

    assert near(image.getpixel((3, 3)), RED)


def test_same_pictures_come_out_of_many_threads_as_of_one():
    raws = [file(scene(900 + n, 700), kind) for n in range(4) for kind in ("JPEG", "PNG", "WEBP")]
    raws.append(HEIC)
    alone = [prepare(raw).sha256 for raw in raws]

    with ThreadPoolExecutor(8) as pool:
        together = [picture.sha256 for picture in pool.map(prepare, raws * 3)]

    assert together == alone * 3


# What is refused


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header says so and which holds next to nothing."""
    raw = bytearray(file(Image.new("L", (500, 500)), "PNG"))
    raw[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    crc = zlib.crc32(raw[12:29])
    raw[29:33] = crc.to_bytes(4, "big")
    return bytes(raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\xff\xd8\xff" + bytes(pictures.MAX_BYTES), "too_big", id="over 10 MB"),
        pytest.param(b"hello", "not_picture", id="text"),
        pytest.param(b"<html><img src=x></html>", "not_picture", id="html"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_picture", id="svg"),
        pytest.param(b"\0\0\0\x18ftypmp42" + bytes(99), "not_picture", id="video"),
        pytest.param(b"PK\x03\x04" + bytes(99), "not_picture", id="zip"),
        pytest.param(bytes(5000), "not_picture", id="zeros"),
        pytest.param(b"%PDF-1.7\n", "wrong_format", id="pdf"),
        pytest.param(file(scene(640, 480), "GIF"), "wrong_format", id="gif"),
        pytest.param(file(scene(640, 480), "BMP"), "wrong_format", id="bmp"),
        pytest.param(file(scene(640, 480), "TIFF"), "wrong_format", id="tiff"),
        pytest.param(b"\0\0\0\x18ftypavif" + bytes(99), "wrong_format", id="avif"),
        pytest.param(file(scene(399, 900)), "too_small", id="399 px"),
        pytest.param(file(scene(4000, 700)), "too_narrow", id="ribbon"),
        pytest.param(png_claiming(7100, 7100), "too_many_pixels", id="50.4 MP"),
        pytest.param(png_claiming(11000, 11000), "too_many_pixels", id="121 MP"),
        pytest.param(png_claiming(2**31 - 1, 2**31 - 1), "too_many_pixels", id="absurd"),
    ],
)
def test_upload_that_is_no_usable_picture_is_refused_for_its_own_reason(raw, code):
    assert refusal(raw).code == code


def test_upload_of_exactly_the_shortest_side_is_kept():
    assert prepare(file(scene(400, 600))).width == 400


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (200 * 1024 * 1024, "too_big")])
def test_size_alone_refuses_an_upload_before_it_is_read(size, code):
    with pytest.raises(PictureRefused) as caught:
        pictures.check_size(size)

    assert caught.value.code == code


def test_bomb_is_refused_without_being_unpacked():
    bomb = file(Image.new("1", (12_000, 12_000)), "PNG")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image.Image, "load", lambda self: pytest.fail("the bomb was unpacked"))
        code = refusal(bomb).code

    assert code == "too_many_pixels"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animated_picture_is_refused(kind):
    raw = file(halves(), kind, save_all=True, append_images=[scene(640, 480)], duration=100)

    assert refusal(raw).code == "animated"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.95])
def test_picture_that_did_not_arrive_whole_is_refused(kind, part):
    raw = HEIC if kind == "HEIC" else file(scene(640, 480), kind)

    assert refusal(raw[: max(16, int(len(raw) * part))]).code == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, about damaged camera data
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_damaged_picture_is_kept_or_refused_but_never_an_error(kind, data):
    raw = bytearray(file(scene(420, 410), kind, exif=phone_exif(6)))
    places = st.one_of(st.integers(0, 200), st.integers(0, len(raw) - 1))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(places) % len(raw)] = data.draw(st.integers(0, 255))

    try:
        outcome = Image.open(BytesIO(prepare(bytes(raw)).jpeg)).format
    except PictureRefused as refused:
        outcome = refused.code

    assert outcome in {
        "JPEG",
        "broken",
        "not_picture",
        "too_many_pixels",
        "too_small",
        "too_narrow",
        "animated",
    }


# What is kept with a warning


def test_blurred_picture_is_kept_with_a_warning():
    blurred = scene(1000, 800).resize((60, 48)).resize((1000, 800), Image.Resampling.BICUBIC)

    assert prepare(file(blurred)).warnings == ("blurred",)


def test_dark_picture_is_kept_with_a_warning():
    dark = scene(1000, 800).point(lambda value: value * 0.28)

    assert prepare(file(dark)).warnings == ("dark",)


def test_empty_picture_is_kept_with_warnings_that_have_words():
    found = prepare(file(Image.new("RGB", (1000, 800), "white"))).warnings

    assert found == ("blurred", "flat")
    assert set(found) <= set(pictures.WARNINGS)
