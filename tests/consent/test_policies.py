"""Policies: immutable versions, honest dates, pages anybody can read."""

import hashlib
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import LedgerEntry
from consent import policydiff, policytext
from consent.actions import policies, publishing
from consent.models import ConsentEvent, PolicyVersion
from tests import factories
from tests.consent import seeds
from tests.consent.policy_kit import import_text, in_force, publish

pytestmark = pytest.mark.django_db

FILE = """---
kind: privacy
number: 3.0
title: 51车商家端隐私政策
published_at: 2026-11-01
effective_at: 2026-11-10
summary: 第三版
---

# 51车商家端隐私政策

## 1. 收集什么

手机号码。
"""
AGREEMENT = (
    FILE.replace("kind: privacy", "kind: store_agreement")
    .replace("51车商家端隐私政策", "51车商家合作协议")
    .replace("number: 3.0", "number: 1.0")
)


def run(*words: str) -> tuple[str, str]:
    """What the command says, and what it warns of."""
    out, err = StringIO(), StringIO()
    call_command("policy", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def shipped(db):
    factories.publish_policies()
    return in_force()


# Versions


@pytest.mark.parametrize("change", [{"body": "别的"}, {"effective_at": timezone.now()}, None])
def test_the_database_itself_refuses_to_change_or_delete_a_version(shipped, change):
    rows = PolicyVersion.objects.filter(pk=shipped.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**change) if change else rows.delete()

    assert PolicyVersion.objects.get(pk=shipped.pk).sha256 == shipped.sha256


def test_the_database_refuses_effect_before_publication(db):
    now = timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(
            kind="privacy",
            number="1",
            title="x",
            body="x",
            published_at=now,
            effective_at=now - timedelta(days=1),
        )


@pytest.mark.clause("C2")
def test_a_version_takes_effect_by_its_date_alone(shipped):
    tomorrow = timezone.now() + timedelta(days=1)
    coming = publish("2.0", effective_at=tomorrow)

    assert in_force() == shipped
    assert PolicyVersion.objects.upcoming("privacy") == coming
    assert PolicyVersion.objects.in_force("privacy", tomorrow) == coming
    assert PolicyVersion.objects.upcoming("privacy", tomorrow) is None


def test_a_translation_never_takes_the_place_of_the_prevailing_text(shipped):
    PolicyVersion.objects.create(
        kind="privacy",
        number="9.0",
        language="en",
        title="Privacy",
        body="x",
        sha256="0" * 64,
        published_at=shipped.published_at,
        effective_at=timezone.now(),
    )

    assert in_force() == shipped


def test_the_fingerprint_is_of_exactly_the_bytes_that_can_be_downloaded(client, shipped):
    response = client.get(reverse("consent:policy_text", args=["privacy", shipped.number]))

    assert hashlib.sha256(response.content).hexdigest() == shipped.sha256
    assert 'filename="51che-privacy-1.0.md"' in response["Content-Disposition"]


def test_publishing_is_a_ledger_entry(shipped):
    published = LedgerEntry.objects.filter(stream="system", verb="published")

    assert published.count() == len(PolicyVersion.Kind)


# Which text governs


@pytest.mark.clause("A91")
def test_a_special_policy_governs_its_function_and_the_privacy_policy_every_other(shipped):
    governed = [policies.governing(function).kind for function in ("leads", "cookies", "face")]

    assert governed == ["leads", "cookies", "privacy"]


@pytest.mark.clause("A91")
def test_before_its_special_policy_takes_effect_a_function_is_governed_by_the_general_one(db):
    general = publish("1.0")
    coming = publish("1.0", kind="leads", effective_at=timezone.now() + timedelta(days=7))

    assert policies.governing("leads") == general
    assert policies.governing("leads", coming.effective_at) == coming


def test_nothing_governs_before_there_is_any_policy(db):
    with pytest.raises(PolicyVersion.DoesNotExist):
        policies.governing("leads")


# Importing


def test_seeding_twice_changes_nothing(db):
    first, _ = run("seed")
    second, _ = run("seed")

    assert first.count("已公布") == 5
    assert second.count("没有变化") == 5
    assert set(PolicyVersion.objects.values_list("kind", flat=True)) == set(PolicyVersion.Kind)


def test_the_shipped_texts_are_free_of_findings(db):
    assert run("seed")[1] == ""


def test_importing_keeps_what_the_file_says(db, tmp_path):
    file = tmp_path / "privacy.md"
    file.write_text(FILE)

    said, _ = run("import", str(file))

    version = PolicyVersion.objects.get()
    assert "已公布：隐私政策 3.0《51车商家端隐私政策》2026-11-01 公布，2026-11-10 生效" in said
    assert (version.number, version.summary) == ("3.0", "第三版")
    assert timezone.localtime(version.effective_at).isoformat() == "2026-11-10T00:00:00+08:00"


@pytest.mark.parametrize(
    ("changed", "stated", "words"),
    [
        (("published_at: 2026-11-01\n", ""), {}, "没有公布日期"),
        (("effective_at: 2026-11-10\n", ""), {}, "没有生效日期"),
        (("effective_at: 2026-11-10", "effective_at: 2026-10-10"), {}, "早于公布日期"),
        (("2026-11-10", "2026-11-10"), {"effective": date(2026, 12, 1)}, "生效日期前后不一致"),
        (("3.0", "3.0"), {"number": "4.0"}, "版本号前后不一致"),
        (("3.0", "3.0"), {"kind": "store_agreement"}, "类别前后不一致"),
        (("kind: privacy\n", ""), {}, None),
        (("kind: privacy\ntitle", "title"), {}, None),
    ],
)
def test_a_text_that_contradicts_itself_is_refused_with_what_to_do(db, changed, stated, words):
    raw = FILE.replace(*changed)

    if words is None:
        assert import_text(raw, **stated).kind == "privacy"
        return
    with pytest.raises(publishing.PublishRefused, match=words):
        import_text(raw, **stated)
    assert PolicyVersion.objects.count() == 0


def test_a_title_that_tells_nothing_asks_for_the_kind(db):
    raw = FILE.replace("kind: privacy\n", "").replace("隐私政策", "说明")

    with pytest.raises(publishing.PublishRefused, match="--kind"):
        import_text(raw)


def test_the_same_number_never_carries_another_text(db):
    import_text(FILE)

    with pytest.raises(publishing.PublishRefused, match="请换一个版本号"):
        import_text(FILE.replace("手机号码", "身份证号码"))
    with pytest.raises(publishing.PublishRefused, match="日期不能改"):
        import_text(FILE.replace("2026-11-10", "2026-11-11"))


@pytest.mark.parametrize(("days", "is_refused"), [(7, True), (8, False)])
def test_a_changed_agreement_is_public_seven_whole_days_before_effect(db, days, is_refused):
    import_text(AGREEMENT)
    today = timezone.localdate()
    changed = (
        AGREEMENT.replace("number: 1.0", "number: 2.0")
        .replace("2026-11-01", str(today))
        .replace("2026-11-10", str(today + timedelta(days=days)))
    )

    if is_refused:
        with pytest.raises(publishing.PublishRefused, match="7 天"):
            import_text(changed)
    else:
        assert import_text(changed).number == "2.0"


def test_backdating_the_publication_does_not_shorten_the_notice(db):
    import_text(AGREEMENT)
    soon = timezone.localdate() + timedelta(days=2)
    changed = AGREEMENT.replace("number: 1.0", "number: 2.0").replace("2026-11-10", str(soon))

    with pytest.raises(publishing.PublishRefused, match="7 天"):
        import_text(changed)


def test_a_policy_changed_on_short_notice_is_published_with_a_warning(db, tmp_path):
    import_text(FILE)
    file = tmp_path / "next.md"
    soon = timezone.localdate() + timedelta(days=2)
    file.write_text(FILE.replace("number: 3.0", "number: 4.0").replace("2026-11-10", str(soon)))

    assert "不满 7 天" in run("import", str(file))[1]


@pytest.mark.parametrize(
    ("raw", "words"), [(b"", "没有正文"), (b"\xff\xfe\x00", "UTF-8"), (None, "找不到文件")]
)
def test_a_file_that_is_no_policy_is_refused_in_plain_words(db, tmp_path, raw, words):
    file = tmp_path / "policy.md"
    if raw is not None:
        file.write_bytes(raw)

    with pytest.raises(CommandError, match=words):
        run("import", str(file))


def test_the_old_policy_of_51che_imports_as_it_is_with_its_findings(db, tmp_path):
    file = tmp_path / seeds.OLD_51
    file.write_text(seeds.seed(seeds.OLD_51))

    said, warned = run("import", str(file))

    version = PolicyVersion.objects.get()
    assert "隐私政策 2024.03.04" in said
    assert "查看链接" in warned
    assert len(re.findall(r"^## \d\.", version.body, re.MULTILINE)) == 8
    assert version.body.count("\n| ") > 31


@pytest.mark.parametrize(
    ("name", "tables"), [(seeds.FIRM_53, 0), (seeds.KUAISHOU, 0), (seeds.OLD_51, 2)]
)
def test_a_real_policy_is_imported_by_its_name_alone_with_its_headings_and_tables(
    client, tmp_path, name, tables
):
    file = tmp_path / name
    file.write_text(seeds.seed(name))

    run("import", str(file))

    version = PolicyVersion.objects.get()
    page = client.get(reverse("consent:policy_version", args=["privacy", version.number]))
    shown = page.content.decode()
    headings = policytext.parse(seeds.seed(name)).headings
    assert version.kind == "privacy"
    lost = [h.text for h in headings if h.level > 1 and f'id="{h.id}"' not in shown]
    assert lost == []
    assert shown.count("<table>") == tables


def test_an_undated_policy_is_public_for_seven_days_first_and_one_however_often_imported(
    shipped, tmp_path
):
    file = tmp_path / "undated.txt"
    file.write_text("# 隐私政策\n\n## 1. 收集什么\n\n手机号码。\n")

    _, warned = run("import", str(file))
    again, _ = run("import", str(file))

    coming = PolicyVersion.objects.latest("pk")
    assert "没有写日期" in warned
    assert timezone.localdate(coming.published_at) == timezone.localdate()
    assert coming.effective_at == publishing.earliest_effect(coming, timezone.now())
    assert in_force() == shipped
    assert again.startswith("没有变化")


def test_the_one_day_a_bare_policy_names_is_that_of_publication_and_effect(db, tmp_path):
    file = tmp_path / "old.txt"
    file.write_text("# 隐私政策\n\n版本日期：2022年3月4日\n\n## 1. 收集什么\n\n手机号码。\n")

    said, _ = run("import", str(file))

    assert "2022-03-04 公布，2022-03-04 生效" in said


def test_listing_tells_which_version_is_in_force(shipped):
    publish("2.0", effective_at=timezone.now() + timedelta(days=9))

    lines = run("list")[0].splitlines()

    assert [line.split()[0] for line in lines] == ["待生效", *["现行"] * 5]


# Pages


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


# Differences


def test_a_difference_is_escaped_whatever_the_text_holds():
    found = policydiff.changes("<b>旧的一句话在这里</b>", "<b>新的一句话在这里</b>")

    assert [change.html for change in found] == [
        "&lt;b&gt;<del>旧</del><ins>新</ins>的一句话在这里&lt;/b&gt;"
    ]


def test_removed_added_and_unchanged_are_told_apart():
    before = "# 题\n\n## 甲\n\n留下的话\n\n去掉的这句话\n\n## 乙\n\n末尾"
    after = "# 题\n\n## 甲\n\n留下的话\n\n## 乙\n\n| 全新 | 表格 |\n| --- | --- |\n\n末尾"

    found = [(c.heading, c.kind, c.html) for c in policydiff.changes(before, after)]

    assert found == [
        ("甲", "removed", "<del>去掉的这句话</del>"),
        ("乙", "added", "<ins>全新 · 表格</ins>"),
    ]


def test_nothing_changed_is_no_change():
    assert policydiff.changes("# 一样\n\n**粗体**", "# 一样\n\n粗体") == ()


# Agreeing


def test_only_the_version_in_force_can_be_agreed_to(merchant, shipped):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=9))

    for version, sha256 in [(coming, coming.sha256), (shipped, "0" * 64), (999, shipped.sha256)]:
        with pytest.raises(policies.WrongVersion):
            policies.agree(person=merchant, version=version, sha256=sha256, way="button")

    assert ConsentEvent.objects.count() == 0
