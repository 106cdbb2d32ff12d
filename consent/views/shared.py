"""与第三方共享个人信息清单: who received what of the person who asks, and who never did."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import merchant_only
from accounts.views.dates import minute
from consent import pages
from consent.actions import partners, subjects
from consent.bases import Basis
from consent.gate import open_to_all
from consent.models import Consent, Disclosure, Obligation, Partner
from consent.recipient_purposes import PurposeClass
from consent.states import DeliveryState, ObligationState, PartnerState

EVENT_STATES: Mapping[str, str] = {
    DeliveryState.QUEUED: "current",
    DeliveryState.DELIVERED: "done",
    DeliveryState.CANCELLED: "stopped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One partner: its facts, and what it was given and told since, newest first."""

    name: str
    tag: str
    kind: str
    facts: list[dict[str, str]]
    events: list[dict[str, object]]
    can_withdraw: bool


@open_to_all
@require_safe
@merchant_only
def shared(request: HttpRequest) -> HttpResponse:
    """Every recipient there is or was: facts of the registry, dates of the disclosures."""
    recipients = _recipients(pages.person(request).pk)
    context = {
        "received": [one for one in recipients if one.events],
        "never": [one for one in recipients if not one.events],
    }
    return render(request, "consent/shared.html", context)


def _recipients(person: UUID) -> list[Recipient]:
    given: dict[int, list[Disclosure]] = defaultdict(list)
    for row in Disclosure.objects.of(person).told().select_related("delivery"):
        given[row.partner_id].append(row)
    duties: dict[int, list[Obligation]] = defaultdict(list)
    for duty in Obligation.objects.of(person).select_related("delivery"):
        duties[duty.partner_id].append(duty)
    agreed = set(Consent.objects.of(person).live().values_list("code", flat=True))
    return [
        _recipient(partner, given[partner.pk], duties[partner.pk], agreed)
        for partner in Partner.objects.order_by("legal_name")
        if partner.state == PartnerState.ACTIVE or partner.pk in given
    ]


def _recipient(
    partner: Partner, given: list[Disclosure], duties: list[Obligation], agreed: set[str]
) -> Recipient:
    scopes = [_scope(row) for row in given] or [partner.allowed]
    can_withdraw = partners.consent_code(partner) in agreed
    return Recipient(
        name=partner.legal_name,
        tag=_tag(given, is_agreed=can_withdraw),
        kind="success" if given and can_withdraw else "",
        facts=[
            {"label": "用来做什么", "value": partner.purpose},
            {"label": "哪几种信息", "value": _kinds(scopes)},
            {"label": "怎样提供", "value": partner.method},
            {"label": "联系方式", "value": partner.contact},
            {"label": "最近一次", "value": minute(given[0].at) if given else "从未提供"},
        ],
        events=_events(partner, given, duties),
        can_withdraw=can_withdraw,
    )


def _tag(given: list[Disclosure], *, is_agreed: bool) -> str:
    """How often it was given something; withdrawn, when that stood on a consent."""
    if not given:
        return "从未提供"
    if all(row.basis != Basis.CONSENT for row in given):
        return f"依法提供 {len(given)} 次"
    return f"提供过 {len(given)} 次" if is_agreed else "已撤回"


def kinds_of(rows: Iterable[Disclosure]) -> str:
    """What was in these disclosures, in the words of the consent."""
    return _kinds(_scope(row) for row in rows)


def _scope(row: Disclosure) -> dict[str, list[str]]:
    scope: dict[str, list[str]] = json.loads(row.categories)
    return scope


def _kinds(scopes: Iterable[Mapping[str, Iterable[str]]]) -> str:
    """The fields of these scopes in the words of the consent, each once."""
    named = {(category, name) for scope in scopes for category in scope for name in scope[category]}
    shareable = [
        words
        for category, fields in partners.SHAREABLE.items()
        for name, words in fields.items()
        if (category, name) in named
    ]
    return "、".join(shareable + subjects.labels({name for _category, name in named}))


def _events(
    partner: Partner, given: list[Disclosure], duties: list[Obligation]
) -> list[dict[str, object]]:
    told = [(duty.asked_at, _duty(duty)) for duty in duties]
    went = [(row.at, _disclosure(partner, row)) for row in given]
    return [event for _at, event in sorted(told + went, key=lambda pair: pair[0], reverse=True)]


def _disclosure(partner: Partner, row: Disclosure) -> dict[str, object]:
    delivery = getattr(row, "delivery", None)
    detail = DeliveryState(delivery.state).label if delivery else _at_once(partner)
    if delivery and delivery.delivered_at:
        detail += f" {minute(delivery.delivered_at)}"
    if row.document:
        detail += f"。依据：{row.get_basis_display()}；{row.document}"
    elif row.purpose != partner.purpose:
        detail += f"。当时的用途：{row.purpose}"
    return {
        "title": f"提供{_kinds([_scope(row)])}",
        "at": row.at,
        "state": EVENT_STATES[delivery.state] if delivery else "done",
        "detail": detail,
    }


def _at_once(partner: Partner) -> str:
    """How something went that no courier carried."""
    is_verifier = partner.purpose_class == PurposeClass.IDENTITY
    return "加密传送核验，对方当场答复" if is_verifier else "已加密移交"


def _duty(duty: Obligation) -> dict[str, object]:
    detail = DeliveryState(duty.delivery.state).label
    if duty.state != ObligationState.OPEN:
        detail = ObligationState(duty.state).label
    if duty.settled_at:
        detail += f" {minute(duty.settled_at)}"
    return {
        "title": "通知对方删除",
        "at": duty.asked_at,
        "state": "done" if duty.is_settled else "current",
        "detail": detail,
    }
