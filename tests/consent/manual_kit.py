"""A partner without an interface, and the two people who deal with it."""

import hashlib
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Person
from consent.actions import by_hand, partners
from consent.models import Attestation, Delivery, Partner
from tests.consent import assessment_kit
from tests.consent.sharing_kit import registered

PASSPHRASE = "春风又绿江南岸-0517"
PROOF = b"%PDF-1.7 an answer on paper"
PROOF_SHA256 = hashlib.sha256(PROOF).hexdigest()


def manual_partner(slug: str = "53kf") -> Partner:
    """The chat service as it would be once it is in use."""
    partner = registered(
        slug,
        [PASSPHRASE],
        kind=Partner.Kind.SUPPLIER,
        protocol=Partner.Protocol.MANUAL,
        legal_name="53快服",
        contact="bd@53KF.com",
        domain="",
        endpoint="",
    )
    assessment_kit.in_force(f"share:{slug}")
    partners.activate(partner=partner, by=None)
    return partner


def recorded(delivery: Delivery, by: Person, outcome: str, reason: str = "") -> Attestation:
    """What one person says was done."""
    return by_hand.record(
        delivery=delivery,
        outcome=outcome,
        done_on=timezone.localdate(),
        reference="回函 2026-018，档案室 3 柜",
        reason=reason,
        file_sha256=PROOF_SHA256,
        by=by,
    )


def attested(
    delivery: Delivery, by: Person, second: Person, outcome: str, now: datetime | None = None
) -> Attestation:
    """Recorded by one and confirmed by another."""
    made = recorded(delivery, by, outcome)
    by_hand.attest(attestation=made, file_sha256=PROOF_SHA256, by=second, now=now)
    return made


def proof() -> SimpleUploadedFile:
    """The scanned answer."""
    return SimpleUploadedFile("答复.pdf", PROOF, content_type="application/pdf")
