"""A permission of a PIPL 55 class whose impact assessment is missing can be asked by nobody."""

import pytest
from django.urls import reverse

from consent import notices
from consent.actions import consents
from consent.models import ConsentEvent
from tests import factories
from tests.consent import assessment_kit

pytestmark = pytest.mark.django_db

MINE = reverse("consent:mine")


@pytest.fixture
def assessed(db):
    """Of everything, only the leads were assessed."""
    assessment_kit.in_force("leads")


@pytest.fixture
def browser(merchant, assessed):
    return factories.signed_in(merchant)


def items(browser) -> dict[str, bool]:
    groups = browser.get(MINE).context["groups"].values()
    return {item.code: item.is_open for group in groups for item in group}


def test_the_list_says_which_permissions_wait_for_an_assessment(browser):
    closed = {code for code, is_open in items(browser).items() if not is_open}

    assert closed == {"location", "id_photo", "bank_account"}
    assert browser.get(MINE).content.decode().count("暂未开放") == len(closed)


def test_one_that_waits_can_neither_be_asked_nor_given(browser, merchant):
    address = reverse("consent:ask", args=["location"])
    before = ConsentEvent.objects.count()

    asked = browser.get(address)
    given = browser.post(address, {"answer": "agree", "sha256": notices.LOCATION.sha256})

    assert f'action="{address}"' not in asked.content.decode()
    assert given.status_code == 403
    assert not consents.is_live(merchant.pk, "location")
    assert ConsentEvent.objects.count() == before


def test_one_of_no_such_class_is_open_without_an_assessment(browser, merchant):
    factories.give_consent(merchant, "camera")
    factories.give_consent(merchant, "marketing")

    assert consents.live(merchant.pk, ["camera", "marketing", "album"]) == {"camera", "marketing"}


def test_face_4_an_assessment_alone_opens_no_face(browser, merchant):
    assessment_kit.in_force("face")

    answered = browser.post(
        reverse("consent:ask", args=["face"]),
        {"answer": "agree", "sha256": notices.FACE.sha256},
    )

    assert answered.status_code == 400
    assert not consents.is_live(merchant.pk, "face")
