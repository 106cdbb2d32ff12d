"""What the law makes us keep after deactivation: sealed under its own key, gone at its end."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import SealedRecord
from accounts.personal import keys, seal_bytes
from accounts.personal.classes import Retention


@transaction.atomic
def seal_away(
    *,
    erasure_id: UUID,
    person_id: UUID,
    holder: str,
    law: str,
    until: date,
    fields: Mapping[str, str],
) -> SealedRecord:
    """Keep `fields` until `until` because of `law`, out of reach of business. Repeatable."""
    known = SealedRecord.objects.filter(erasure=erasure_id, holder=holder).first()
    if known is not None:
        return known
    sealed = seal_bytes(
        person=person_id,
        retention=Retention.SEALED,
        context=f"accounts.SealedRecord:{erasure_id}:{holder}",
        plain=ledger.canonical(dict(fields)).encode(),
    )
    record = SealedRecord.objects.create(
        erasure_id=erasure_id,
        person=person_id,
        holder=holder,
        law=law,
        until=until,
        sealed=sealed,
        fields=",".join(sorted(fields)),
    )
    body = {"erasure": str(erasure_id), "holder": holder, "law": law, "until": str(until)}
    ledger.append("sealed", stream=person_id, body=body | {"fields": record.fields})
    return record


def erase_expired(*, now: datetime | None = None) -> int:
    """Erase sealed records whose term has ended; the key goes with a person's last one."""
    at = now or timezone.now()
    today = timezone.localtime(at).date()
    expired = SealedRecord.objects.filter(until__lt=today).order_by("until")[:500]
    for record in expired:
        _erase(record, at)
    return len(expired)


def _erase(record: SealedRecord, at: datetime) -> None:
    with transaction.atomic():
        gone, _per_model = SealedRecord.objects.filter(pk=record.pk).delete()
        if not gone:
            return
        if not SealedRecord.objects.filter(person=record.person).exists():
            keys.destroy(record.person, [Retention.SEALED])
        body = {"erasure": str(record.erasure_id), "holder": record.holder, "law": record.law}
        ledger.append("sealed_erased", stream=record.person, body=body, now=at)
