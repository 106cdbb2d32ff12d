"""A contract that ended: nothing more goes to the partner, and what it got must be deleted.

个人信息保护法 art. 21: whoever works for us returns or deletes what it got once the contract is
over.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import BeingErased, Person
from consent.actions import obligations, partners
from consent.models import Disclosure, Obligation, Partner
from consent.states import PartnerState

# How many people one sweep writes for; the next one goes on.
BATCH: Final = 100


def end_some(now: datetime | None = None) -> int:
    """Switch off every partner whose contract is over, and oblige it for some more people.

    Safe to repeat and to kill: who is still to be obliged follows from what was given and asked.
    Returns how many obligations were made.
    """
    at = now or timezone.now()
    over = Partner.objects.asked_for().contract_over(timezone.localdate(at))
    made = 0
    for partner in over:
        if partner.state == PartnerState.ACTIVE:
            partners.switch_off(partner=partner, by=None)
        people = _still_held(partner, BATCH - made)
        made += sum(_oblige(partner, person_id, at) for person_id in people)
    return made


def _still_held(partner: Partner, most: int) -> list[UUID]:
    """People of whom the partner was given something since it was last told to delete."""
    told = Obligation.objects.filter(
        partner=partner, person=OuterRef("person"), asked_at__gte=OuterRef("at")
    )
    here = Person.objects.values("pk")
    held = Disclosure.objects.filter(partner=partner, person__in=here).exclude(Exists(told))
    return list(held.order_by().values_list("person", flat=True).distinct()[:most])


@transaction.atomic
def _oblige(partner: Partner, person_id: UUID, at: datetime) -> int:
    """One person's part; whoever is leaving obliges every partner anyway."""
    try:
        Person.objects.hold(person_id)
    except BeingErased:
        return 0
    obligations.oblige_contract_end(partner=partner, person_id=person_id, now=at)
    return 1
