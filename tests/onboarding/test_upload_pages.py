"""Uploading papers through the pages: good ones, bad ones, and pictures of others."""

import tracemalloc
from io import BytesIO, RawIOBase

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from PIL import Image

from onboarding.models import Discard, Paper
from onboarding.uploads import DRAINED_BYTES
from tests import factories

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def browser(merchant):
    factories.started(merchant)
    return factories.signed_in(merchant)


@pytest.fixture
def paper(merchant):
    return factories.submitted(merchant).papers.get(kind="id_front")


def photo(content, name="IMG_20261122_诸葛晓敏.jpg"):
    return {"photo": SimpleUploadedFile(name, content, content_type="image/jpeg")}


def bomb():
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


def polyglot():
    return factories.photo() + b"PK\x03\x04 <script>alert('13757912345')</script>"


class Flood(RawIOBase):
    """A multipart body of many megabytes that is never in memory at once; counts what was read."""

    def __init__(self, megabytes):
        self.head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; '
            'filename="x.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        ).encode()
        self.size = len(self.head) + megabytes * 1024 * 1024
        self.at = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        wanted = min(len(buffer), self.size - self.at)
        piece = self.head[self.at : self.at + wanted]
        buffer[:wanted] = piece + b"\xff" * (wanted - len(piece))
        self.at += wanted
        return wanted


def send(browser, flood):
    body = {"wsgi.input": flood, "CONTENT_LENGTH": str(flood.size)}
    return browser.generic("POST", "/apply/licence/", CONTENT_TYPE=MULTIPART_CONTENT, **body)


def test_a_photo_is_stored_and_shown_for_a_second_look(browser, files):
    answer = browser.post("/apply/licence/", photo(factories.photo()), follow=True)

    paper = Paper.objects.get()
    assert answer.redirect_chain == [("/apply/licence/", 302)]
    assert f'src="/apply/papers/{paper.pk}/"' in answer.content.decode()
    assert "看清楚了，继续" in answer.content.decode()
    assert len(files()) == 1


def test_a_script_that_sends_photos_is_told_where_to_go(browser):
    answer = browser.post("/apply/licence/", photo(factories.photo()), **JSON)

    assert answer.json() == {"location": "/apply/licence/"}


def test_a_blurred_photo_is_kept_with_a_word_of_warning(browser):
    grey = BytesIO()
    Image.new("RGB", (640, 480), (210, 210, 210)).save(grey, "JPEG")

    answer = browser.post("/apply/licence/", photo(grey.getvalue()), follow=True)

    assert "照片可能不够清晰" in answer.content.decode()
    assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "这个文件是空的，请重新拍照或选择照片上传。"),
        (b"MZ\x90 not a picture", "这个文件不是照片，请上传JPG、PNG、WEBP或HEIC格式的照片。"),
        (b"%PDF-1.7 scanned", "暂不支持PDF格式"),
        (factories.photo()[:900], "照片已损坏或没有传完整，请重新拍照或选择照片上传。"),
        (bomb(), "照片像素过大"),
    ],
    ids=["empty", "program", "pdf", "cut short", "bomb"],
)
def test_a_bad_upload_says_what_to_do_and_stores_nothing(browser, files, content, message):
    answer = browser.post("/apply/licence/", photo(content))
    told = browser.post("/apply/licence/", photo(content), **JSON)

    assert answer.status_code == told.status_code == 422
    assert message in answer.content.decode()
    assert message in told.json()["error"]
    assert (Paper.objects.count(), Discard.objects.count(), files()) == (0, 0, [])


def test_nothing_chosen_says_so(browser):
    answer = browser.post("/apply/licence/", {})

    assert answer.status_code == 422
    assert "还没有选择照片，请拍照或从相册选择。" in answer.content.decode()


def test_of_a_polyglot_nothing_but_the_picture_is_kept(browser, merchant):
    browser.post("/apply/licence/", photo(polyglot()))

    paper = Paper.objects.get()
    kept = browser.get(f"/apply/papers/{paper.pk}/").content
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept
    assert Image.open(BytesIO(kept)).size == (640, 420)


def test_two_hundred_megabytes_are_refused_and_never_held(browser, files):
    tracemalloc.start()
    answer = send(browser, Flood(200))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert answer.status_code == 413
    assert peak < 40 * 1024 * 1024
    assert "照片不能超过10MB" in answer.content.decode()
    assert (Paper.objects.count(), files()) == (0, [])


def test_what_announces_more_than_anybody_photographs_is_cut_off_early(browser):
    flood = Flood(DRAINED_BYTES // 1024 // 1024 + 1)

    answer = send(browser, flood)

    assert answer.status_code == 413
    assert flood.at < 12 * 1024 * 1024


def test_many_files_in_one_request_are_bounded_together(browser):
    half = b"\xff" * (6 * 1024 * 1024)
    files = [SimpleUploadedFile(f"{n}.jpg", half) for n in range(2)]

    answer = browser.post("/apply/licence/", {"other": files[0], "photo": files[1]})

    assert answer.status_code == 413


def test_a_refused_photo_leaves_the_one_before_in_place(browser, merchant):
    browser.post("/apply/licence/", photo(factories.photo()))
    before = Paper.objects.get()

    browser.post("/apply/licence/", photo(b"%PDF-1.7"))

    assert Paper.objects.get() == before


def test_the_owner_gets_the_picture_and_no_cache_keeps_it(merchant, paper):
    answer = factories.signed_in(merchant).get(f"/apply/papers/{paper.pk}/")

    assert answer.status_code == 200
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert {name: answer[name] for name in ("Content-Type", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "Cache-Control": "no-store",
    }
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == f'inline; filename="{paper.pk.hex}.jpg"'


@pytest.mark.parametrize("who", ["stranger", "officer", "ops", "reviewer"])
def test_a_stolen_address_of_a_picture_leads_nowhere(paper, who, request):
    thief = factories.signed_in(request.getfixturevalue(who))

    answer = thief.get(f"/apply/papers/{paper.pk}/")

    assert answer.status_code in (403, 404)
    assert b"\xff\xd8\xff" not in answer.content


def test_a_visitor_with_a_stolen_address_is_asked_to_sign_in(paper):
    answer = Client().get(f"/apply/papers/{paper.pk}/")

    assert answer["Location"].startswith("/sign-in/")


def test_a_stranger_is_told_the_same_as_about_a_picture_that_never_was(paper, stranger):
    browser = factories.signed_in(stranger)

    stolen = browser.get(f"/apply/papers/{paper.pk}/")
    invented = browser.get("/apply/papers/00000000-0000-4000-8000-000000000000/")

    assert (stolen.status_code, invented.status_code) == (404, 404)
    assert stolen.content == invented.content
