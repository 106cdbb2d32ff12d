"""The bench compares side by side, keeps a fixed form, and outlives a bench that crashes."""

import json
import os
import re
import subprocess
import sys

import pytest

from bench import __main__ as bench
from bench.harness import ROOT, Row, interleaved, machine

SPEEDS = """
from bench.harness import Row

def measure():
    print("noise on stdout")
    return [Row("a", "1 ms", "2 ms", 0.5, "≤ 1×", True), Row("b", "3", "", None, "0", False)]
"""
CRASHES = "def measure():\n    raise RuntimeError('no sink | here')\n"
QUITS = "import sys\ndef measure():\n    sys.exit(3)\n"
NO_BENCH = "def helper():\n    pass\n"


@pytest.fixture
def benches(tmp_path, monkeypatch):
    """A folder of benches outside the repository, run by the real runner."""
    package = tmp_path / "trial"
    package.mkdir()
    for name, source in {
        "__init__": "",
        "speeds": SPEEDS,
        "crashes": CRASHES,
        "quits": QUITS,
        "helper": NO_BENCH,
    }.items():
        (package / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{ROOT}")
    monkeypatch.setattr(bench, "PACKAGE", "trial")
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "var" / "bench.json")
    return package


def test_a_row_is_printed_in_six_fields():
    fast = Row("courier", "9 000/s", "300/s", 30.04, "≥ 25×", met=True)
    plain = Row("erasure", "1.4 s", "", None, "≤ 1 s", met=False)

    assert [str(fast), str(plain)] == [
        "courier | 9 000/s | 300/s | 30× | ≥ 25× | met",
        "erasure | 1.4 s | - | - | ≤ 1 s | short",
    ]


def test_both_sides_run_once_unmeasured_and_then_take_turns_at_going_first():
    order: list[str] = []

    interleaved(lambda: order.append("s"), lambda: order.append("b"), runs=3)

    assert "".join(order) == "sb" + "sb" + "bs" + "sb"


def test_the_median_of_each_side_is_told_apart(monkeypatch):
    durations = iter([5.0, 1.0, 9.0, 7.0, 6.0, 2.0])
    monkeypatch.setattr("bench.harness._seconds", lambda _work: next(durations))

    assert interleaved(int, int, runs=3) == (6.0, 2.0)


def test_the_header_names_machine_and_versions_without_a_host_name(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///portal.sqlite3")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    header = machine()

    assert list(header) == [
        "cpu",
        "cores",
        "load",
        "system",
        "python",
        "django",
        "database",
        "redis",
    ]
    assert re.fullmatch(r"SQLite [\d.]+, no PostgreSQL answered", header["database"])
    assert header["redis"] == "unreachable (ConnectionError)"
    assert os.uname().nodename not in header.values()


def test_the_header_names_the_broker_that_the_benches_start_themselves(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)

    assert re.fullmatch(r"(Redis|Valkey) [\d.]+, started by the bench", machine()["redis"])


def test_only_modules_that_measure_are_benches(benches):
    assert bench.discover(benches) == ["crashes", "quits", "speeds"]


def test_a_crashing_bench_is_short_with_its_error_and_the_others_still_run(benches, capfd):
    code = bench.run(["crashes", "quits", "speeds"])

    printed = [line for line in capfd.readouterr().out.splitlines() if not line.startswith("# ")]
    assert code == 1
    assert printed == [
        "crashes | error: RuntimeError: no sink / here | - | - | - | short",
        "quits | error: exit code 3 | - | - | - | short",
        "a | 1 ms | 2 ms | 0.5× | ≤ 1× | met",
        "b | 3 | - | - | 0 | short",
    ]


def test_a_goal_not_reached_is_a_finding_and_not_a_failure(benches):
    assert bench.run(["speeds"]) == 0


def test_the_same_rows_are_written_down(benches):
    bench.run(["speeds", "crashes"])

    report = json.loads(bench.RESULTS.read_text(encoding="utf-8"))
    assert [(row["name"], row["met"]) for row in report["rows"]] == [
        ("a", True),
        ("b", False),
        ("crashes", False),
    ]
    assert list(report["errors"]) == ["crashes"]
    assert list(report["machine"])[:2] == ["cpu", "cores"]


def test_an_unknown_bench_is_refused_by_name():
    command = [sys.executable, "-m", "bench", "no_such_bench"]

    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert finished.returncode == 2
    assert "no bench no_such_bench" in finished.stderr
