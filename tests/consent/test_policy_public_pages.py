"""Policies where anybody reads them: listed, dated, compared, without a cookie."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.models import PolicyVersion
from tests import factories
from tests.consent.policy_kit import in_force, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db):
    factories.publish_policies()
    return in_force()


def test_every_kind_of_text_is_listed_and_the_cookie_notice_is_on_every_page(client, shipped):
    listed = client.get(reverse("consent:policies")).content.decode()
    cookies = reverse("consent:policy", args=["cookies"])

    places = [reverse("consent:policy", args=[kind]) for kind in PolicyVersion.Kind]
    places.append(reverse("consent:recipients"))
    assert re.findall(r'class="cells__link"\s+href="([^"]+)"', listed) == places
    assert f'<a href="{cookies}">Cookie 说明</a>' in client.get("/").content.decode()
    assert client.get(cookies).status_code == 200


@pytest.mark.clause("A6")
def test_everything_is_read_without_signing_in_and_without_a_cookie(client, shipped):
    newest = publish("2.0", effective_at=timezone.now())
    pages = [
        reverse("consent:policies"),
        reverse("consent:policy", args=["privacy"]),
        reverse("consent:policy_versions", args=["privacy"]),
        reverse("consent:policy_version", args=["privacy", shipped.number]),
        reverse("consent:policy_changes", args=["privacy", newest.number]),
        reverse("consent:policy_text", args=["privacy", newest.number]),
    ]

    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    assert client.cookies == {}


@pytest.mark.clause("C1", "C2", "C8")
def test_the_policy_page_shows_its_dates_its_eight_parts_and_where_older_ones_are(client, shipped):
    page = client.get(reverse("consent:policy", args=["privacy"])).content.decode()

    parts = re.findall(r'<li class="toc__2"><a href="#(s-\d)">', page)
    assert parts == [f"s-{number}" for number in range(1, 9)]
    assert all(f'id="{part}"' in page for part in parts)
    assert "2024年1月1日公布 · 2024年1月10日起生效" in page
    assert reverse("consent:policy_versions", args=["privacy"]) in page
    assert page.count("<h1") == 1


def test_what_is_not_published_yet_is_nobodys_to_read(client, shipped):
    secret = PolicyVersion.objects.create(
        kind="privacy",
        number="7.0",
        title="x",
        body="x",
        sha256="0" * 64,
        published_at=timezone.now() + timedelta(days=1),
        effective_at=timezone.now() + timedelta(days=9),
    )

    gone = client.get(reverse("consent:policy_version", args=["privacy", secret.number]))
    listed = client.get(reverse("consent:policy_versions", args=["privacy"])).content.decode()

    assert gone.status_code == 404
    assert "7.0 版" not in listed


@pytest.mark.parametrize(
    "path", ["/policies/nothing/", "/policies/privacy/99/", "/policies/privacy/1.0/changes/"]
)
def test_a_policy_that_never_was_is_not_found(client, shipped, path):
    assert client.get(path).status_code == 404


def test_an_older_version_says_so_and_leads_to_the_one_in_force(client, shipped):
    publish("2.0", effective_at=timezone.now())

    page = client.get(
        reverse("consent:policy_version", args=["privacy", shipped.number])
    ).content.decode()

    assert "这不是现行版本" in page
    assert "看现行的 2.0 版" in page


def test_script_in_a_policy_is_inert(client, db):
    publish("1.0", extra="<script>alert(1)</script><img src=x onerror=alert(1)>")

    page = client.get(reverse("consent:policy", args=["privacy"])).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.clause("A6")
def test_what_changed_is_shown_word_by_word_under_its_heading(client, db):
    publish("1.0", effective_at=timezone.now() - timedelta(days=9), extra="存 5 年。")
    publish("2.0", effective_at=timezone.now(), extra="存 3 年。\n\n也收集邮箱。")

    page = client.get(reverse("consent:policy_changes", args=["privacy", "2.0"])).content.decode()

    assert "存 <del>5</del><ins>3</ins> 年。" in page
    assert "<ins>也收集邮箱。</ins>" in page
    assert "1. 收集什么</h2>" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_versions_costs_the_same_however_long_it_is(
    client, db, django_assert_num_queries, count
):
    for number in range(count):
        publish(f"{number}.0", effective_at=timezone.now() - timedelta(days=number + 1))

    with django_assert_num_queries(2):
        client.get(reverse("consent:policy_versions", args=["privacy"]))


def test_before_any_policy_nobody_can_sign_in(client, db):
    response = client.get(reverse("consent:sign_in"))

    assert response.status_code == 503
    assert 'name="phone"' not in response.content.decode()
