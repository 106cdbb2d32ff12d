"""The map of done says proven only where every marked test passed when it last ran."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import clause_map
from tests.clause_map import Clause, draw, load, read_register, save, total

ROOT = Path(__file__).resolve().parent.parent
# What people agree to, are shown and refuse, and who receives their data.
CONSENT = (
    ("C", {*range(1, 11), 54, *range(60, 90), *range(98, 128), *range(145, 148), *range(169, 180)}),
    ("A", {*range(1, 10), *range(44, 75), *range(83, 94)}),
    ("B", {*range(1, 63), *range(96, 105)}),
)
REGISTER = {
    "C1": Clause("C1", "D", ""),
    "C2": Clause("C2", "BD", ""),
    "C3": Clause("C3", "P", ""),
    "C4": Clause("C4", "X", "sandbox"),
    "C5": Clause("C5", "PX", "web part only"),
    "C6": Clause("C6", "P", "", not_here="no orders"),
    "C7": Clause("C7", "P", "", not_here="no surveys"),
}
SUITE = """
import pytest

@pytest.mark.clause("C11", "C13")
def test_passes():
    pass

@pytest.mark.clause("C16")
def test_skips():
    pytest.skip("not here")

@pytest.mark.clause("C17")
def test_fails():
    assert False

@pytest.mark.clause("C18")
@pytest.mark.xfail(strict=False)
def test_passes_against_expectation():
    pass

@pytest.fixture
def breaks_afterwards():
    yield
    raise RuntimeError

@pytest.mark.clause("C19")
def test_passes_but_breaks_afterwards(breaks_afterwards):
    pass

def test_claims_nothing():
    pass
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers -p no:cacheprovider\n"
        "markers =\n    clause(*ids): proves\n"
    )
    return tmp_path


def run_pytest(project: Path, suite: str, *options: str) -> subprocess.CompletedProcess[str]:
    (project / "test_suite.py").write_text(suite)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "tests.clause_map", *options],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def outcomes(project: Path) -> dict[str, str]:
    return {
        name.removeprefix("test_suite.py::"): outcome
        for name, outcome in load(project / "var" / "clauses.json").items()
    }


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "xdist"])
def test_a_run_records_the_outcome_of_every_marked_test(project, workers):
    run_pytest(project, SUITE, *workers)

    assert outcomes(project) == {
        "test_passes": "passed",
        "test_skips": "skipped",
        "test_fails": "failed",
        "test_passes_against_expectation": "skipped",
        "test_passes_but_breaks_afterwards": "failed",
    }


def test_a_later_run_of_one_test_keeps_the_outcomes_of_the_others(project):
    run_pytest(project, SUITE)

    run_pytest(project, SUITE.replace("assert False", "assert True"), "-k", "test_fails")

    recorded = outcomes(project)
    assert (recorded["test_fails"], recorded["test_skips"]) == ("passed", "skipped")


def test_a_test_that_kills_its_worker_is_recorded_as_failed(project):
    suite = "import os, pytest\n@pytest.mark.clause('C11')\ndef test_it():\n    os.getpid()\n"
    run_pytest(project, suite)

    run_pytest(project, suite.replace("os.getpid()", "os._exit(9)"), "-n", "1")

    assert outcomes(project) == {"test_it": "failed"}


def test_collecting_alone_records_nothing(project):
    run_pytest(project, SUITE, "--collect-only")

    assert outcomes(project) == {}


@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["one process", "xdist"])
@pytest.mark.parametrize(
    ("marker", "named"), [("clause('C999')", "'C999'"), ("clause", "''"), ("clause(11)", "'11'")]
)
def test_an_unknown_clause_fails_the_collection_by_name(project, marker, named, workers):
    suite = f"import pytest\n@pytest.mark.{marker}\ndef test_it():\n    pass\n"

    finished = run_pytest(project, suite, *workers)

    assert finished.returncode != 0
    assert f"test_suite.py::test_it claims unknown clause {named}" in finished.stdout


def test_a_row_that_names_a_range_is_as_many_clauses():
    register = read_register()

    assert [name for name in register if name in {"C136", "C137", "C139", "C141", "C142"}] == [
        "C136",
        "C137",
        "C139",
        "C141",
        "C142",
    ]
    assert "C137-141" not in register


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ("C1,P,,,,\nC1,P,,,,\n", "C1 stands twice"),
        ("C1-2,P,,,,\nC2,P,,,,\n", "C2 stands twice"),
        ("C-1,P,,,,\n", "'C-1' is not a clause id"),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(tmp_path, rows, refused):
    file = tmp_path / "clauses.csv"
    file.write_text(f"id,marks,clause,quote,note,seed\n{rows}")

    with pytest.raises(ValueError, match=refused):
        read_register(file)


