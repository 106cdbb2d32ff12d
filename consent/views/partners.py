"""The officer's page of partners: who receives data, what is under way, what needs a person."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Person
from consent import requirements
from consent.actions.partners import consent_code
from consent.models import Delivery, Disclosure, ImpactAssessment, Obligation, Partner
from consent.models.partners import per_partner
from consent.states import DeliveryState, PartnerState

MAY_LOOK = ("officer", "ops", "auditor")
OPEN_SHOWN = 100


@login_required(login_url="account_login")
@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Partners with their counts, and the obligations still open, the nearest deadline first."""
    if not isinstance(request.user, Person) or not request.user.is_in(*MAY_LOOK):
        raise PermissionDenied
    context = {"partner_rows": _partner_rows(), "obligation_rows": _obligation_rows()}
    context["may_register"] = request.user.is_in("officer")
    return render(request, "consent/partners.html", context)


def _partner_rows() -> list[dict[str, Any]]:
    """Each recipient: how many were shared, wait, need a person, are owed; and what is overdue."""
    counts = (
        per_partner(Disclosure.objects.all()),
        per_partner(Delivery.objects.filter(state=DeliveryState.QUEUED)),
        per_partner(Delivery.objects.filter(needs_attention=True)),
        per_partner(Obligation.objects.open()),
    )
    recipients = list(Partner.objects.asked_for().order_by("slug"))
    codes = {partner.pk: consent_code(partner) for partner in recipients}
    assessed = ImpactAssessment.objects.valid_until(codes.values())
    return [
        {
            "partner": partner,
            "counts": [count.get(partner.pk, 0) for count in counts],
            "overdue": _overdue(partner, assessed.get(codes[partner.pk]))
            if partner.state == PartnerState.ACTIVE
            else [],
        }
        for partner in recipients
    ]


def _overdue(partner: Partner, assessed_until: date | None) -> list[str]:
    """What an active partner had when it was activated and no longer has."""
    today = timezone.localdate()
    found = {
        "没有通讯地址": not partner.address,
        "合同已到期": partner.contract_has_ended(today),
        "安全评估超过一年": requirements.security_is_old(partner, today),
        "还没有用途类别": not partner.purpose_class,
        "影响评估已到期": assessed_until is None or assessed_until < today,
    }
    return [words for words, is_so in found.items() if is_so]


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
