"""Secrets of the portal that lie sealed in rows: each floor registers how its own are sealed anew.

After a new KMS key they must follow, or the old one could never be taken away.
"""

from collections.abc import Callable

# Seals anew what an older key still seals; returns how many.
Resealer = Callable[[], int]

_registered: dict[str, Resealer] = {}


def register(name: str, resealer: Resealer) -> None:
    """Add the secrets called `name`, in Chinese, as the command prints them."""
    _registered[name] = resealer


def run() -> dict[str, int]:
    """Seal all of them anew; how many of each kind changed."""
    return {name: resealer() for name, resealer in _registered.items()}
