"""Partners: registering one, its keys, and the notice its consent is asked with."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import ledger
from accounts.models import Person
from accounts.transitions import move
from consent import notices, purposes, requirements
from consent.actions import assessments, mailboxes, partner_keys
from consent.actions.partner_keys import Key
from consent.models import Consent, Disclosure, Mailbox, Partner
from consent.notices import Notice
from consent.recipient_purposes import PurposeClass
from consent.requirements import Lack
from consent.states import PartnerState
from consent.vocabulary import SENSITIVE_MARK

DEMO_ADDRESS = "浙江省金华市婺城区演示路1号"
SHIPPED = Path(__file__).resolve().parent.parent / "data" / "recipients.json"

# What may be shared, in the words of the consent. A partner's scope names keys of this table.
SHAREABLE: Mapping[str, Mapping[str, str]] = {
    "contact": {
        "merchant_name": "商家名称或姓名",
        "contact_name": "联系人姓名",
        "contact_phone": "联系人手机号码",
    },
    "identity": {
        "real_name": "申请人或者法定代表人的姓名",
        "id_number": "申请人或者法定代表人的身份证号码",
    },
}
_SENSITIVE = frozenset({("identity", "id_number")})


class Incomplete(Exception):
    """A partner cannot be activated while something the law requires is missing: `missing`."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("、".join(self.missing))


class Registered(Exception):
    """The registry has this slug or this name: which of them is `field`, whose it is `partner`."""

    def __init__(self, field: str, partner: Partner) -> None:
        super().__init__(f"{field} {partner.slug}")
        self.field, self.partner = field, partner


class StillActive(Exception):
    """The facts of an active partner stand: they are what people agree to. Switch it off first."""


class AsksAgain(Exception):
    """So many people agreed to the words as they are; to the new ones nobody did yet."""

    def __init__(self, agreed: int) -> None:
        super().__init__(str(agreed))
        self.agreed = agreed


def consent_code(partner: Partner) -> str:
    """The code of the separate consent for this one recipient."""
    return f"{purposes.SHARE}{partner.slug}"


def notice(partner: Partner) -> Notice:
    """What the merchant is told and asked before anything goes to this partner (PIPL 23)."""
    return notices.share_notice(
        partner_name=partner.legal_name,
        contact=partner.contact,
        purpose=partner.purpose,
        purpose_class=PurposeClass(partner.purpose_class) if partner.purpose_class else None,
        categories=words_of_scope(partner),
        method=partner.method,
        code=consent_code(partner),
    )


def words_of_scope(partner: Partner) -> tuple[str, ...]:
    """What this partner may see, in the words of the consent."""
    return tuple(
        SHAREABLE[category][name] + (SENSITIVE_MARK if (category, name) in _SENSITIVE else "")
        for category, names in partner.allowed.items()
        for name in names
    )


def secrets_of(partner: Partner) -> tuple[str, ...]:
    """The secrets shared with a partner that count now, newest first."""
    return tuple(key.secret for key in partner_keys.of(partner))


@transaction.atomic
def register(
    *, slug: str, secrets: Iterable[str], scope: Mapping[str, list[str]], **facts: object
) -> Partner:
    """A new partner, not yet active. Raises KeyError when the scope names what is never shared."""
    for category, names in scope.items():
        for name in names:
            _ = SHAREABLE[category][name]
    partner = Partner.objects.create(
        slug=slug,
        scope=json.dumps(scope),
        sealed_secrets=_sealed(slug, secrets),
        **facts,
    )
    if not partner.is_manual:
        Mailbox.objects.create(partner=partner)
    return partner


@transaction.atomic
def enter(
    *, slug: str, facts: Mapping[str, Any], by: Person, now: datetime | None = None
) -> tuple[Partner, str]:
    """A recipient as an officer writes it down, a draft, and its key, returned this once.

    Raises Registered.
    """
    _refuse_twice(slug, facts["legal_name"])
    key = partner_keys.new(facts["protocol"])
    try:
        with transaction.atomic():
            partner = register(slug=slug, secrets=[key], **facts)
    except IntegrityError:
        # Somebody entered it a moment ago.
        _refuse_twice(slug, facts["legal_name"])
        raise
    ledger.append(
        "partner_registered",
        stream=partner.ledger_stream(),
        by=by.pk,
        body={"kind": partner.kind, "protocol": partner.protocol},
        now=now,
    )
    return partner, key


def _refuse_twice(slug: str, legal_name: str) -> None:
    known = Partner.objects.filter(Q(slug=slug) | Q(legal_name=legal_name)).order_by("pk")
    for partner in known:
        raise Registered("slug" if partner.slug == slug else "legal_name", partner)


