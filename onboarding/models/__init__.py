"""The rows of the top floor, a module per noun."""

from onboarding.models.application import Application
from onboarding.models.papers import Discard, Paper
from onboarding.models.remarks import Remark
from onboarding.roles import PaperKind, Role

__all__ = ["Application", "Discard", "Paper", "PaperKind", "Remark", "Role"]
