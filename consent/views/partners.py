"""The officer's page of partners: who receives data, what is under way, what needs a person."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Person
from consent.models import Delivery, Disclosure, Obligation, Partner
from consent.models.partners import per_partner
from consent.states import DeliveryState

MAY_LOOK = ("officer", "ops", "auditor")
OPEN_SHOWN = 100


@login_required(login_url="account_login")
@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Partners with their counts, and the obligations still open, the nearest deadline first."""
    if not isinstance(request.user, Person) or not request.user.is_in(*MAY_LOOK):
        raise PermissionDenied
    context = {"partner_rows": _partner_rows(), "obligation_rows": _obligation_rows()}
    return render(request, "consent/partners.html", context)


def _partner_rows() -> list[list[object]]:
    """Name, state, and how many were shared, wait, need a person, are owed."""
    counts = (
        per_partner(Disclosure.objects.all()),
        per_partner(Delivery.objects.filter(state=DeliveryState.QUEUED)),
        per_partner(Delivery.objects.filter(needs_attention=True)),
        per_partner(Obligation.objects.open()),
    )
    return [
        [partner.legal_name, partner.get_state_display()]
        + [count.get(partner.pk, 0) for count in counts]
        for partner in Partner.objects.order_by("slug")
    ]


def _obligation_rows() -> list[list[object]]:
    """Number, partner, transport, outcome and deadline of what is still open."""
    still_open = Obligation.objects.open().select_related("partner", "delivery").order_by("due_at")
    return [
        [
            str(obligation.pk)[:8],
            obligation.partner.legal_name,
            obligation.delivery.get_state_display(),
            obligation.get_state_display(),
            obligation.due_at,
        ]
        for obligation in still_open[:OPEN_SHOWN]
    ]
