"""Policies as everybody reads them: compared, translated, with contents that follow."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.models import PolicyVersion
from tests import factories
from tests.consent.policy_kit import import_text, in_force, publish

pytestmark = pytest.mark.django_db
COMPARE = reverse("consent:policy_compare", args=["privacy"])


@pytest.fixture
def shipped(db):
    factories.publish_policies()
    return in_force()


def body_of(response) -> str:
    return response.content.decode()


# Comparing


@pytest.mark.clause("A6", "C171")
def test_any_two_versions_are_compared_the_older_one_first_however_they_are_chosen(client, db):
    for number, years in (("1.0", 5), ("2.0", 4), ("3.0", 3)):
        at = timezone.now() - timedelta(days=9 * years)
        publish(number, effective_at=at, extra=f"存 {years} 年。")

    pages = [
        body_of(client.get(COMPARE, {"a": a, "b": b})) for a, b in (("1.0", "3.0"), ("3.0", "1.0"))
    ]

    for page in pages:
        assert "存 <del>5</del><ins>3</ins> 年。" in page
        assert "从 1.0 版" in page


def test_the_chooser_offers_every_version_and_begins_with_the_last_two(client, db):
    for days in (30, 20, 10):
        publish(f"{30 - days}.0", effective_at=timezone.now() - timedelta(days=days))

    page = body_of(client.get(COMPARE))

    assert re.findall(r'<option value="([\d.]+)" selected', page) == ["10.0", "20.0"]
    assert page.count('<option value="0.0"') == 2


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"a": "1.0", "b": "1.0"}, "请选两个不同的版本"),
        ({"a": "1.0", "b": "77"}, "没有公布过这个版本"),
        ({"a": "<script>alert(1)</script>", "b": "1.0"}, "没有公布过这个版本"),
    ],
)
def test_what_cannot_be_compared_is_said_and_nothing_is_echoed(client, shipped, chosen, words):
    page = client.get(COMPARE, chosen)

    assert page.status_code == 422
    assert words in body_of(page)
    assert "<script>alert" not in body_of(page)


def test_a_version_not_published_yet_or_withdrawn_cannot_be_compared(client, shipped, publisher):
    publish("2.0", effective_at=timezone.now())
    secret = PolicyVersion.objects.create(
        kind="privacy",
        number="9.0",
        title="x",
        body="# x",
        sha256="0" * 64,
        published_at=timezone.now() + timedelta(days=1),
        effective_at=timezone.now() + timedelta(days=9),
    )

    assert client.get(COMPARE, {"a": "1.0", "b": secret.number}).status_code == 422


# Reading


@pytest.mark.parametrize("method", ["get", "head"])
def test_everything_to_read_answers_head_too(client, shipped, method):
    pages = [reverse("consent:policies"), COMPARE] + [
        reverse(f"consent:{name}", args=["privacy", "1.0"])
        for name in ("policy_version", "policy_text", "policy_pdf")
    ]

    assert [getattr(client, method)(page).status_code for page in pages] == [200] * len(pages)


@pytest.mark.clause("B4")
def test_the_contents_are_a_plain_list_of_links_that_a_script_may_make_follow(client, shipped):
    page = body_of(client.get(reverse("consent:policy", args=["privacy"])))

    contents = re.search(r"<details[^>]*data-contents.*?</details>", page, re.S)
    assert contents is not None
    targets = re.findall(r'href="#([^"]+)"', contents[0])
    assert len(targets) > 20
    assert all(f'id="{target}"' in page for target in targets)
    assert "js/contents.js" in page


@pytest.mark.clause("B98")
def test_a_major_change_is_told_apart_on_the_page_and_in_the_list_of_changes(client, shipped):
    publish("2.0", effective_at=timezone.now(), major_changes=["control", "rights"])

    for name in ("policy_version", "policy_changes"):
        page = body_of(client.get(reverse(f"consent:{name}", args=["privacy", "2.0"])))
        assert "这是重大变更" in page
        assert "经营者或者控制权变了" in page
        assert "您的权利或者行使办法变了" in page


# What is coming


def test_the_pop_up_shows_the_first_changes_and_counts_the_rest(client, shipped):
    lines = [f"第 {number} 条新的规定。" for number in range(5)]
    body = shipped.body + "\n" + "\n\n".join(lines) + "\n"
    PolicyVersion.objects.create(
        kind="privacy",
        number="2.0",
        title=shipped.title,
        body=body,
        sha256="0" * 64,
        published_at=timezone.now(),
        effective_at=timezone.now() + timedelta(days=8),
    )
    mark = re.search(r'name="popup" value="(\w+)"', body_of(client.get("/")))
    client.post(reverse("consent:popup_seen"), {"popup": mark[1] if mark else ""})

    page = body_of(client.get("/"))

    assert [f"<ins>{line}</ins>" in page for line in lines] == [True] * 3 + [False] * 2
    assert "还有 2 处" in page


# Translations


@pytest.fixture
def english(shipped):
    raw = "---\nkind: privacy\nnumber: 1.0\nlanguage: en\n---\n# Privacy\n\n<script>x</script>\n"
    return import_text(raw)


@pytest.mark.clause("A90")
def test_a_translation_is_found_beside_the_chinese_and_says_the_chinese_prevails(client, english):
    there = reverse("consent:policy_translation", args=["privacy", "1.0", "en"])
    original = body_of(client.get(reverse("consent:policy", args=["privacy"])))
    page = body_of(client.get(there))

    assert there in original
    assert "译文（以中文为准）" in original
    assert "译文只供阅读，以中文为准" in page
    assert 'lang="en"' in page
    assert "<script>x" not in page


def test_a_translation_asks_nothing_and_is_of_nothing_else(client, english):
    page = body_of(client.get(reverse("consent:policy_translation", args=["privacy", "1.0", "en"])))

    assert 'value="agree"' not in page
    for number, language in (("1.0", "bo"), ("2.0", "en")):
        there = reverse("consent:policy_translation", args=["privacy", number, language])
        assert client.get(there).status_code == 404
