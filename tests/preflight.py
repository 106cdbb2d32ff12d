"""Says, before the tests run, what they will run on and what they will leave out."""

import os
import shutil
import sys

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> str | None:
    """Path of a Chromium or Chrome: CHROME_PATH, else one on PATH, else the macOS application."""
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    if found:
        return found
    return MAC_CHROME if os.path.exists(MAC_CHROME) else None  # noqa: PTH110 - a constant path


def main() -> None:
    """Print the services under test, and loudly that the browser tests cannot run."""
    database = os.environ.get("DATABASE_URL", "SQLite, embedded").split(":", 1)[0]
    broker = "REDIS_URL" if os.environ.get("REDIS_URL") else "embedded Valkey"
    sys.stdout.write(f"Testing on: database {database}, broker {broker}\n")
    browser = chromium()
    if browser:
        sys.stdout.write(f"Browser: {browser}\n")
        return
    line = "!" * 78
    sys.stdout.write(
        f"{line}\n! No Chromium found: the browser tests are SKIPPED.\n"
        f"! On Debian: apt install chromium; elsewhere set CHROME_PATH.\n{line}\n"
    )


if __name__ == "__main__":
    main()
