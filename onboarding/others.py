"""Which screens ask for data of somebody else: then the merchant declares that they were told."""

from collections.abc import Mapping
from types import MappingProxyType

from consent.notices.others import CONTACT, LEGAL, Declaration
from onboarding.models import Application
from onboarding.roles import Role

DECLARED: Mapping[str, Declaration] = MappingProxyType({"legal": LEGAL, "contact": CONTACT})


def spoken_of(step: str, application: Application, own_phone: str) -> Declaration | None:
    """What is declared beside what this screen holds now; None while it is of nobody else.

    Whether a representative signed in or somebody they sent, we cannot know: that one is asked
    always, in words that fit both.
    """
    if step == "legal":
        return LEGAL if application.legal_representative or application.legal_id_number else None
    if step == "contact" and (application.contact_name or application.contact_phone):
        return None if _is_themselves(application, own_phone) else CONTACT
    return None


def _is_themselves(application: Application, own_phone: str) -> bool:
    """Reached on the account's own number, or the agent or representative named before."""
    phone, name = application.contact_phone, application.contact_name
    if phone and phone.clear == own_phone:
        return True
    is_agent = application.role == Role.AGENT
    known = application.name if is_agent else application.legal_representative
    return bool(name and known and name.clear == known.clear)