@pytest.mark.parametrize(
    ("recorded", "line"),
    [
        ({"a.py::t": "passed", "b.py::u[1]": "passed"}, "C3 | P | proven | a.py::t, b.py::u"),
        ({"a.py::t": "passed"}, "C3 | P | claimed | a.py::t, b.py::u [not run]"),
        ({}, "C3 | P | claimed | a.py::t [not run], b.py::u [not run]"),
        (
            {"a.py::t": "failed", "b.py::u[1]": "skipped"},
            "C3 | P | claimed | a.py::t [failed], b.py::u [skipped]",
        ),
    ],
)
def test_a_clause_is_proven_only_when_every_marked_test_passed(recorded, line):
    claims = {"a.py::t": ["C3"], "b.py::u[1]": ["C3"]}

    lines = draw(REGISTER, claims, recorded)

    assert str(lines[2]) == line


def test_one_bad_parameter_spoils_its_test():
    claims = {"a.py::t[x]": ["C3"], "a.py::t[y]": ["C3"]}

    lines = draw(REGISTER, claims, {"a.py::t[x]": "passed", "a.py::t[y]": "failed"})

    assert str(lines[2]) == "C3 | P | claimed | a.py::t [failed]"


def test_the_map_lists_every_clause_and_counts_those_with_p_or_b():
    claims = {"a.py::t": ["C1", "C2", "C4", "C6"]}

    lines = draw(REGISTER, claims, {"a.py::t": "passed"})

    assert [*map(str, lines), total(lines)] == [
        "C1 | D | proven | a.py::t",
        "C2 | BD | proven | a.py::t",
        "C3 | P | open | -",
        "C4 | X | x | sandbox (a.py::t)",
        "C5 | PX | open | -",
        "C6 | P | x | no orders (a.py::t)",
        "C7 | P | x | no surveys",
        "clauses proven: 1 of 5; not here, with the reason: 2; open: 2",
    ]


def test_what_keeps_a_function_away_must_pass_for_its_reason_to_count():
    lines = draw(REGISTER, {"a.py::t": ["C6"]}, {"a.py::t": "failed"})

    assert str(lines[5]) == "C6 | P | claimed | a.py::t [failed]"


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ("C999,gone\n", "unknown clauses: C999"),
        ("C71,\n", "no reason in .* for C71"),
        ("C71,a\nC71,b\n", "a clause stands twice"),
    ],
)
def test_reasons_that_cannot_be_true_are_refused(tmp_path, rows, refused):
    file = tmp_path / "not-here.csv"
    file.write_text(f"id,reason\n{rows}")

    with pytest.raises(ValueError, match=refused):
        read_register(not_here=file)


def test_every_promise_about_consent_has_a_test_or_a_reason():
    command = [sys.executable, "-m", "tests.clause_map"]

    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    rows = [line.split(" | ") for line in finished.stdout.splitlines()[:-1]]
    counted = [row for row in rows if {"P", "B"} & set(row[1])]
    assert len([row for row in counted if _is_of_consent(row[0])]) > 150
    assert [row[0] for row in counted if _is_of_consent(row[0]) and row[2] == "open"] == []


def _is_of_consent(name: str) -> bool:
    return any(name[0] == letter and int(name[1:]) in numbers for letter, numbers in CONSENT)


def test_a_results_file_cut_short_proves_nothing_and_is_mended_by_the_next_run(tmp_path):
    file = tmp_path / "clauses.json"
    file.write_text('{"tests": {"a.py::t": {"outc')

    before = load(file)
    save(file, {"a.py::t": "passed"}, {"a.py::t": ["C3"]})

    assert (before, load(file)) == ({}, {"a.py::t": "passed"})


def test_the_command_ends_with_the_count(monkeypatch):
    monkeypatch.chdir(ROOT)
    command = [sys.executable, "-m", "tests.clause_map", "tests/test_clause_map.py"]

    finished = subprocess.run(command, capture_output=True, text=True, check=False)

    lines = finished.stdout.splitlines()
    counted = sum(clause.counts for clause in clause_map.known().values())
    assert len(lines) == len(clause_map.known()) + 1
    assert lines[-1].startswith(f"clauses proven: 0 of {counted}; not here")
