"""Policies from files: kept as they are, refused in plain words."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from consent import policytext
from consent.actions import publishing
from consent.models import PolicyVersion
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
