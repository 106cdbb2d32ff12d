"""`make run`: one command starts everything, a taken port is said plainly, Ctrl-C stops it."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from config.house import ROOT, free_port

pytestmark = pytest.mark.house

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL")


def launch(folder: Path, port: int) -> subprocess.Popen[str]:
    """The launcher as make starts it, with its secrets and data in a folder of its own."""
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    env |= {"ENV_FILE": str(folder / "env"), "VAR_DIR": str(folder / "var"), "PORT": str(port)}
    return subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


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
