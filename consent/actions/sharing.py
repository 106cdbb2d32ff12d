"""The only door out: nothing personal leaves for a partner but through share()."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from consent.actions import consents, mailboxes, partners
from consent.bases import Basis
from consent.models import (
    Consent,
    Delivery,
    Disclosure,
    DisclosureContent,
    Partner,
    PartnerIdentity,
)
from consent.states import PartnerState


class NoConsent(Exception):
    """The person has no live separate consent for this recipient (PIPL 23)."""


class OutOfScope(Exception):
    """A field this partner may not see was about to be shared."""


class PartnerOff(Exception):
    """Data do not go to this partner: it is not active."""


@transaction.atomic
def share(
    *,
    person_id: UUID,
    partner: Partner,
    purpose: str,
    content: Mapping[str, Mapping[str, str]],
    by: Person | None,
    now: datetime | None = None,
) -> Disclosure:
    """Give `content` (category to field to value) to a partner: ledger, disclosure, delivery.

    All in one transaction. Raises PartnerOff, NoConsent, OutOfScope. A second call for the same
    person and partner while the first is still on its way is a second disclosure.
    """
    at = now or timezone.now()
    Person.objects.hold(person_id)
    state = Partner.objects.values_list("state", flat=True).get(pk=partner.pk)
    if state != PartnerState.ACTIVE:
        raise PartnerOff(partner.slug)
    event = _consent_event(person_id, partner)
    _check_scope(partner, content)
    values = {name: value for fields in content.values() for name, value in fields.items()}
    PartnerIdentity.objects.get_or_create(partner=partner, person=person_id)
    disclosure = Disclosure.objects.create(
        person=person_id,
        partner=partner,
        purpose=purpose,
        categories=ledger.canonical({c: sorted(fields) for c, fields in content.items()}),
        scale=len(values),
        basis=Basis.CONSENT.value,
        consent_event=event,
        at=at,
    )
    DisclosureContent.objects.create(
        disclosure=disclosure,
        person=person_id,
        values=json.dumps(values, ensure_ascii=False, sort_keys=True),
    )
    Delivery.objects.create(id=disclosure.pk, partner=partner, disclosure=disclosure, next_at=at)
    ledger.append(
        "shared",
        stream=person_id,
        by=by.pk if by else None,
        body={
            "disclosure": str(disclosure.pk),
            "partner": partner.slug,
            "categories": sorted(content),
            "scale": len(values),
            "basis": Basis.CONSENT.value,
            "consent_event": event,
        },
        now=at,
    )
    mailboxes.hurry(partner.pk, at)
    return disclosure


def _consent_event(person_id: UUID, partner: Partner) -> int:
    """The event that gave the live consent for exactly this recipient on today's terms."""
    code = partners.consent_code(partner)
    if not consents.is_live(person_id, code):
        raise NoConsent(code)
    event = Consent.objects.of(person_id).values_list("event", flat=True).get(code=code)
    if event is None:
        raise NoConsent(code)
    return event


def _check_scope(partner: Partner, content: Mapping[str, Mapping[str, str]]) -> None:
    allowed = partner.allowed
    for category, fields in content.items():
        beyond = set(fields) - set(allowed.get(category, ()))
        if beyond:
            raise OutOfScope(f"{partner.slug}: {category} {sorted(beyond)}")
