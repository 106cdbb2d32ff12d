"""What every test of the top floor needs: storage of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def stored(settings, tmp_path) -> Path:
    """The folder of sealed papers, empty at first."""
    folder = tmp_path / "papers"
    settings.STORAGE_URL = f"file://{folder}"
    return folder


@pytest.fixture
def files(stored):
    """The stored files, asked for when needed."""
    return lambda: sorted(path for path in stored.rglob("*") if path.is_file())
