"""The only door out: share(), consult() of a verifier or, to an authority, hand_over().

Either the person's live separate consent for exactly this recipient, purpose and categories, or a
named ground of the law with its document. What a policy, or somebody, deems fit opens nothing.
"""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from consent import recipient_purposes
from consent.actions import assessments, consents, mailboxes, partners
from consent.bases import GROUNDS, Basis
from consent.models import (
    Consent,
    Delivery,
    Disclosure,
    DisclosureContent,
    Partner,
    PartnerIdentity,
)
from consent.recipient_purposes import PurposeClass
from consent.states import PartnerState

Content = Mapping[str, Mapping[str, str]]


class Refused(Exception):
    """Nothing was given away and nothing written."""


class NoConsent(Refused):
    """The person has no live separate consent for this recipient (PIPL 23)."""


class OtherPurpose(Refused):
    """The recipient's purpose, which was consented to, is another one (PIPL 23: ask again)."""


class NoGround(Refused):
    """No such ground for giving away, or not for this class of purpose, or without its document."""


class OutOfScope(Refused):
    """A field this recipient may not see was about to be shared."""


class PartnerOff(Refused):
    """Data do not go to this partner: it is not active."""


class ContractEnded(Refused):
    """The contract with this partner is over (网络数据安全管理条例 art. 12)."""


class NotAssessed(Refused):
    """No approved impact assessment of this partner is in force (PIPL 55)."""


@dataclass(frozen=True, slots=True)
class ByLaw:
    """Why something may be given away without consent: a basis of the law, and its document."""

    basis: Basis
    document: str


@dataclass(frozen=True, slots=True)
class _Why:
    """The basis of one disclosure as it is written down."""

    basis: str
    consent_event: int | None = None
    document: str = ""


@transaction.atomic
def share(
    *,
    person_id: UUID,
    partner: Partner,
    purpose: str,
    content: Content,
    by: Person | None,
    by_law: ByLaw | None = None,
    now: datetime | None = None,
) -> Disclosure:
    """Give `content` (category to field to value) to a partner: ledger, disclosure, delivery.

    All in one transaction; unless `by_law` on the person's consent. Raises Refused in
    one of its kinds. A second call for the same person and partner while the first is still on its
    way is a second disclosure.
    """
    at = now or timezone.now()
    Person.objects.hold(person_id)
    present = _held(partner)
    _check_open(present, at)
    if purpose != present.purpose:
        raise OtherPurpose(present.slug)
    why = _basis(person_id, present, by_law)
    _check_scope(content, present.allowed)
    PartnerIdentity.objects.get_or_create(partner=present, person=person_id)
    disclosure = _disclose(person_id, present, purpose, content, why, by, at)
    DisclosureContent.objects.create(
        disclosure=disclosure,
        person=person_id,
        values=json.dumps(_values(content), ensure_ascii=False, sort_keys=True),
    )
    Delivery.objects.create(id=disclosure.pk, partner=present, disclosure=disclosure, next_at=at)
    mailboxes.hurry(present, at)
    return disclosure


@transaction.atomic
def consult(
    *, person_id: UUID, partner: Partner, content: Content, now: datetime | None = None
) -> Disclosure:
    """Record that `content` goes to a verifier, who answers at once; the caller asks after commit.

    On the person's consent alone. Nothing is queued and nothing kept. Raises Refused in one of its
    kinds: then nothing may be asked.
    """
    at = now or timezone.now()
    Person.objects.hold(person_id)
    present = _held(partner)
    why = _asking(person_id, present, at)
    _check_scope(content, present.allowed)
    PartnerIdentity.objects.get_or_create(partner=present, person=person_id)
    return _disclose(person_id, present, present.purpose, content, why, None, at)


def may_consult(*, person_id: UUID, partner: Partner, now: datetime | None = None) -> bool:
    """Whether this verifier may be asked about this person now."""
    present = Partner.objects.get(pk=partner.pk)
    try:
        _asking(person_id, present, now or timezone.now())
    except Refused:
        return False
    return True


def known_as(*, person_id: UUID, partner: Partner, identity: UUID) -> None:
    """The partner answered under a number of its own: by that it is told to delete from now on.

    A number that stands for somebody else already tells nothing, and is not taken.
    """
    own = PartnerIdentity.objects.filter(partner=partner, person=person_id)
    with suppress(IntegrityError), transaction.atomic():
        own.update(identity=identity)


