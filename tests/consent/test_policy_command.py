"""`manage.py policy import` in production: two sign, the linter decides, history stays as is."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent.actions import publishing
from consent.models import PolicyVersion
from tests import factories
from tests.consent.policy_kit import EFFECTIVE, import_text, shipped_text

pytestmark = pytest.mark.django_db

BARE = "# 隐私政策\n\n{when}\n\n## 1. 收集什么\n\n手机号码等信息。\n"


@pytest.fixture(autouse=True)
def _production(settings):
    settings.DEVELOPMENT = False


@pytest.fixture
def _shipped(db):
    factories.publish_policies()


def run(*words) -> str:
    """What an import says to its end."""
    out = StringIO()
    call_command("policy", "import", *map(str, words), stdout=out, stderr=out)
    return out.getvalue()


def signed(author, approver) -> list[str]:
    return ["--author", author.username, "--approver", approver.username]


@pytest.fixture
def change(tmp_path):
    """A change of the privacy policy that is in order."""
    file = tmp_path / "next.md"
    dates = ["--published", timezone.localdate(), "--effective", timezone.localdate(EFFECTIVE)]
    file.write_text(shipped_text().markdown)
    return [file, "--number", "2.0", *dates]


@pytest.mark.usefixtures("_shipped")
def test_two_publishers_sign_what_is_imported(change, publisher, second_publisher):
    run(*change, *signed(publisher, second_publisher))

    version = PolicyVersion.objects.get(number="2.0")
    assert (version.author, version.approver) == (publisher.pk, second_publisher.pk)


@pytest.mark.usefixtures("_shipped")
def test_nobody_one_person_twice_or_a_stranger_to_publishing_signs_nothing(
    change, publisher, reviewer
):
    refusals = {
        "--author 和 --approver": [],
        "要是两个人": signed(publisher, publisher),
        "reviewer 不是发布人": signed(publisher, reviewer),
        "没有员工账号 nobody": ["--author", "nobody", "--approver", publisher.username],
    }

    for words, names in refusals.items():
        with pytest.raises(CommandError, match=words):
            run(*change, *names)

    assert not PolicyVersion.objects.filter(number="2.0").exists()


@pytest.mark.usefixtures("_shipped")
def test_an_unlinted_text_is_refused_with_every_finding(tmp_path, publisher, second_publisher):
    file = tmp_path / "bare.txt"
    file.write_text(BARE.format(when=""))

    with pytest.raises(CommandError, match="没有写明保存多久") as refused:
        run(file, *signed(publisher, second_publisher))

    assert "列举没有写完" in str(refused.value)


@pytest.mark.usefixtures("_shipped")
def test_history_is_kept_as_it_was_with_its_findings_as_reminders(
    tmp_path, publisher, second_publisher
):
    file = tmp_path / "old.txt"
    file.write_text(BARE.format(when="版本日期：2022年3月4日"))
    names = signed(publisher, second_publisher)

    with pytest.raises(CommandError, match="先公布才能生效"):
        run(file, *names)
    said = run(file, "--historic", *names)

    assert "2022-03-04 生效" in said
    assert "没有写明保存多久" in said
    assert PolicyVersion.objects.in_force("privacy").number == "1.0"


def test_history_never_takes_the_place_of_a_version_in_force(tmp_path, publisher, second_publisher):
    file = tmp_path / "old.txt"
    file.write_text(BARE.format(when="版本日期：2022年3月4日"))

    with pytest.raises(CommandError, match="会成为现行版本"):
        run(file, "--historic", *signed(publisher, second_publisher))

    assert PolicyVersion.objects.count() == 0


def test_the_shipped_texts_are_seeded_without_signatures(db):
    call_command("policy", "seed", verbosity=0)

    assert set(PolicyVersion.objects.values_list("author", "approver")) == {(None, None)}


@pytest.mark.usefixtures("_shipped")
def test_a_translation_of_no_version_and_of_no_known_language_is_refused(db):
    raw = "---\nkind: privacy\nnumber: {number}\nlanguage: {language}\n---\n# Privacy\n\nText.\n"

    with pytest.raises(publishing.PublishRefused, match="译文要跟着中文版本走"):
        import_text(raw.format(number="8.0", language="en"))
    with pytest.raises(publishing.PublishRefused, match="不认识的语言"):
        import_text(raw.format(number="1.0", language="klingon"))
    translation = import_text(raw.format(number="1.0", language="en"))

    assert translation.effective_at == PolicyVersion.objects.in_force("privacy").effective_at


@pytest.mark.usefixtures("_shipped")
def test_a_number_that_could_not_stand_in_an_address_is_refused(
    change, publisher, second_publisher
):
    change[2] = "2026/12"

    with pytest.raises(CommandError, match="版本号“2026/12”不能用"):
        run(*change, *signed(publisher, second_publisher))

    assert not PolicyVersion.objects.filter(number="2026/12").exists()
