"""网页版不收集: the sentence on the list, held against the source and against the headers."""

from pathlib import Path

import pytest
from django.test import Client

from config.middleware import PERMISSIONS
from tests import factories, web_edition
from tests.web_edition import IN_PAGES, IN_PYTHON, IN_SCRIPTS, SAID, Reach

EVERY = (*IN_PAGES, *IN_SCRIPTS, *IN_PYTHON)
OFF = {
    "microphone",
    "accelerometer",
    "gyroscope",
    "magnetometer",
    "bluetooth",
    "usb",
    "serial",
    "hid",
    "midi",
    "payment",
    "gamepad",
    "idle-detection",
    "local-fonts",
    "display-capture",
    "browsing-topics",
    "compute-pressure",
    "keyboard-map",
    "window-management",
    "xr-spatial-tracking",
}
OURS_ALONE = {"camera", "geolocation", "otp-credentials"}


def declared() -> dict[str, str]:
    """Feature to who may use it."""
    pairs = (entry.strip().partition("=") for entry in PERMISSIONS.split(","))
    return {feature: who for feature, _is, who in pairs}


# The source


@pytest.mark.clause("C48", "C49", "C50", "C57", "C62", "C70", "C78", "A57", "B12")
@pytest.mark.clause("C71", "C74", "B27")
def test_nothing_in_the_source_reaches_for_what_is_said_not_to_be_collected():
    assert web_edition.offences() == []


@pytest.mark.parametrize("reach", EVERY, ids=lambda reach: reach.pattern[:30])
def test_each_pattern_finds_its_example(reach: Reach):
    assert reach.found_in(reach.example)


@pytest.mark.parametrize(
    ("path", "reaches"),
    [
        ("static/js/evil.js", (*IN_PAGES, *IN_SCRIPTS)),
        ("templates/evil.html", IN_PAGES),
        ("consent/evil.py", IN_PYTHON),
    ],
)
def test_an_offence_planted_in_a_file_is_found(tmp_path: Path, path: str, reaches: tuple[Reach]):
    planted = tmp_path / path
    planted.parent.mkdir(parents=True)

    for reach in reaches:
        planted.write_text(f"harmless();\n{reach.example}\n")

        assert f"{path}: {reach.collects}" in web_edition.offences(tmp_path)


def test_the_scan_reads_what_browsers_get():
    read = {path for path, _text in web_edition.pages()}

    assert {"static/js/upload.js", "templates/base.html", "templates/consent/ask.html"} <= read
    assert len(list(web_edition.python())) > 100


@pytest.mark.parametrize("reach", [reach for reach in EVERY if reach.allowed])
def test_an_exception_is_made_only_for_a_file_that_needs_it(reach: Reach):
    texts = dict(web_edition.pages())

    needless = [path for path in reach.allowed & texts.keys() if not reach.found_in(texts[path])]
    assert needless == []


@pytest.mark.parametrize("said", SAID)
def test_whatever_the_sentence_names_is_looked_for(said: str):
    assert [reach for reach in EVERY if reach.collects == said] != []


# The page and the headers


@pytest.mark.django_db
def test_the_sentence_names_exactly_these(merchant):
    page = factories.signed_in(merchant).get("/me/held/").content.decode()

    assert f"网页版不收集：{'、'.join(SAID)}。" in page


def test_the_browser_is_told_what_is_off_and_what_is_ours_alone():
    rules = declared()

    assert {feature for feature, who in rules.items() if who == "()"} == OFF
    assert {feature for feature, who in rules.items() if who == "(self)"} == OURS_ALONE


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/policies/", "/nowhere/", "/healthz"])
def test_every_answer_carries_the_rule(client: Client, path: str):
    assert client.get(path)["Permissions-Policy"] == PERMISSIONS
