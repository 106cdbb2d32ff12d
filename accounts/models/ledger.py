"""The ledger: append-only by database trigger, no foreign keys, no personal data."""

from typing import ClassVar

from django.db import models


class LedgerEntry(models.Model):
    """One fact, chained to the one before it in its stream. Written by accounts.ledger alone."""

    PLAIN = ("id", "stream", "seq", "at", "verb", "actor", "body", "prev", "hash")

    stream = models.CharField(max_length=64)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    actor = models.UUIDField(null=True)
    body = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="ledger_one_entry_per_seat", fields=["stream", "seq"])
        ]
        indexes: ClassVar = [models.Index(fields=["verb", "at"], name="ledger_verb_at")]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.verb}"


class LedgerCheckpoint(models.Model):
    """The signed heads of every stream on one day: a stream cut short afterwards is noticed."""

    PLAIN = ("id", "day", "at", "entries", "heads", "signature", "key_id")

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    heads = models.TextField()
    signature = models.CharField(max_length=128)
    key_id = models.CharField(max_length=32)

    def __str__(self) -> str:
        return str(self.day)
