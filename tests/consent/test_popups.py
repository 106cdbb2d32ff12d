"""Pop-ups: told before anything is collected, closed without agreeing to anything."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import pages
from consent.models import ConsentEvent, PolicyVersion
from consent.popups import COOKIE
from tests import factories
from tests.consent.policy_kit import publish

pytestmark = pytest.mark.django_db

ME = reverse("onboarding:me")


def is_gate(response) -> bool:
    return "consent/policy_gate.html" in [template.name for template in response.templates]


@pytest.fixture
def _shipped(db):
    factories.publish_policies()


@pytest.mark.usefixtures("_shipped")
def test_a_first_visit_is_told_before_anything_is_collected_and_sets_no_cookie(client):
    page = client.get("/").content.decode()

    assert "欢迎来到 51车商家端" in page
    assert "data-dialog-now" in page
    assert client.cookies == {}


@pytest.mark.usefixtures("_shipped")
def test_closing_the_notice_keeps_it_closed_and_agrees_to_nothing(client):
    mark = re.search(r'name="popup" value="(\w+)"', client.get("/").content.decode())[1]

    response = client.post(reverse("consent:popup_seen"), {"popup": mark, "next": "/?x=1"})

    assert response.url == "/?x=1"
    assert client.cookies[COOKIE].value == mark
    assert client.cookies[COOKIE]["httponly"]
    assert "欢迎来到" not in client.get("/").content.decode()
    assert ConsentEvent.objects.count() == 0


@pytest.mark.usefixtures("_shipped")
def test_a_stranger_is_welcomed_before_being_told_of_a_coming_version(client):
    publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    first = client.get("/").content.decode()
    mark = re.search(r'name="popup" value="(\w+)"', first)[1]

    client.post(reverse("consent:popup_seen"), {"popup": mark, "next": "/"})

    assert "欢迎来到" in first
    assert "隐私政策将要更新" in client.get("/").content.decode()


@pytest.mark.parametrize(
    "mark",
    ["", "x" * 500, "<script>alert(1)</script>", "../../etc", "一二三四五六七八九十百千", "z" * 12],
)
def test_only_marks_go_into_the_cookie(client, db, mark):
    client.post(reverse("consent:popup_seen"), {"popup": mark})

    assert client.cookies == {}


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", ""])
def test_closing_the_notice_leads_nowhere_else(client, db, wanted):
    response = client.post(reverse("consent:popup_seen"), {"popup": "0" * 12, "next": wanted})

    assert response.url in ("/", pages.home())


@pytest.mark.clause("C170")
@pytest.mark.usefixtures("_shipped")
def test_a_coming_version_pops_up_at_home_before_effect_and_gates_at_effect(merchant):
    browser = factories.signed_in(merchant)
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7), summary="存得更短")

    before = browser.get("/").content.decode()
    mark = re.search(r'name="popup" value="(\w+)"', before)[1]
    browser.post(reverse("consent:popup_seen"), {"popup": mark, "next": "/"})

    assert "隐私政策将要更新" in before
    assert "存得更短" in before
    assert reverse("consent:policy_changes", args=["privacy", coming.number]) in before
    assert "隐私政策将要更新" not in browser.get("/").content.decode()
    assert not is_gate(browser.get(ME))
    asked = PolicyVersion.objects.awaiting(merchant.pk, now=coming.effective_at)
    assert [version.number for version in asked] == ["2.0"]


@pytest.mark.usefixtures("_shipped")
def test_the_policy_is_one_tap_from_home(client):
    assert (
        f'href="{reverse("consent:policy", args=["privacy"])}"' in client.get("/").content.decode()
    )
