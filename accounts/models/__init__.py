"""The rows of the ground floor, a module per noun."""

from accounts.models.codes import Challenge
from accounts.models.complaints import Complaint
from accounts.models.contacts import (
    CallerCheck,
    ContactAddition,
    ContactEvidence,
    SupportContact,
)
from accounts.models.erasure import Certificate, Erasure, ErasureStep, SealedRecord
from accounts.models.guardians import GuardianClaim
from accounts.models.keys import DataKey
from accounts.models.ledger import LedgerCheckpoint, LedgerEntry
from accounts.models.notifications import Notification, NotificationChoice
from accounts.models.outbox import OutboxMessage
from accounts.models.people import BeingErased, Person
from accounts.models.pulse import Pulse
from accounts.models.sessions import Session
from accounts.models.wechat import WechatBinding

__all__ = [
    "BeingErased",
    "CallerCheck",
    "Certificate",
    "Challenge",
    "Complaint",
    "ContactAddition",
    "ContactEvidence",
    "DataKey",
    "Erasure",
    "ErasureStep",
    "GuardianClaim",
    "LedgerCheckpoint",
    "LedgerEntry",
    "Notification",
    "NotificationChoice",
    "OutboxMessage",
    "Person",
    "Pulse",
    "SealedRecord",
    "Session",
    "SupportContact",
    "WechatBinding",
]
