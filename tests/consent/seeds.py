"""Where the three real policies of other firms lie, for the tests that read them."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "seeds"
FIRM_53 = "000_71cd155e1aa46f53.txt"
KUAISHOU = "001_abd6132087248145.txt"
OLD_51 = "004_d73ac2123352343d.txt"


def seed(name: str) -> str:
    """The text of a seed policy; skips the test, saying so, where it is not at hand."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(
            f"SEED POLICY NOT FOUND: {path} — this test reads a real policy and did not run"
        )
    return path.read_text(encoding="utf-8")
