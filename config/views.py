"""What belongs to no app: the health of the whole house, and the pages for requests gone wrong."""

from datetime import timedelta

from django.conf import settings
from django.db import Error, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from accounts.models import Pulse

SILENT_AFTER = timedelta(seconds=30)


def _database_is_well(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def _broker_is_well() -> bool:
    try:
        timeouts = {"socket_timeout": 1, "socket_connect_timeout": 1}
        with Redis.from_url(settings.REDIS_URL, **timeouts) as client:
            return bool(client.ping())
    except (RedisError, ValueError):
        return False


def _pulse_is_fresh(name: str) -> bool:
    try:
        return Pulse.objects.filter(pk=name, at__gt=timezone.now() - SILENT_AFTER).exists()
    except Error:
        return False


def healthz(_request: HttpRequest) -> JsonResponse:
    """200 only while database, vault, broker, worker, courier and beat are all well; else 503."""
    parts = {
        "database": _database_is_well("default"),
        "vault": _database_is_well("vault"),
        "broker": _broker_is_well(),
        "worker": _pulse_is_fresh("worker"),
        "courier": _pulse_is_fresh("courier"),
        "beat": _pulse_is_fresh("beat"),
    }
    failing = [name for name, is_well in parts.items() if not is_well]
    body = {"status": "failing" if failing else "ok", "failing": failing}
    return JsonResponse(body | {"parts": parts}, status=503 if failing else 200)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, without the address that was asked for: it may hold somebody's guess."""
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token does not fit: too old, or sent from elsewhere."""
    return render(request, "403_csrf.html", status=403)
