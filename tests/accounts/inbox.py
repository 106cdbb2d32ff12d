"""Reading the development inbox, as a person with the phone in hand would."""

import json
import re

from accounts.models import OutboxMessage
from accounts.personal import open_system
from accounts.ports import sms


def messages() -> list[dict[str, str]]:
    """All messages, the newest first."""
    return [
        json.loads(open_system(sms.OUTBOX_CONTEXT, bytes(message.sealed)))
        for message in OutboxMessage.objects.all()
    ]


def last_code() -> str:
    """The code in the newest message."""
    found = re.search(r"验证码 (\d{6})", messages()[0]["text"])
    assert found
    return found[1]
