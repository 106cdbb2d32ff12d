"""Giving a merchant's contact data to a partner; the consent floor records it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import Person
from accounts.personal import Category, PersonalValue
from consent.actions import partners, sharing
from consent.models import Consent, Disclosure, Partner
from consent.states import DeliveryState
from onboarding import permissions
from onboarding.actions.application import locked
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
        values = to_share(fresh, partner)
        return sharing.share(
            person_id=fresh.person_id,
            partner=partner,
            purpose=partner.purpose,
            content={Category.CONTACT.value: {name: v.clear for name, v in values.items()}},
            by=by,
            now=now,
        )


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