@transaction.atomic
def authority(*, legal_name: str, contact: str) -> Partner:
    """The authority of this name, entered when it is new.

    Never active: nothing goes to it by itself, and nobody is asked to agree to it.
    """
    slug = f"authority-{hashlib.sha256(legal_name.encode()).hexdigest()[:12]}"
    found, _is_new = Partner.objects.get_or_create(
        slug=slug,
        defaults={
            "kind": Partner.Kind.AUTHORITY,
            "legal_name": legal_name,
            "contact": contact,
            "purpose": "依法履行职责",
            "scope": "{}",
            "method": "两人审查后，加密文件当面移交",
            "sealed_secrets": _sealed(slug, []),
        },
    )
    return found


def missing(partner: Partner, now: datetime | None = None) -> tuple[str, ...]:
    """Everything that keeps this partner from being active, in words."""
    return tuple(lack.words for lack in lacks(partner, now))


def lacks(partner: Partner, now: datetime | None = None) -> tuple[Lack, ...]:
    """The same, each with where to get it."""
    return requirements.missing(
        partner,
        today=timezone.localdate(now),
        is_assessed=assessments.covers(consent_code(partner), now),
        has_secrets=bool(secrets_of(partner)),
    )


@transaction.atomic
def activate(*, partner: Partner, by: Person | None, now: datetime | None = None) -> None:
    """Let data go to this partner; raises Incomplete with all that is missing (PIPL 21, 23)."""
    lacking = missing(Partner.objects.select_for_update().get(pk=partner.pk), now)
    if lacking:
        raise Incomplete(lacking)
    move(partner, PartnerState.ACTIVE, by=by, now=now)


@transaction.atomic
def switch_off(*, partner: Partner, by: Person | None) -> None:
    """The kill switch: nothing more is shared, not even what waits. Deletions still go out.

    What waits is dropped here and now: it must not go out once somebody switches on again.
    """
    move(partner, PartnerState.OFF, by=by)
    mailboxes.drop_unsent(Disclosure.objects.filter(partner=partner))


@transaction.atomic
def change(
    *,
    partner: Partner,
    facts: Mapping[str, Any],
    by: Person,
    secret: str = "",
    has_understood: bool = False,
    now: datetime | None = None,
) -> None:
    """Correct the facts of a partner that is not active; raises StillActive, AsksAgain.

    Whatever the consent names is part of its words: once that changes, nobody's old consent is to
    these words any more, and the impact assessment was about others too.
    """
    fresh = Partner.objects.select_for_update().get(pk=partner.pk)
    if fresh.state == PartnerState.ACTIVE:
        raise StillActive(fresh.slug)
    before = _asked_with(fresh)
    for name, value in facts.items():
        setattr(fresh, name, value)
    after = _asked_with(fresh)
    agreed = Consent.objects.live().filter(code=consent_code(fresh), sha256=before).count()
    if after != before and agreed and not has_understood:
        raise AsksAgain(agreed)
    if after != before:
        fresh.changed_at = now or timezone.now()
    if secret:
        fresh.sealed_secrets = _sealed(fresh.slug, [secret])
    fresh.save()
    ledger.append(
        "partner_changed",
        stream=fresh.ledger_stream(),
        by=by.pk,
        body={"fields": sorted(facts), "before": before, "after": after, "secret": bool(secret)},
        now=now,
    )


def _asked_with(partner: Partner) -> str:
    """The hash of the words its consent is asked with; "" while they cannot be written yet."""
    try:
        return notice(partner).sha256
    except ValueError:
        return ""


def _sealed(slug: str, secrets: Iterable[str]) -> bytes:
    return partner_keys.seal(slug, map(Key, secrets))


@transaction.atomic
def register_shipped() -> int:
    """The recipients the policy names, as drafts nothing goes to; returns how many were new."""
    known = set(Partner.objects.values_list("slug", flat=True))
    new = [facts for facts in json.loads(SHIPPED.read_text()) if facts["slug"] not in known]
    for facts in new:
        register(secrets=[], **facts)
    return len(new)


@transaction.atomic
def set_up_demo(*, endpoint: str, secret: str) -> Partner:
    """The demo partner of `make run`, pointed at where it listens this time."""
    partner = Partner.objects.filter(slug="demo").first()
    sealed = _sealed("demo", [secret])
    if partner is None:
        partner = register(
            slug="demo",
            secrets=[secret],
            scope={"contact": ["merchant_name", "contact_name", "contact_phone"]},
            kind=Partner.Kind.AFFILIATE,
            legal_name="51车俱乐部（演示合作方）",
            contact="400-166-5151",
            address=DEMO_ADDRESS,
            purpose="向您介绍俱乐部的客户推荐合作，并安排专人与您联系",
            purpose_class=PurposeClass.MARKETING,
            method="加密后通过网络传送",
            contract="DEMO-2026-01",
            contract_until="2027-12-31",
            sub_processing="不得再委托",
            security_by="安全组（演示）",
            security_on=timezone.localdate(),
            security_result=Partner.Security.PASSED,
            domain="demo-partner.localhost",
            endpoint=endpoint,
        )
    Partner.objects.filter(pk=partner.pk).update(
        endpoint=endpoint, sealed_secrets=sealed, address=partner.address or DEMO_ADDRESS
    )
    return partner
