"""The rows of the top floor, a module per noun."""

from onboarding.models.application import Application
from onboarding.models.leads import LeadsOrder, LeadsPreference
from onboarding.models.papers import Discard, Paper
from onboarding.models.real_names import RealNameCheck
from onboarding.models.remarks import Remark
from onboarding.models.risk import RiskLook
from onboarding.roles import IdentityCheck, PaperKind, Role

__all__ = [
    "Application",
    "Discard",
    "IdentityCheck",
    "LeadsOrder",
    "LeadsPreference",
    "Paper",
    "PaperKind",
    "RealNameCheck",
    "Remark",
    "RiskLook",
    "Role",
]
