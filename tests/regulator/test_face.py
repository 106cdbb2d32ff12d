"""人脸识别技术应用安全管理办法: FACE-1 to FACE-6. This portal takes no faces, and shows it."""

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import Person
from consent import notices, purposes
from consent.actions import consents
from consent.models import ConsentEvent
from onboarding.models import Application
from onboarding.steps import STEPS
from tests import factories, web_edition

pytestmark = pytest.mark.django_db


def with_photos(person: Person) -> Application:
    return factories.submitted(person)


def in_person(person: Person) -> Application:
    return factories.hand_in(factories.filled_in_without_id_photos(person))


def test_face_1_identity_is_checked_in_two_ways_and_neither_is_a_face(browser, merchant):
    factories.started(merchant)

    photos = browser.get(reverse("consent:ask", args=["id_photo"])).status_code
    original = browser.get(reverse("onboarding:in_person")).status_code

    assert (photos, original) == (200, 200)
    assert [step.code for step in STEPS if "face" in step.code] == []


@pytest.mark.parametrize("ways", [(with_photos, in_person), (in_person, with_photos)])
def test_face_2_whoever_refuses_pictures_waits_in_the_same_queue(merchant, stranger, ways):
    first, second = (way(person) for way, person in zip(ways, (merchant, stranger), strict=True))

    assert list(Application.objects.queue("submitted")) == [first, second]


def test_face_3_there_is_no_place_where_a_face_could_be_kept():
    columns = [f"{m._meta.label}.{f.name}" for m in apps.get_models() for f in m._meta.get_fields()]

    assert [name for name in columns if "face" in name.lower().partition(".")[2]] == []
    assert [line for line in web_edition.offences() if "摄像头" in line] == []


def test_face_4_the_function_cannot_be_switched_on_without_an_assessment():
    assert purposes.reasons("face")
    assert "face" not in notices.OFFERED


def test_face_5_nobodys_face_can_be_consented_to_so_there_are_none_to_count(browser, merchant):
    before = ConsentEvent.objects.of(merchant.pk).count()

    answer = browser.post(
        reverse("consent:ask", args=["face"]),
        {"answer": "agree", "sha256": notices.FACE.sha256},
    )

    assert answer.status_code == 400
    assert not consents.is_live(merchant.pk, "face")
    assert ConsentEvent.objects.of(merchant.pk).count() == before


def test_face_6_no_other_consent_carries_a_face_along(browser, merchant):
    for code in sorted(notices.OFFERED):
        factories.give_consent(merchant, code)

    told = [each.notice.text for each in notices.OFFERED.values()]
    assert not consents.is_live(merchant.pk, "face")
    assert [text for text in told if "人脸图像" in text] == []
