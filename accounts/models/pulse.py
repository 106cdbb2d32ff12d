"""Signs of life that worker and beat leave, for /healthz."""

from django.db import models


class Pulse(models.Model):
    """When a kind of process was last seen doing its work."""

    PLAIN = ("name", "at")

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
