"""One answer as a receipt: the very words that were answered, in the person's hand.

The one rule: what was shown comes from what was kept under its fingerprint, not from today's text.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.urls import reverse

from accounts.clocks import TERMS, Clock
from accounts.personal import Level, PersonalModel
from consent import iso27560, purposes, vocabulary
from consent.models import ConsentEvent, Partner, PolicyVersion, Wording
from consent.models.policies import policy_code
from consent.vocabulary import SENSITIVE_MARK

Kind = ConsentEvent.Kind
Decision = ConsentEvent.Decision

# What a notice calls its parts (consent.notices.Notice.lines).
_PURPOSE, _DATA, _RETENTION = "用来做什么", "涉及哪些信息", "存多久"
_RECIPIENT, _CONTACT = "交给谁", "对方的联系方式"
_SEPARATOR = "、"

_LASTS = "撤回同意或者注销账号"
_KEPT = "注销账号；法律要求封存的，到法定期限"
_ARTICLES = {Kind.POLICY: "pipl:A13-1-1", Kind.NOTICE: "pipl:A14", Kind.SHARE: "pipl:A23"}
_SENSITIVE_ARTICLE = "pipl:A29"
_STATUSES = {
    Decision.AGREED: "dpv:ConsentGiven",
    Decision.REFUSED: "dpv:ConsentRefused",
    Decision.WITHDRAWN: "dpv:ConsentWithdrawn",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it stood on the screen: a notice line by line, or a version of a policy.

    Neither for an answer from before words were kept: then its fingerprint is all there is.
    """

    title: str
    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    version: PolicyVersion | None = None

    def part(self, label: str) -> str:
        """What the notice says under one of its labels; "" when it says nothing there."""
        return dict(self.lines).get(label, "")

    @property
    def page(self) -> str:
        """Where anybody reads this version of a policy; "" for a notice."""
        if self.version is None:
            return ""
        named = {"kind": self.version.kind, "number": self.version.number}
        return reverse("consent:policy_version", kwargs=named)


def words_of(event: ConsentEvent) -> Words:
    """The text this answer was given to, word for word."""
    if event.kind == Kind.POLICY:
        version = PolicyVersion.objects.get(
            kind=event.code.removeprefix(policy_code("")),
            number=event.version,
            language=event.language,
            sha256=event.sha256,
        )
        return Words(f"《{version.title}》", version=version)
    kept = Wording.objects.filter(pk=event.sha256).values_list("text", flat=True).first()
    if kept is None:
        return Words(event.code)
    title, *rest = kept.split("\n")
    pairs = (line.partition("：") for line in rest)
    return Words(title, kept, tuple((label, said) for label, _colon, said in pairs))


def history(event: ConsentEvent) -> list[ConsentEvent]:
    """Every answer of this person to this question up to this one, oldest first."""
    rows = ConsentEvent.objects.filter(person=event.person, code=event.code, pk__lte=event.pk)
    return list(rows.order_by("pk"))


def document(event: ConsentEvent, created: datetime) -> str:
    """The receipt of one answer as ISO/IEC TS 27560 JSON-LD, with the record as it stood then."""
    facts = _facts(event, words_of(event))
    mine = _uuid4("receipt", event.person, event.pk)
    return iso27560.dumps(iso27560.receipt(identifier=mine, created=created, facts=facts))


