"""HEIC photos of iPhones: kept like any other, and no server dies of a damaged one."""

from io import BytesIO

import pytest
from PIL import Image

from onboarding import heic
from tests.onboarding.photos import BLUE, HEIC, RED, SMALL_HEIC, near, prepare, refusal


def test_heic_photo_of_a_phone_is_kept_upright_and_stripped():
    assert b"SecretPhone" in HEIC

    picture = prepare(HEIC)

    image = Image.open(BytesIO(picture.jpeg))
    assert image.size == (480, 640)
    assert near(image.getpixel((240, 3)), RED)
    assert near(image.getpixel((240, 636)), BLUE)
    assert dict(image.getexif()) == {}


def test_large_heic_photo_of_a_phone_is_shrunk():
    picture = prepare(HEIC, max_side=600)

    assert (picture.width, picture.height) == (450, 600)


def test_heic_photo_that_crashes_its_decoder_is_refused_and_harms_nobody():
    deadly = HEIC.replace(b"Exif", b"\xffxif", 1)

    assert refusal(deadly).code == "broken"
    assert prepare(HEIC).width == 480


def test_heic_photo_whose_decoding_does_not_end_is_refused(monkeypatch):
    monkeypatch.setattr(heic, "SECONDS", 0.001)

    assert refusal(HEIC).code == "broken"


def test_small_heic_photo_is_refused():
    assert refusal(SMALL_HEIC).code == "too_small"


@pytest.mark.parametrize(
    ("claimed", "code"), [((9_000, 9_000), "too_many_pixels"), ((1_000, 1_000), "broken")]
)
def test_heic_photo_that_lies_about_its_size_is_refused(claimed, code):
    size = HEIC.index(b"ispe") + 8
    claim = claimed[0].to_bytes(4, "big") + claimed[1].to_bytes(4, "big")

    assert refusal(HEIC[:size] + claim + HEIC[size + 8 :]).code == code