@transaction.atomic
def hand_over(
    *,
    person_id: UUID,
    authority: Partner,
    purpose: str,
    content: Content,
    scope: Mapping[str, Collection[str]],
    by_law: ByLaw,
    by: Person,
    now: datetime | None = None,
) -> Disclosure:
    """Record that `by` hands `content` to an authority; nothing is kept of it, nothing is sent.

    `scope` is what was granted. Raises NoGround, for consent is none here, and OutOfScope.
    """
    at = now or timezone.now()
    Person.objects.hold(person_id)
    if authority.kind != Partner.Kind.AUTHORITY:
        raise PartnerOff(authority.slug)
    why = _on_law(by_law)
    _check_scope(content, scope)
    return _disclose(person_id, authority, purpose, content, why, by, at)


def _held(partner: Partner) -> Partner:
    """The partner as it is now: whoever throws the switch meanwhile finds the disclosure there."""
    return Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def _check_open(present: Partner, at: datetime) -> None:
    """Whether data may go to this partner at all; raises Refused in one of its kinds."""
    if present.state != PartnerState.ACTIVE:
        raise PartnerOff(present.slug)
    if present.contract_has_ended(timezone.localdate(at)):
        raise ContractEnded(present.slug)
    if not assessments.covers(partners.consent_code(present), at):
        raise NotAssessed(present.slug)


def _basis(person_id: UUID, present: Partner, by_law: ByLaw | None) -> _Why:
    """What something of this person goes to this partner on; raises NoConsent, NoGround."""
    why = _on_law(by_law) if by_law else _on_consent(person_id, present)
    if not recipient_purposes.may_carry(why.basis, present.purpose_class):
        raise NoGround(f"{why.basis} for {present.purpose_class or 'no known purpose'}")
    return why


def _asking(person_id: UUID, present: Partner, at: datetime) -> _Why:
    """The consent on which this verifier may be asked about this person; raises Refused."""
    _check_open(present, at)
    if present.purpose_class != PurposeClass.IDENTITY:
        raise OtherPurpose(present.slug)
    return _basis(person_id, present, None)


def _disclose(
    person_id: UUID,
    partner: Partner,
    purpose: str,
    content: Content,
    why: _Why,
    by: Person | None,
    at: datetime,
) -> Disclosure:
    """Date, scale, purpose, recipient, categories, basis (网络数据安全管理条例 art. 12)."""
    disclosure = Disclosure.objects.create(
        person=person_id,
        partner=partner,
        purpose=purpose,
        categories=ledger.canonical({c: sorted(fields) for c, fields in content.items()}),
        scale=len(_values(content)),
        basis=why.basis,
        consent_event=why.consent_event,
        document=why.document,
        at=at,
    )
    ledger.append(
        "shared",
        stream=person_id,
        by=by.pk if by else None,
        body={
            "disclosure": str(disclosure.pk),
            "partner": partner.slug,
            "categories": sorted(content),
            "scale": disclosure.scale,
            "basis": why.basis,
            "consent_event": why.consent_event,
        }
        | ({"document": why.document} if why.document else {}),
        now=at,
    )
    return disclosure


def _on_consent(person_id: UUID, partner: Partner) -> _Why:
    """The event that gave the live consent for exactly this recipient on today's terms."""
    code = partners.consent_code(partner)
    if not consents.is_live(person_id, code):
        raise NoConsent(code)
    event = Consent.objects.of(person_id).values_list("event", flat=True).get(code=code)
    if event is None:
        raise NoConsent(code)
    return _Why(Basis.CONSENT.value, consent_event=event)


def _on_law(by_law: ByLaw) -> _Why:
    """A ground the law names, with the document it takes. Consent is proven, never asserted."""
    law = GROUNDS.get(by_law.basis)
    if law is None or by_law.basis == Basis.CONSENT or not law.may_disclose:
        raise NoGround(by_law.basis)
    if law.needs_document and not by_law.document.strip():
        raise NoGround(f"{by_law.basis}: {law.document}")
    return _Why(by_law.basis.value, document=by_law.document.strip())


def _check_scope(content: Content, allowed: Mapping[str, Collection[str]]) -> None:
    for category, fields in content.items():
        beyond = set(fields) - set(allowed.get(category, ()))
        if beyond:
            raise OutOfScope(f"{category} {sorted(beyond)}")


def _values(content: Content) -> dict[str, str]:
    return {name: value for fields in content.values() for name, value in fields.items()}
