"""What the middle floor holds on a person."""

import json
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, Max, Prefetch

from accounts.personal.classes import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Holder, Outcome, declared
from consent.actions import mailboxes, obligations
from consent.authority_holder import AuthorityRequests
from consent.models import (
    Attestation,
    Consent,
    ConsentEvent,
    Disclosure,
    DisclosureContent,
    Obligation,
    OthersDeclared,
    Receipt,
    Served,
)
from consent.notices import PERMISSIONS
from consent.states import AttestationState, DeliveryState, ObligationState

SHARING_LAW = "网络数据安全管理条例第12条"
EVIDENCE_LAW = "个人信息保护法第69条、民法典第188条"
NAMELESS = "只剩随机编号和文本校验值，不再能对应到您"


class Consents:
    """Answers to policies, separate consents and recipients.

    The state is erased. The events stay, at least three years, as the evidence the law lays on the
    operator: they carry an account's random number, hashes and a network, and once the account is
    gone that number leads to nobody.
    """

    name = "consents"
    label = "同意、不同意和撤回的记录"

    def models(self) -> tuple[str, ...]:
        """The models it answers for."""
        return ("consent.Consent", "consent.ConsentEvent")

    def inventory(self, person: UUID) -> list[Held]:
        """One line: how many answers, when last."""
        last = ConsentEvent.objects.of(person).first()
        if last is None:
            return []
        return [
            Held(
                label=self.label,
                category=Category.ACCOUNT,
                level=Level.GENERAL,
                purpose="证明我们取得了您的同意，并随时按您的决定办",
                scene="您每次同意、不同意和撤回时产生",
                count=ConsentEvent.objects.of(person).count(),
                last_at=last.at,
            )
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        """Every answer, oldest first."""
        return {
            "consents": [
                {
                    "what": event.code,
                    "version": event.version,
                    "sha256": event.sha256,
                    "language": event.language,
                    "decision": event.decision,
                    "asking": event.asking,
                    "way": event.way,
                    "network": event.address_prefix,
                    "at": event.at.isoformat(),
                }
                for event in ConsentEvent.objects.of(person).order_by("id")
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        """Erase the state, keep the events as evidence about nobody."""
        Consent.objects.of(person).delete()
        kept = ConsentEvent.objects.of(person).count()
        if not kept:
            return Outcome(Fate.NOTHING, 0)
        return Outcome(
            Fate.ANONYMISED,
            kept,
            law=EVIDENCE_LAW,
            note=NAMELESS,
        )

    def followups(self, erasure: UUID) -> list[FollowUp]:
        """Nothing outside waits for it."""
        return []


class Told:
    """What somebody was shown before they answered: evidence like the answers, and as nameless."""

    name = "served"
    label = "向您出示政策和告知的记录"

    def models(self) -> tuple[str, ...]:
        """The models it answers for."""
        return ("consent.Served",)

    def inventory(self, person: UUID) -> list[Held]:
        """One line: how many texts were shown, when last."""
        rows = Served.objects.of(person)
        last = rows.first()
        if last is None:
            return []
        return [
            Held(
                label=self.label,
                category=Category.ACCOUNT,
                level=Level.GENERAL,
                purpose="证明我们在收集以前告诉了您",
                scene="给您看政策和告知时产生",
                count=rows.count(),
                last_at=last.at,
            )
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        """Every text shown, oldest first."""
        return {
            "notices": [
                {
                    "what": served.code,
                    "version": served.version,
                    "sha256": served.sha256,
                    "language": served.language,
                    "asking": served.asking,
                    "network": served.address_prefix,
                    "at": served.at.isoformat(),
                }
                for served in Served.objects.of(person).order_by("id")
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        """Nothing to erase: what stays is evidence about nobody."""
        kept = Served.objects.of(person).count()
        if not kept:
            return Outcome(Fate.NOTHING, 0)
        return Outcome(Fate.ANONYMISED, kept, law=EVIDENCE_LAW, note=NAMELESS)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        """Nothing outside waits for it."""
        return []


class Declarations:
    """That others were told whose data a merchant typed: evidence as nameless as the answers."""

    name = "declarations"
    label = "填写别人信息时的确认记录"

    def models(self) -> tuple[str, ...]:
        """The models it answers for."""
        return ("consent.OthersDeclared",)

    def inventory(self, person: UUID) -> list[Held]:
        """One line: how many boxes were ticked, when last."""
        found = OthersDeclared.objects.filter(person=person).aggregate(
            count=Count("id"), last_at=Max("at")
        )
        if not found["count"]:
            return []
        return [
            Held(
                label=self.label,
                category=Category.ACCOUNT,
                level=Level.GENERAL,
                purpose="证明您填写别人的信息以前，已经告诉对方并得到同意",
                scene="您填写别人的信息、勾选确认时产生",
                **found,
            )
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        """Every tick, oldest first."""
        return {
            "declarations": [
                {
                    "what": row.code,
                    "version": row.version,
                    "sha256": row.sha256,
                    "network": row.address_prefix,
                    "at": row.at.isoformat(),
                }
                for row in OthersDeclared.objects.of(person).order_by("id")
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        """Nothing to erase: what stays is evidence about nobody."""
        kept = OthersDeclared.objects.of(person).count()
        if not kept:
            return Outcome(Fate.NOTHING, 0)
        return Outcome(Fate.ANONYMISED, kept, law=EVIDENCE_LAW, note=NAMELESS)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        """Nothing outside waits for it."""
        return []


class Partners:
    """What was given to partners: ledger lines stay, content goes, every partner is told."""

    name = "partners"
    label = "提供给合作方的信息"

    def models(self) -> tuple[str, ...]:
        """The models it answers for."""
        return (
            "consent.Disclosure",
            "consent.DisclosureContent",
            "consent.Obligation",
            "consent.PartnerIdentity",
        )

    def inventory(self, person: UUID) -> list[Held]:
        """One line per recipient would be the other list; here, what still waits to be sent."""
        waiting = DisclosureContent.objects.filter(person=person).select_related("disclosure")
        return declared(waiting, at=lambda row: row.disclosure.at)

    def export(self, person: UUID) -> Mapping[str, object]:
        """Every disclosure: to whom, when, why, which kinds, on which basis."""
        return {
            "disclosures": [
                {
                    "recipient": row.partner.legal_name,
                    "contact": row.partner.contact,
                    "purpose": row.purpose,
                    "categories": json.loads(row.categories),
                    "basis": row.basis,
                    "document": row.document,
                    "at": row.at.isoformat(),
                }
                for row in Disclosure.objects.of(person).told().select_related("partner")
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        """Oblige every partner that was given something, then drop what still waited to be sent.

        The obligation goes out after the disclosure it concerns: both wait in one mailbox.
        """
        obligations.oblige_all(person_id=person, cause=erasure)
        mailboxes.drop_unsent(Disclosure.objects.of(person))
        kept = Disclosure.objects.of(person).told().count()
        if not kept:
            return Outcome(Fate.NOTHING, 0)
        return Outcome(
            Fate.ANONYMISED,
            kept,
            law=SHARING_LAW,
            note="只留日期、接收方和信息类别，不再能对应到您；已通知每个合作方删除",
        )

    def withdrawn(self, person: UUID, code: str) -> None:
        """What is withdrawn becomes the duty to delete of every partner that received it."""
        if code.startswith("share:"):
            obligations.oblige_withdrawal(person_id=person, slug=code.removeprefix("share:"))
        elif code in PERMISSIONS:
            reached = PERMISSIONS[code].reaches
            obligations.oblige_withdrawal_of(person_id=person, categories=reached)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        """One line per partner: where the message is, and what the partner proved."""
        rows = (
            Obligation.objects.for_cause(erasure)
            .select_related("delivery")
            .prefetch_related(
                Prefetch("receipts", queryset=Receipt.objects.order_by("-id")),
                Prefetch(
                    "delivery__attestations",
                    queryset=Attestation.objects.filter(state=AttestationState.ATTESTED),
                ),
            )
        )
        return [
            FollowUp(
                key=row.partner.slug,
                label=row.partner.legal_name,
                transport=DeliveryState(row.delivery.state).label,
                outcome=ObligationState(row.state).label
                + ("（两人核实）" if _by_hand(row) else ""),
                is_closed=row.is_settled,
                closed_at=row.settled_at,
                evidence_sha256=_evidence(row),
            )
            for row in rows
        ]


def _by_hand(obligation: Obligation) -> str:
    """The hash of the record two people stand for, when it closed this; a receipt needs none."""
    told = obligation.delivery.attestations.all()
    closing = [one.sha256 for one in told if one.outcome == obligation.state]
    return closing[-1] if obligation.is_settled and closing else ""


def _evidence(obligation: Obligation) -> str:
    """The hash of the receipt or record that closed it; nothing while it is open."""
    if not obligation.is_settled:
        return ""
    closing = [r.sha256 for r in obligation.receipts.all() if r.outcome == obligation.state]
    return closing[-1] if closing else _by_hand(obligation)


ALL: tuple[Holder, ...] = (Consents(), Told(), Declarations(), Partners(), AuthorityRequests())
