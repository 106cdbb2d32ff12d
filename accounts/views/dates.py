"""Moments the way people read them."""

from datetime import datetime

from django.utils import timezone


def minute(moment: datetime) -> str:
    """2026年11月22日 21:05."""
    at = timezone.localtime(moment)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def day(moment: datetime) -> str:
    """2026年11月22日."""
    at = timezone.localtime(moment)
    return f"{at.year}年{at.month}月{at.day}日"
