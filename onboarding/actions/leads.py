"""What a merchant wishes of leads: their order, a region, once a place. Off until consented to."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.personal import guard
from onboarding.models import LeadsOrder, LeadsPreference

LEADS, LOCATION = "leads", "location"


@transaction.atomic
def choose_order(*, by: Person, order: str, now: datetime | None = None) -> LeadsPreference:
    """Choose an order; one that looks at the person raises ConsentMissing without the consent."""
    chosen = _locked(by)
    if order == LeadsOrder.REGION:
        guard.require(by.pk, LEADS)
    chosen.order = order
    return _saved(chosen, now, "order")


@transaction.atomic
def choose_region(*, by: Person, region: str, now: datetime | None = None) -> LeadsPreference:
    """Choose the region leads should be near to, "" for none; raises ConsentMissing."""
    chosen = _locked(by)
    guard.require(by.pk, LEADS)
    chosen.region = region or None
    chosen.order = LeadsOrder.REGION if region else LeadsOrder.TIME
    return _saved(chosen, now, "region", "order")


@transaction.atomic
def use_place(
    *, by: Person, latitude: str, longitude: str, now: datetime | None = None
) -> LeadsPreference:
    """Keep one coarse place, in degrees with one decimal, instead of the one before.

    Raises ConsentMissing without both consents: to the place, and to what it is for.
    """
    chosen = _locked(by)
    guard.require(by.pk, LEADS)
    chosen.place = f"{latitude},{longitude}"
    chosen.order = LeadsOrder.REGION
    return _saved(chosen, now, "place", "order")


def _locked(person: Person) -> LeadsPreference:
    """The person's row, held until the transaction ends."""
    Person.objects.hold(person.pk)
    found: LeadsPreference
    found, _is_new = LeadsPreference.objects.get_or_create(person_id=person.pk)
    return found


def _saved(chosen: LeadsPreference, now: datetime | None, *fields: str) -> LeadsPreference:
    chosen.updated_at = now or timezone.now()
    chosen.save(update_fields=[*fields, "updated_at"])
    return chosen
