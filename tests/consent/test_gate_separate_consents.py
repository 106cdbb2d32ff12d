"""A step that needs a consent of its own asks for it at its own address."""

import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from consent import gate
from consent.actions import consents
from tests import factories

pytestmark = pytest.mark.django_db

METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]


def asked(merchant, method="get", code="id_photo", **kwargs):
    """What a step behind `needs` answers this merchant."""

    @gate.needs(code)
    def step(request, **_kwargs):
        return HttpResponse("inside")

    request = getattr(RequestFactory(), method)("/apply/papers/id_front/?from=list")
    request.user = merchant
    return step(request, **kwargs)


@pytest.mark.parametrize("method", METHODS)
def test_a_step_that_needs_a_consent_asks_on_every_method(merchant, method):
    response = asked(merchant, method)

    assert "inside" not in response.content.decode()
    assert response.status_code == (200 if method in ("get", "head") else 403)


@pytest.mark.clause("C67")
def test_the_step_asks_at_its_own_address_and_comes_back_to_it(merchant):
    browser = factories.signed_in(merchant)
    page = asked(merchant).content.decode()
    fields = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', page))

    response = browser.post(reverse("consent:ask", args=["id_photo"]), fields | {"answer": "agree"})

    assert consents.notice_for("id_photo").title in page
    assert response["Location"] == "/apply/papers/id_front/?from=list"
    assert asked(merchant, "post").content == b"inside"


def test_withdrawing_closes_the_step_again(merchant):
    factories.give_consent(merchant, "id_photo")
    consents.withdraw(person=merchant, code="id_photo")

    assert asked(merchant, "post").status_code == 403


def test_the_code_may_depend_on_the_address(merchant):
    @gate.needs("{what}")
    def view(request, what):
        return HttpResponse("inside")

    factories.give_consent(merchant, "bank_account")
    request = RequestFactory().get("/apply/")
    request.user = merchant
    assert view(request, what="bank_account").content == b"inside"
    assert view(request, what="id_photo").content != b"inside"


def test_the_code_may_be_decided_by_the_view(merchant):
    needed = {"photo": "id_photo", "name": ""}

    def wanted(step):
        return needed[step]

    @gate.needs(wanted)
    def view(request, step):
        return HttpResponse("inside")

    request = RequestFactory().get("/apply/")
    request.user = merchant
    assert view(request, step="name").content == b"inside"
    assert view(request, step="photo").content != b"inside"


def test_agreeing_to_the_policy_opens_no_step_that_needs_its_own_consent(merchant):
    factories.agree_to_privacy(merchant)

    assert asked(merchant, "post").status_code == 403
