"""`make run`: one command starts everything, a taken port is said plainly, Ctrl-C stops it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config.house import ROOT, free_port

pytestmark = pytest.mark.house

DYING_TAKES_S = 30
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL")


@contextmanager
def launch(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The launcher as make starts it, with its secrets and data in a folder of its own.

    Whatever becomes of the block, neither it nor anything it started outlives it.
    """
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    env |= {"ENV_FILE": str(folder / "env"), "VAR_DIR": str(folder / "var"), "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Kill a launcher that is still there, and the sessions of the processes it started."""
    if process.poll() is None:
        started = children_of(process)
        process.kill()
        for child in started:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        # Not ours to wait for; each look is a process of its own and takes its time.
        until = time.monotonic() + DYING_TAKES_S
        while started and running(started) and time.monotonic() < until:
            continue
    process.wait()
    process.stdout.close()


def children_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes it started, each the head of a session of its own."""
    told = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line) for line in told.stdout.split()]


def running(pids: list[int]) -> list[str]:
    """Which of these still run; who only waits to be buried does not."""
    told = subprocess.run(
        ["ps", "-o", "stat=,pid=", "-p", ",".join(map(str, pids))],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in told.stdout.splitlines() if not line.startswith("Z")]


def make_folder(path: Path) -> Path:
    path.mkdir()
    return path


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What it prints, up to and with the line that holds the words."""
    printed = ""
    for line in process.stdout:
        printed += line
        if words in line:
            return printed
    raise AssertionError(printed)


def processes_of(folder: Path) -> list[str]:
    """Command lines of processes that still work in this folder."""
    found = subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [line for line in found if str(folder / "var") in line]


def test_one_command_starts_everything_and_ctrl_c_stops_it(tmp_path):
    port = free_port()
    with launch(tmp_path, port) as first:
        printed = read_until(first, "Ctrl-C")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            status = answer.status
        with launch(make_folder(tmp_path / "second"), port) as second:
            refused, _ = second.communicate(timeout=30)
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=30)

    assert status == 200
    assert f"http://127.0.0.1:{port}/dev/outbox/" in printed
    assert "shenhe" in printed
    assert (second.returncode, f"Port {port} is taken" in refused) == (1, True)
    assert first.returncode == 0
    assert processes_of(tmp_path) == []
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0


def test_a_second_start_keeps_what_the_first_one_made_however_that_ended(tmp_path):
    passwords, left = [], []
    for closing in (signal.SIGHUP, signal.SIGTERM):
        with launch(tmp_path, free_port()) as process:
            passwords.append(read_until(process, "shenhe2").splitlines()[-1])
            process.send_signal(closing)
            process.communicate(timeout=30)
        left += processes_of(tmp_path)

    assert passwords[0] == passwords[1]
    assert left == []


def test_a_launcher_that_hangs_does_not_keep_the_tests_waiting(tmp_path):
    with suppress(subprocess.TimeoutExpired), launch(tmp_path, free_port()) as process:
        read_until(process, "Ctrl-C")
        started = children_of(process)
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=1)

    assert process.returncode == -signal.SIGKILL
    assert len(started) == 5
    assert running(started) == []
    assert processes_of(tmp_path) == []
