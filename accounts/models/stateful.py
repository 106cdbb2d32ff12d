"""The base of every row with a lifecycle. Only accounts.transitions.move() writes `state`."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models


class Stateful(models.Model):
    """Declares `state`; a subclass gives it choices and points MOVES at its table in states.py."""

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {}

    state = models.CharField(max_length=20)

    class Meta:
        abstract = True

    def ledger_stream(self) -> str:
        """The ledger stream its moves are written to: the person it is about, else the system."""
        return "system"
