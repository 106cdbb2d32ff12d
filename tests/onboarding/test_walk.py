"""A merchant and a reviewer walk from the first page to a shared contact, without scripts."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import LedgerEntry
from consent.models import Delivery, Disclosure
from onboarding.models import Application, Role
from tests import factories
from tests.consent import sharing_kit

pytestmark = pytest.mark.django_db


def agree_in_place(browser, path, code):
    """Read the notice that stands where the form will be, and press 同意."""
    asked = browser.get(path).content.decode()
    sha256 = re.search(r'name="sha256"\s+value="([0-9a-f]{64})"', asked)[1]
    answer = browser.post(f"/consents/{code}/", {"sha256": sha256, "next": path, "answer": "agree"})
    assert answer["Location"] == path


def fill_in(browser, role):
    """Go from screen to screen as each answer leads; the screens walked."""
    path, walked = "/apply/subject/", []
    while path != "/apply/check/":
        walked.append(path)
        if path == "/apply/bank/":
            agree_in_place(browser, path, "bank_account")
        if path == "/apply/id-front/":
            agree_in_place(browser, path, "id_photo")
        path = (
            upload(browser, path)
            if "id-" in path or "licence" in path
            else type_in(browser, path, role)
        )
    return walked


def type_in(browser, path, role):
    return browser.post(path, factories.typed(path.split("/")[2], role))["Location"]


def upload(browser, path):
    picture = SimpleUploadedFile("IMG_1.jpg", factories.photo(), content_type="image/jpeg")
    shown = browser.post(path, {"photo": picture}, follow=True).content.decode()
    return re.search(r'class="button button--primary"\s+href="([^"]+)"', shown)[1]


@pytest.mark.clause("C16", "C17", "C18", "C19", "C20", "C36", "C67")
@pytest.mark.parametrize(("role", "screens"), [(Role.SPECIALITY, 7), (Role.AGENT, 5)])
def test_a_merchant_applies_is_approved_and_shares_a_contact(merchant, reviewer, role, screens):
    partner = sharing_kit.demo_partner()
    browser, desk = factories.signed_in(merchant), factories.signed_in(reviewer)

    browser.post("/apply/role/", {"role": role})
    walked = fill_in(browser, role)
    last = browser.get("/apply/submit/").content.decode()
    sha256 = re.search(r'name="sha256"\s+value="([0-9a-f]{64})"', last)[1]
    browser.post("/apply/submit/", {"sha256": sha256, "is_own_will": "on", "agrees": "on"})
    application = Application.objects.get()
    address = f"/desk/applications/{application.pk}/"
    desk.post(f"{address}reveal/", {"field": "contact_phone", "reason": "compare"})
    desk.post(f"{address}approve/", {"seen_round": application.round})
    agree_in_place(browser, "/me/sharing/demo/", "share:demo")
    shared = browser.post("/me/sharing/demo/", follow=True).content.decode()
    browser.post("/me/sharing/demo/")

    assert len(walked) == screens
    assert f"已把联系方式提供给{partner.legal_name}" in shared
    assert (Disclosure.objects.count(), Delivery.objects.count()) == (1, 1)
    verbs = LedgerEntry.objects.filter(stream=str(merchant.pk)).values_list("verb", flat=True)
    assert [v for v in verbs if v in ("moved", "revealed", "shared")] == [
        "moved",
        "revealed",
        "moved",
        "shared",
    ]


def test_refusing_the_consent_for_a_partner_shares_nothing(merchant, reviewer):
    sharing_kit.demo_partner()
    factories.approved(merchant, reviewer)
    browser = factories.signed_in(merchant)

    asked = browser.post("/me/sharing/demo/").content.decode()

    assert "是否同意把您的信息交给" in asked
    assert Disclosure.objects.count() == 0
