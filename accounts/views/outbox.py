"""The development inbox: text messages that SMS_URL=outbox:// keeps instead of sending."""

import json
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import OutboxMessage
from accounts.personal import masks, open_system
from accounts.ports.sms import OUTBOX_CONTEXT

SHOWN = 20
_CODE = re.compile(r"验证码 (\d{6})")


@require_GET
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, each with its code ready to copy."""
    return render(
        request,
        "accounts/outbox.html",
        {"messages_sent": [_shown(message) for message in OutboxMessage.objects.all()[:SHOWN]]},
    )


def _shown(message: OutboxMessage) -> dict[str, object]:
    opened = json.loads(open_system(OUTBOX_CONTEXT, bytes(message.sealed)))
    code = _CODE.search(opened["text"])
    return {
        "id": message.pk,
        "phone": masks.phone(opened["phone"]),
        "text": opened["text"],
        "code": code[1] if code else "",
        "sent_at": message.sent_at,
    }
