"""Turning what is due into signed letters: the bytes to post and where."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.personal import KeyGone
from accounts.personal.fields import share_keyring
from consent.actions import partners
from consent.models import Delivery, DisclosureContent, Obligation, Partner, PartnerIdentity
from consent.protocol import events, opendsr
from consent.protocol.webhooks import Signer

DISCLOSURES, REQUESTS = "/v1/disclosures", "/v1/requests"
# Why a partner must delete, in the words of the protocol.
CAUSES: Mapping[str, opendsr.Cause] = MappingProxyType(
    {
        Obligation.Kind.ERASURE: "deactivation",
        Obligation.Kind.WITHDRAWAL: "withdrawal",
        Obligation.Kind.CONTRACT_END: "contract_end",
    }
)


class Due(NamedTuple):
    """One delivery to make now, as plain values, because thousands are due at a time.

    Either `disclosure` is what to share, or the rest is the obligation: why, whom, since when, and
    where it stands.
    """

    id: UUID
    attempts: int
    disclosure: UUID | None
    kind: str | None
    identity: UUID | None
    asked_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """One message ready to post. `body` may hold personal data and is kept nowhere."""

    due: Due
    path: str
    body: bytes
    sha256: str


def callback_url(partner: Partner) -> str:
    """Where this partner reports back."""
    return str(settings.PORTAL_URL) + reverse("consent:callback", args=[partner.slug])


def signer(partner: Partner) -> Signer:
    """Signs with every secret shared with this partner."""
    return Signer(*partners.secrets_of(partner))


def due(partner: Partner, *, most: int) -> list[Due]:
    """What this partner should get now, longest waiting first."""
    rows = Delivery.objects.due(partner.pk, timezone.now()).values_list(
        "id",
        "attempts",
        "disclosure_id",
        "obligation__kind",
        "obligation__identity",
        "obligation__asked_at",
        "obligation__state",
    )
    return [Due(*row) for row in rows[:most]]


def write(partner: Partner, batch: Sequence[Due]) -> tuple[list[Letter], list[Due]]:
    """Letters for these deliveries, and those that are no longer made.

    Their content is gone, or the partner may receive nothing any more: it is told to delete, and
    nothing else.
    """
    callback = callback_url(partner)
    is_open = partner.may_receive(timezone.localdate())
    contents = _contents([found.disclosure for found in batch if found.disclosure and is_open])
    identities = _identities(partner, contents)
    letters: list[Letter] = []
    gone: list[Due] = []
    for found in batch:
        if found.disclosure:
            path, body = DISCLOSURES, _disclosure(contents.get(found.disclosure), identities)
        else:
            path, body = REQUESTS, _erasure(partner, found, callback)
        if body:
            letters.append(Letter(found, path, body, opendsr.request_sha256(body)))
        else:
            gone.append(found)
    return letters, gone


def _contents(disclosures: Sequence[UUID]) -> dict[UUID | None, DisclosureContent]:
    if not disclosures:
        return {}
    found = DisclosureContent.objects.filter(disclosure__in=disclosures)
    rows = list(found.select_related("disclosure"))
    share_keyring(rows)
    return {row.disclosure_id: row for row in rows}


def _identities(
    partner: Partner, contents: dict[UUID | None, DisclosureContent]
) -> dict[UUID, UUID]:
    if not contents:
        return {}
    people = [content.person for content in contents.values()]
    found = PartnerIdentity.objects.filter(partner=partner, person__in=people)
    return dict(found.values_list("person", "identity"))


def _erasure(partner: Partner, found: Due, callback: str) -> bytes | None:
    """The request to delete; None for what is no whole obligation, which is then never sent."""
    if found.identity is None or found.asked_at is None:
        return None
    return opendsr.erasure_body(
        subject_request_id=found.id,
        identity=found.identity,
        submitted_at=found.asked_at,
        callback_url=callback,
        processor_domain=partner.domain,
        cause=CAUSES[found.kind or Obligation.Kind.ERASURE],
    )


def _disclosure(content: DisclosureContent | None, identities: dict[UUID, UUID]) -> bytes | None:
    if content is None or content.values is None:
        return None
    try:
        values = json.loads(content.values.clear)
    except KeyGone:
        return None
    disclosure = content.disclosure
    return events.disclosure_shared(
        disclosure_id=disclosure.pk,
        identity=identities[disclosure.person],
        shared_at=disclosure.at,
        purpose=disclosure.purpose,
        legal_basis=disclosure.basis,
        categories=sorted(json.loads(disclosure.categories)),
        contact=values,
    )