def _facts(event: ConsentEvent, words: Words) -> iso27560.Facts:
    data = _data(words)
    is_sensitive = event.kind == Kind.NOTICE and any(datum.is_sensitive for datum in data)
    controller = _controller()
    name = "share" if event.kind == Kind.SHARE else event.code
    is_policy = event.kind == Kind.POLICY
    return iso27560.Facts(
        identifier=_uuid4("record", event.person, event.code),
        subject=event.person,
        portal=settings.PORTAL_URL,
        place=f"loc:{settings.DATA_REGION}",
        controller=controller,
        recipients=[_recipient(event, words)] if words.part(_RECIPIENT) else [controller],
        shown=_shown(event, words),
        purpose=words.part(_PURPOSE) or f"按{words.title}办理",
        purposes=vocabulary.PURPOSES.get(name, (vocabulary.ANY_PURPOSE,)),
        data=data,
        consent_type="dpv:ExpressedConsent" if is_policy else "dpv:ExplicitlyExpressedConsent",
        article=_SENSITIVE_ARTICLE if is_sensitive else _ARTICLES[Kind(event.kind)],
        retention=words.part(_RETENTION) or _KEPT,
        deletion=f"注销账号以后{TERMS[Clock.DEACTIVATION].length_zh}",
        lasts=_LASTS,
        control_url=settings.PORTAL_URL + reverse("consent:mine"),
        rights=vocabulary.RIGHTS,
        answers=list(_answers(history(event))),
    )


def _shown(event: ConsentEvent, words: Words) -> iso27560.Shown:
    return iso27560.Shown(
        sha256=event.sha256,
        language=event.language,
        version=event.version,
        title=words.title,
        is_just_in_time=event.kind != Kind.POLICY,
        text=words.text,
        url=settings.PORTAL_URL + words.page if words.page else "",
    )


def _controller() -> iso27560.Party:
    return iso27560.Party(
        iri=f"{settings.PORTAL_URL}/#operator",
        name=settings.OPERATOR_NAME,
        contact=settings.OPERATOR_HOTLINE,
        address=settings.OPERATOR_ADDRESS,
    )


def _recipient(event: ConsentEvent, words: Words) -> iso27560.Party:
    """The recipient as it was named to the person; only its postal address is the registry's.

    Where to write to is no part of what was asked (PIPL 23), so the registry's is the best there
    is, while the name there is the name that was told. Else the contact that was told stands in.
    """
    slug, name = event.code.removeprefix(purposes.SHARE), words.part(_RECIPIENT)
    known = Partner.objects.filter(slug=slug, legal_name=name).values_list("address", flat=True)
    return iso27560.Party(
        iri=f"{settings.PORTAL_URL}/#{slug}",
        name=name,
        contact=words.part(_CONTACT),
        address=known.first() or words.part(_CONTACT),
    )


def _data(words: Words) -> list[iso27560.Datum]:
    """The kinds a notice named; of a policy, every kind declared without a consent of its own."""
    if words.version is not None:
        return list(_declared())
    named = words.part(_DATA).split(_SEPARATOR)
    return [
        iso27560.Datum(
            words=(bare := one.removesuffix(SENSITIVE_MARK)),
            term=vocabulary.DATA.get(bare, vocabulary.ANY_DATA),
            is_sensitive=one.endswith(SENSITIVE_MARK),
        )
        for one in named
    ]


def _declared() -> Iterator[iso27560.Datum]:
    models = [model for model in apps.get_models() if issubclass(model, PersonalModel)]
    for field in (field for model in models for field in model.personal_fields()):
        if not field.consent:
            yield iso27560.Datum(
                words=str(field.verbose_name),
                term=vocabulary.CATEGORIES.get(field.category, vocabulary.ANY_DATA),
                is_sensitive=field.level == Level.SENSITIVE,
            )


def _answers(events: Sequence[ConsentEvent]) -> Iterator[iso27560.Answer]:
    was_live = False
    for event in events:
        is_renewed = was_live and event.decision == Decision.AGREED
        yield iso27560.Answer(
            status="dpv:RenewedConsentGiven" if is_renewed else _STATUSES[Decision(event.decision)],
            at=event.at,
            method="，".join(filter(None, [event.get_asking_display(), event.get_way_display()])),
            sha256=event.sha256,
        )
        was_live = event.decision == Decision.AGREED


def _uuid4(kind: str, person: UUID, of: object) -> UUID:
    """The same identifier every time, in the form the standard asks for."""
    digest = hashlib.sha256(f"{kind}:{person}:{of}".encode()).digest()
    return UUID(bytes=digest[:16], version=4)
