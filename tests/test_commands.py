"""The commands of the Makefile: listed in full by `make help`, and loud about what is missing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULE = re.compile(r"^([a-z]+):", re.M)


def help_lines() -> list[str]:
    # Under `make test` the inner make would announce the folder it enters.
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.splitlines()


def preflight(**environment: str) -> str:
    """What `make test` says before the tests, in this environment."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.preflight"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_help_lists_every_target_in_a_line_of_its_own():
    targets = RULE.findall((ROOT / "Makefile").read_text())

    assert [line.split()[1] for line in help_lines()] == targets
    assert [line for line in help_lines() if len(line.split()) < 4 or len(line) > 100] == []


def test_missing_chromium_is_said_loudly_before_the_tests():
    said = preflight(PATH="/nowhere")

    assert "!!!!\n! No Chromium found: the browser tests are SKIPPED." in said


def test_what_is_under_test_is_said_before_the_tests():
    said = preflight(
        CHROME_PATH="/opt/chrome",
        DATABASE_URL="postgres://somebody:secret@host/name",
        REDIS_URL="redis://host/0",
    )

    assert said.splitlines() == [
        "Testing on: database postgres, broker REDIS_URL",
        "Browser: /opt/chrome",
    ]
