"""What must not outlive its purpose goes: numbers, codes, messages, sessions, sealed records."""

from datetime import datetime, timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.actions import callers, complaints, contacts, erasure, notifications
from accounts.actions.erasure import replying
from accounts.models import Challenge, OutboxMessage, Person, Session

CODES_KEPT: Final = timedelta(hours=24)
MESSAGES_KEPT: Final = timedelta(hours=1)


def clean_up(*, now: datetime | None = None) -> dict[str, int]:
    """Remove everything whose time has come; returns how much of each kind went."""
    at = now or timezone.now()
    return {
        "numbers": _numbers(at),
        "codes": Challenge.objects.filter(created_at__lte=at - CODES_KEPT).delete()[0],
        "messages": OutboxMessage.objects.filter(sent_at__lte=at - MESSAGES_KEPT).delete()[0],
        "sessions": _sessions(at),
        "staff_sessions": _staff_sessions(),
        "sealed": erasure.erase_expired(now=at),
        "reply_keys": replying.forget_spent(),
        "complaints": complaints.discard(at),
        "contacts": contacts.discard(at),
        "caller_checks": callers.forget(at),
        "complaint_addresses": complaints.forget_addresses(at),
        "notifications": notifications.discard(at),
    }


def _numbers(at: datetime) -> int:
    """Numbers are sealed with a challenge only while its code could still be entered."""
    over = Challenge.objects.filter(expires_at__lte=at).exclude(sealed_phone=None)
    return over.update(sealed_phone=None)


def _sessions(at: datetime) -> int:
    """The expired ones, and one that was being signed in to while its account was erased."""
    people = Person.objects.filter(pk=OuterRef("person"))
    is_nobodys = Q(person__isnull=False) & ~Exists(people)
    return Session.objects.filter(Q(expire_date__lte=at) | is_nobodys).delete()[0]


def _staff_sessions() -> int:
    """Addresses and browsers of staff, once the session they describe is gone."""
    live = Session.objects.values("session_key")
    return int(UserSession.objects.exclude(session_key__in=live).delete()[0])
