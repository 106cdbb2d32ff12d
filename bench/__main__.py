"""`python -m bench [name …]`: runs the benches, prints a row per number, writes var/bench.json.

Each bench has a process of its own, so that one that crashes costs its own row alone. A goal not
reached is `short`, which is a finding; only a crash makes the run fail.
"""

import ast
import importlib
import json
import subprocess
import sys
import tempfile
from argparse import SUPPRESS, ArgumentParser
from pathlib import Path

from bench.harness import ROOT, Row, as_json, machine

FOLDER = Path(__file__).resolve().parent
PACKAGE = "bench"
RESULTS = ROOT / "var" / "bench.json"
TIMEOUT_SECONDS = 1800


def discover(folder: Path = FOLDER) -> list[str]:
    """Names of the modules that define `measure`; told from their source, nothing is imported."""
    return [file.stem for file in sorted(folder.glob("*.py")) if _has_measure(file)]


def _has_measure(file: Path) -> bool:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return any(isinstance(part, ast.FunctionDef) and part.name == "measure" for part in body)


def measure_apart(name: str) -> tuple[list[Row], str]:
    """The rows of one bench, run in a process of its own, and the error that stopped it, if any.

    What the bench prints goes to stderr: stdout holds rows and nothing else.
    """
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "bench", "--into", str(into), f"{PACKAGE}.{name}"]
        try:
            done = subprocess.run(  # our own module, by its name
                command,
                cwd=ROOT,
                stdout=sys.stderr.fileno(),
                stderr=subprocess.PIPE,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return [], f"no end after {TIMEOUT_SECONDS} s"
        sys.stderr.write(done.stderr)
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            return [], said[-1].replace("|", "/")
        return [Row(**row) for row in json.loads(into.read_text(encoding="utf-8"))], ""


def _measure_here(module: str, into: Path) -> None:
    """The other side of `measure_apart`: inside the bench's own process."""
    found = importlib.import_module(module).measure()
    rows = [found] if isinstance(found, Row) else list(found)
    into.write_text(json.dumps(as_json(rows), ensure_ascii=False), encoding="utf-8")


def run(names: list[str]) -> int:
    """Print header and rows as they come, write them down, and give the exit code."""
    header, rows, errors = machine(), [], {}
    for key, value in header.items():
        print(f"# {key}: {value}", flush=True)
    for name in names:
        found, error = measure_apart(name)
        if error:
            errors[name] = error
            found = [Row(name, f"error: {error}", "-", None, "-", met=False)]
        rows.extend(found)
        print("\n".join(map(str, found)), flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    report = {"machine": header, "rows": as_json(rows), "errors": errors}
    RESULTS.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if errors else 0


def main() -> int:
    """Read the command line; unknown names are refused with the list of known ones."""
    known = discover()
    parser = ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of: {', '.join(known)}")
    parser.add_argument("--into", type=Path, help=SUPPRESS)
    options = parser.parse_args()
    if options.into:
        _measure_here(options.names[0], options.into)
        return 0
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        parser.error(f"no bench {', '.join(unknown)}; there are: {', '.join(known)}")
    return run(options.names or known)


if __name__ == "__main__":
    sys.exit(main())
