"""The page that hands over what was granted: one passphrase, one file, once."""

import re
from io import BytesIO

import pytest
import pyzipper

from consent.models import Disclosure
from tests import factories
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db

LIST = "/desk/authority-requests/"


@pytest.fixture
def desk(officer):
    return factories.signed_in(officer)


def page_of(request, part=""):
    return f"{LIST}{request.pk}/{part}"


def shown(answer):
    """The passphrase on the page, and the signed one its form carries."""
    page = answer.content.decode()
    signed = re.search(r'name="passphrase"\s+value="([^"]+)"', page)
    return re.search(r'id="passphrase">([^<]+)<', page)[1], signed[1]


@pytest.mark.clause("B62", "C99")
def test_the_file_opens_with_the_passphrase_that_was_shown(desk, merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)
    passphrase, signed = shown(desk.get(page_of(request, "hand-over/")))

    answer = desk.post(page_of(request, "hand-over/"), {"passphrase": signed})

    with pyzipper.AESZipFile(BytesIO(answer.content)) as archive:
        archive.setpassword(passphrase.encode())
        assert "13800138000" in archive.read("handed-over.txt").decode()
    assert answer["Content-Disposition"] == f'attachment; filename="{request.pk}.zip"'
    assert answer["Cache-Control"] == "no-store"


def test_every_look_shows_another_passphrase(desk, merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)

    shown_ones = {shown(desk.get(page_of(request, "hand-over/")))[0] for _ in range(3)}

    assert len(shown_ones) == 3


@pytest.mark.parametrize("forged", ["", "weak", "weak:1rabcd:abc"])
def test_a_passphrase_that_is_not_ours_opens_nothing(
    desk, merchant, officer, second_officer, forged
):
    request = kit.granted(merchant, officer, second_officer)

    answer = desk.post(page_of(request, "hand-over/"), {"passphrase": forged})

    assert answer.status_code == 409
    assert Disclosure.objects.count() == 0


def test_a_passphrase_shown_to_one_officer_is_no_good_to_another(
    desk, merchant, officer, second_officer
):
    request = kit.granted(merchant, officer, second_officer)
    _passphrase, signed = shown(desk.get(page_of(request, "hand-over/")))

    answer = factories.signed_in(second_officer).post(
        page_of(request, "hand-over/"), {"passphrase": signed}
    )

    assert answer.status_code == 409
    assert Disclosure.objects.count() == 0


def test_it_is_given_once(desk, merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)
    _passphrase, signed = shown(desk.get(page_of(request, "hand-over/")))
    desk.post(page_of(request, "hand-over/"), {"passphrase": signed})

    answer = desk.post(page_of(request, "hand-over/"), {"passphrase": signed})

    assert answer.url == page_of(request)
    assert Disclosure.objects.count() == 1
