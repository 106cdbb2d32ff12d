"""The rows of the middle floor, a module per noun."""

from consent.models.assessments import ImpactAssessment
from consent.models.attestations import Attestation
from consent.models.consents import Consent, ConsentEvent
from consent.models.declarations import OthersDeclared
from consent.models.disclosures import Disclosure, DisclosureContent
from consent.models.drafts import PolicyDraft
from consent.models.obligations import Attempt, Delivery, Mailbox, Obligation, Receipt
from consent.models.partners import Partner, PartnerIdentity
from consent.models.policies import MajorChange, PolicyVersion, PolicyWithdrawal
from consent.models.requests import AuthorityDocument, AuthorityRequest, AuthorityReview
from consent.models.served import Asking, Served, Wording
from consent.models.tellings import Telling
from consent.models.transfers import ServiceEnding, TransferNotice

__all__ = [
    "Asking",
    "Attempt",
    "Attestation",
    "AuthorityDocument",
    "AuthorityRequest",
    "AuthorityReview",
    "Consent",
    "ConsentEvent",
    "Delivery",
    "Disclosure",
    "DisclosureContent",
    "ImpactAssessment",
    "Mailbox",
    "MajorChange",
    "Obligation",
    "OthersDeclared",
    "Partner",
    "PartnerIdentity",
    "PolicyDraft",
    "PolicyVersion",
    "PolicyWithdrawal",
    "Receipt",
    "Served",
    "ServiceEnding",
    "Telling",
    "TransferNotice",
    "Wording",
]
