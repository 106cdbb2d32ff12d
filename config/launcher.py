"""`make run`: secrets, databases, demo content, then the whole house on 127.0.0.1 until Ctrl-C."""

import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty, SimpleQueue

from config.house import ROOT, House, ProcessDied, free_port

ENV_FILE = Path(os.environ.get("ENV_FILE", str(ROOT / ".env")))
RESTART_AFTER_S = 1.0


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def write_env(path: Path) -> None:
    """A development .env with fresh secrets, readable by its owner only. Never overwrites one."""
    lines = [
        "# Written by `make run` for development. Every secret here was made on this machine.",
        "DEVELOPMENT=true",
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        f"INDEX_KEY={secrets.token_urlsafe(32)}",
        f"KMS_KEYS=1:{_key()}",
        f"SIGNING_KEY={_key()}",
        f"DEMO_PARTNER_SECRET=whsec_{_key()}",
        "# Try the check of ID numbers with invented answers: IDENTITY_URL=simulator://verifier",
        "# A page of this portal plays WeChat; leave it empty and WeChat is not offered.",
        "WECHAT_URL=simulator://",
        "# How long a deactivation can still be cancelled: a day by default, shorter for a demo.",
        "ERASURE_GRACE_SECONDS=60",
        "SWEEP_SECONDS=2",
    ]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def read_env(path: Path) -> dict[str, str]:
    """The lines of an env file; the process environment wins over them."""
    lines = [line.partition("=") for line in path.read_text().splitlines() if line[:1] != "#"]
    return {name: value for name, equals, value in lines if equals}


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _asked_to_stop(signals: SimpleQueue[int]) -> bool:
    """Whether a signal came, after waiting a moment for one.

    A queue that may be put to inside wait and signal handler alike: an Event set by a handler while
    its own thread enters wait() locks itself up for ever.
    """
    try:
        signals.get(timeout=RESTART_AFTER_S)
    except Empty:
        return False
    return True


def _supervise(house: House, signals: SimpleQueue[int]) -> None:
    """Restart what ends by itself, and say so, until asked to stop."""
    while not _asked_to_stop(signals):
        for name in house.dead():
            _say(f"! {name} ended; starting it again. Its log: {house.log(name)}")
            house.start(name)


def _house() -> House | None:
    if not ENV_FILE.exists():
        write_env(ENV_FILE)
        _say(f"Wrote {ENV_FILE.name} with fresh secrets.")
    env = read_env(ENV_FILE) | dict(os.environ)
    port = int(env.get("PORT", "8000"))
    if free_port(port) != port:
        _say(
            f"Port {port} is taken. Stop what listens there, or choose another: PORT=8080 make run"
        )
        return None
    var = Path(env.get("VAR_DIR", str(ROOT / "var"))).resolve()
    return House(var=var, port=port, partner_port=free_port(port + 10), env=env)


def _welcome(house: House, demo: str, seconds: float) -> None:
    _say(f"\n51车商家端 is running ({seconds:.1f} s)\n")
    _say(f"  portal           {house.url}/")
    _say(f"  text messages    {house.url}/dev/outbox/")
    _say(f"  components       {house.url}/dev/components/")
    _say(f"  review desk      {house.url}/desk/")
    _say(f"  demo partner     {house.partner_url}/")
    _say(f"  health           {house.url}/healthz")
    _say(f"\n{demo.strip()}\n\nLogs are in {house.var / 'log'}. Ctrl-C stops everything.")


def main() -> int:
    """Run the house until Ctrl-C, SIGTERM or a closed terminal; 1 when it could not start."""
    began = time.monotonic()
    house = _house()
    if house is None:
        return 1
    signals: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda came, _frame: signals.put(came))
    try:
        if house.own_broker:
            house.start("broker")
        prepared = house.manage("prepare", "--demo")
        if prepared.returncode != 0:
            _say(prepared.stdout + prepared.stderr)
            return 1
        house.start_all()
        house.wait_until_well()
        _welcome(house, prepared.stdout, time.monotonic() - began)
        _supervise(house, signals)
    except (ProcessDied, subprocess.SubprocessError) as failure:
        _say(f"Could not start: {failure}")
        return 1
    finally:
        house.stop_all()
    _say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
