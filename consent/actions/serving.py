"""The proof that somebody was told: written when the text is shown, once per way of asking."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.addresses import network
from accounts.models import BeingErased, Person
from consent.actions import answers
from consent.models import Served


def record(
    *,
    person_id: UUID,
    question: answers.Question,
    asking: str,
    address: str = "",
    now: datetime | None = None,
) -> Served | None:
    """Write that this text was shown to this person; None when that is known already.

    Costs one read from the second time on. Of `address` only the network is kept. Of whoever is
    being erased nothing is written any more.
    """
    shown = Served.objects.filter(person=person_id, sha256=question.sha256, asking=asking)
    if shown.exists():
        return None
    try:
        with transaction.atomic():
            Person.objects.hold(person_id)
            return None if shown.exists() else _write(person_id, question, asking, address, now)
    except BeingErased:
        return None


def _write(
    person_id: UUID, question: answers.Question, asking: str, address: str, now: datetime | None
) -> Served:
    answers.keep_words(question)
    served = Served.objects.create(
        person=person_id,
        code=question.code,
        version=question.version,
        sha256=question.sha256,
        language=question.language,
        asking=asking,
        address_prefix=network(address),
        at=now or timezone.now(),
    )
    ledger.append(
        "served",
        stream=person_id,
        body={
            "served": served.pk,
            "code": served.code,
            "version": served.version,
            "sha256": served.sha256,
            "language": served.language,
            "asking": served.asking,
            "network": served.address_prefix,
        },
        now=served.at,
    )
    return served
