"""docs/reference says what the code says, and the documents point at things that exist."""

import re
from pathlib import Path

import pytest

from accounts.models.stateful import Stateful
from onboarding.management.commands import reference

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / reference.FOLDER
PLACES = ("*.md", "docs/*.md", "docs/*/*.md", "deploy/*.md")
WRITTEN = sorted(path for place in PLACES for path in ROOT.glob(place))


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_generated_page_is_what_make_docs_would_write(name):
    written = (REFERENCE / name).read_text()

    assert written == reference.pages()[name], "stale: run `make docs`"


def test_architecture_draws_the_lifecycles_of_the_main_job_as_they_are():
    written = (ROOT / reference.ARCHITECTURE).read_text()

    assert written == reference.with_lifecycles(written), "stale: run `make docs`"
    assert written.count("```mermaid\nstateDiagram-v2") == len(reference.MAIN_JOB)


def test_nothing_else_lies_among_the_generated_pages():
    assert {path.name for path in REFERENCE.iterdir()} == set(reference.pages())


def test_every_lifecycle_has_its_diagram():
    page = reference.pages()["states.md"]

    drawn = re.findall(r"^### (.+)$", page, re.M)

    assert sorted(drawn) == sorted(model._meta.label for model in Stateful.__subclasses__())


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_of_ours_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)", page.read_text())

    missing = [target for target in targets if not (page.parent / target).exists()]

    assert missing == []


def test_readme_lists_every_setting_the_environment_can_change():
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.(?:\w+)\(\s*\"([A-Z_]+)\"", settings))
    read |= set(re.findall(r"_database\(\"([A-Z_]+)\"", settings))

    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.M))

    assert read - listed == set()
