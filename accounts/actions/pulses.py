"""Signs of life: /healthz believes a process only as long as its last sign is fresh."""

from datetime import datetime

from django.utils import timezone

from accounts.models import Pulse


def beat_of(name: str, *, now: datetime | None = None) -> None:
    """Note that a worker or beat is at work."""
    Pulse.objects.update_or_create(name=name, defaults={"at": now or timezone.now()})
