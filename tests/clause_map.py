"""Which clause of the policies is proven by which test: the map of done, printed by `make clauses`.

A test names what it proves: `@pytest.mark.clause("C11", "C13")`. As a pytest plugin this module
refuses unknown ids and keeps each marked test's last outcome in var/clauses.json; as
`python -m tests.clause_map` it collects the tests anew and holds them against those outcomes.
"""

import contextlib
import csv
import fcntl
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
REGISTER = ROOT / "docs" / "clauses.csv"
# Functions the old policies speak of and the web edition has not: which clauses, and why.
NOT_HERE = ROOT / "docs" / "clauses-not-here.csv"
RESULTS = Path("var") / "clauses.json"
PROPERTY = "clauses"
# What a test amounts to when its parameters went different ways: the first of these that occurs.
WORST_FIRST = ("failed", "not run", "skipped", "passed")


@dataclass(frozen=True)
class Clause:
    """One numbered promise. Marks: P portal, B backend, D document, X cannot apply on the web."""

    id: str
    marks: str
    note: str
    not_here: str = ""

    @property
    def counts(self) -> bool:
        return bool({"P", "B"} & set(self.marks))

    @property
    def cannot_apply(self) -> str:
        """Why it has no mechanism here; empty when it must have one."""
        if self.marks == "X":
            return self.note or "cannot apply in a web portal"
        return self.not_here


@dataclass(frozen=True)
class Line:
    """A clause, its state (proven, claimed, open, x) and its tests; for x its reason first."""

    clause: Clause
    state: str
    tests: str

    def __str__(self) -> str:
        return f"{self.clause.id} | {self.clause.marks} | {self.state} | {self.tests}"


def read_register(file: Path = REGISTER, not_here: Path = NOT_HERE) -> dict[str, Clause]:
    """Every clause by its id. A row `C137-141` is five promises: C137 … C141, each to be proven."""
    clauses: dict[str, Clause] = {}
    reasons = _reasons(not_here)
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            for name in _single_ids(row["id"]):
                if name in clauses:
                    raise ValueError(f"{name} stands twice in {file}")
                clauses[name] = Clause(
                    name, row["marks"], row["note"].strip(), reasons.pop(name, "")
                )
    if reasons:
        raise ValueError(f"{not_here} gives reasons for unknown clauses: {', '.join(reasons)}")
    return clauses


def _reasons(file: Path) -> dict[str, str]:
    """Why each of these clauses has no function here; a clause without a reason is refused."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [(row["id"], row["reason"].strip()) for row in csv.DictReader(opened)]
    if unreasoned := [name for name, reason in rows if not reason]:
        raise ValueError(f"no reason in {file} for {', '.join(unreasoned)}")
    if len(reasons := dict(rows)) != len(rows):
        raise ValueError(f"a clause stands twice in {file}")
    return reasons


def _single_ids(text: str) -> Iterator[str]:
    found = re.fullmatch(r"([A-Z])(\d+)(?:-(\d+))?", text)
    if not found:
        raise ValueError(f"{text!r} is not a clause id")
    letter, first, last = found.groups()
    for number in range(int(first), int(last or first) + 1):
        yield f"{letter}{number}"


# --- The plugin ---


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config.rootpath / RESULTS), "clause-recorder")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Checks the markers while collecting, where a mistake is an ordinary collection error."""
    report = yield
    mistakes = []
    for item in report.result or ():
        if isinstance(item, pytest.Item) and (ids := clause_ids(item)):
            # Properties travel with the report from an xdist worker to its controller.
            item.user_properties.append((PROPERTY, ids))
            unknown = ", ".join(repr(name) for name in ids if name not in known())
            mistakes += [f"{item.nodeid} claims unknown clause {unknown}"] if unknown else []
    if mistakes:
        report.outcome, report.longrepr = "failed", "\n".join(mistakes)
    return report


def clause_ids(item: pytest.Item) -> list[str]:
    """The clauses a test claims; an empty marker claims the unknown clause ''."""
    marks = list(item.iter_markers("clause"))
    return sorted({str(name) for mark in marks for name in mark.args or ("",)})


@cache
def known() -> Mapping[str, Clause]:
    """The register, read once."""
    return read_register()


