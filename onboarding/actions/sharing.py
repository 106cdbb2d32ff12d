"""Giving a merchant's contact data to a partner; the consent floor records it."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from accounts.personal import Category, PersonalValue
from consent.actions import partners, sharing
from consent.models import Consent, Disclosure, Partner
from consent.states import DeliveryState
from onboarding import permissions
from onboarding.actions.application import CONTACT_FIELDS, locked
from onboarding.models import Application

# What partners call it, and the field it comes from.
SHARED_FIELDS: Mapping[str, str] = {
    "merchant_name": "name",
    "contact_name": "contact_name",
    "contact_phone": "contact_phone",
}


def share_contact(
    *, application: Application, partner: Partner, by: Person, now: datetime | None = None
) -> Disclosure:
    """Give the contact data this partner may see to it, once for each consent; safe to repeat.

    Raises NotAllowed, and sharing.Refused in one of its kinds.
    """
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_share(by, fresh)
        given = already_given(fresh, partner)
        if given is not None:
            return given
        return _share(fresh, partner, by, now)


def _share(
    application: Application, partner: Partner, by: Person, now: datetime | None
) -> Disclosure:
    values = to_share(application, partner)
    return sharing.share(
        person_id=application.person_id,
        partner=partner,
        purpose=partner.purpose,
        content={Category.CONTACT.value: {name: v.clear for name, v in values.items()}},
        by=by,
        now=now,
    )


def renew_contact(
    *, application: Application, partner: Partner, by: Person, now: datetime | None = None
) -> Disclosure:
    """Give the corrected contact to a partner that got the old one, on the same consent.

    Once for each correction; safe to repeat. Raises NotAllowed, and sharing.Refused in one of its
    kinds: NoConsent also when nothing was ever given on the consent that stands.
    """
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_share(by, fresh)
        given = already_given(fresh, partner)
        if given is None:
            raise sharing.NoConsent(partners.consent_code(partner))
        if not _is_outdated(fresh, given):
            return given
        return _share(fresh, partner, by, now)


def outdated(application: Application) -> list[Disclosure]:
    """The last that each partner got on a consent that stands, where the contact is another now."""
    if application.contact_changed_at is None:
        return []
    person = application.person_id
    standing = Consent.objects.of(person).live().exclude(event=None).values("event")
    given = Disclosure.objects.of(person).filter(consent_event__in=standing)
    newest: dict[int, Disclosure] = {}
    for one in given.exclude(delivery__state=DeliveryState.CANCELLED).select_related("partner"):
        newest.setdefault(one.partner_id, one)
    return [one for one in newest.values() if _is_outdated(application, one)]


def _is_outdated(application: Application, given: Disclosure) -> bool:
    named = json.loads(given.categories).get(Category.CONTACT.value, [])
    changed_at = application.contact_changed_at
    return bool(changed_at and given.at < changed_at and set(named) & set(CONTACT_FIELDS))


def to_share(application: Application, partner: Partner) -> dict[str, PersonalValue]:
    """The values this partner may see, by the name it calls them."""
    allowed = partner.allowed.get(Category.CONTACT.value, [])
    values = {name: getattr(application, SHARED_FIELDS[name]) for name in allowed}
    return {name: value for name, value in values.items() if value}


def already_given(application: Application, partner: Partner) -> Disclosure | None:
    """What was given, or is on its way, on the ground of the consent that stands now."""
    person = application.person_id
    code = partners.consent_code(partner)
    standing = Consent.objects.of(person).live().filter(code=code).first()
    if standing is None or standing.event is None:
        return None
    given = Disclosure.objects.of(person).filter(partner=partner, consent_event=standing.event)
    return given.exclude(delivery__state=DeliveryState.CANCELLED).first()