class Recorder:
    """Gathers outcomes in the one process that sees every report, and writes them at the end."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.outcomes: dict[str, str] = {}
        self.claims: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A crashed worker's report has no properties, but still fails the test it names."""
        name = report.nodeid
        for key, value in report.user_properties:
            if key == PROPERTY and isinstance(value, list):
                self.claims[name] = value
        if report.failed:
            self.outcomes[name] = "failed"
        elif report.skipped or hasattr(report, "wasxfail"):
            self.outcomes.setdefault(name, "skipped")
        elif report.when == "call":
            self.outcomes.setdefault(name, "passed")

    def pytest_sessionfinish(self) -> None:
        if self.outcomes:
            save(self.file, self.outcomes, self.claims)


def save(file: Path, outcomes: Mapping[str, str], claims: Mapping[str, list[str]]) -> None:
    """Merge this run into the file: a test not run keeps its last outcome."""
    file.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with file.open("a+", encoding="utf-8") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        opened.seek(0)
        tests = _tests_in(opened.read())
        for name, outcome in outcomes.items():
            ids = claims.get(name) or tests.get(name, {}).get("clauses")
            if ids:
                tests[name] = {"outcome": outcome, "clauses": ids, "at": now}
        opened.truncate(0)
        json.dump({"tests": tests}, opened, ensure_ascii=False, indent=1, sort_keys=True)


def load(file: Path) -> dict[str, str]:
    """The last outcome of every marked test; none when no test ever ran here."""
    if not file.exists():
        return {}
    return {name: test["outcome"] for name, test in _tests_in(file.read_text("utf-8")).items()}


def _tests_in(text: str) -> dict[str, Any]:
    """A file cut short by a kill proves nothing: the tests must run again."""
    try:
        return dict(json.loads(text)["tests"])
    except (ValueError, KeyError, TypeError):
        return {}


# --- The map ---


class Collector:
    """Remembers what the collection found: test → clauses."""

    def __init__(self) -> None:
        self.claims: dict[str, list[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.claims = {item.nodeid: ids for item in session.items if (ids := clause_ids(item))}


def draw(
    register: Mapping[str, Clause], claims: Mapping[str, list[str]], outcomes: Mapping[str, str]
) -> list[Line]:
    """One line per clause in register order; a test is proven only with all of its parameters."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, ids in claims.items():
        for clause in ids:
            function = found.setdefault(clause, {}).setdefault(name.partition("[")[0], [])
            function.append(outcomes.get(name, "not run"))
    return [_line(clause, found.get(clause.id, {})) for clause in register.values()]


def _line(clause: Clause, tests: Mapping[str, Iterable[str]]) -> Line:
    if not tests:
        reason = clause.cannot_apply
        return Line(clause, "x" if reason else "open", reason or "-")
    worst = {name: min(results, key=WORST_FIRST.index) for name, results in sorted(tests.items())}
    is_proven = set(worst.values()) == {"passed"}
    named = ", ".join(
        name if last == "passed" else f"{name} [{last}]" for name, last in worst.items()
    )
    if clause.cannot_apply and is_proven:
        return Line(clause, "x", f"{clause.cannot_apply} ({named})")
    return Line(clause, "proven" if is_proven else "claimed", named)


def total(lines: Iterable[Line]) -> str:
    """The last line. Only clauses with a P or B mark count, on both sides."""
    counted = [line for line in lines if line.clause.counts]
    states = Counter(line.state for line in counted)
    return (
        f"clauses proven: {states['proven']} of {len(counted)}; not here, with the reason: "
        f"{states['x']}; open: {states['open'] + states['claimed']}"
    )


def main(arguments: list[str]) -> int:
    """Print the map. Arguments go to pytest's collection, which must succeed."""
    collector, said = Collector(), io.StringIO()
    options = ["--collect-only", "-q", "--capture=no", *arguments]
    with contextlib.redirect_stdout(said):
        code = pytest.main(options, plugins=[collector])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.stderr.write(said.getvalue())
        return int(code)
    lines = draw(known(), collector.claims, load(ROOT / RESULTS))
    sys.stdout.write("\n".join([*map(str, lines), total(lines)]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
