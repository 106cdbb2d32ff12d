"""The personal-data kernel: a personal datum is declared once, and everything follows from it.

Encryption under the person's own key, the blind index, masked display, the consent it needs, the
list of what is held and the erasure rule all come from the field's declaration.
"""

from accounts.personal.classes import Category, Level, Retention
from accounts.personal.fields import BlindIndex, PersonalModel, PersonalQuerySet, PersonalText
from accounts.personal.guard import ConsentMissing
from accounts.personal.keys import KeyGone
from accounts.personal.sealing import (
    open_bytes,
    open_system,
    reseal_system,
    seal_bytes,
    seal_system,
)
from accounts.personal.values import PersonalValue

__all__ = [
    "BlindIndex",
    "Category",
    "ConsentMissing",
    "KeyGone",
    "Level",
    "PersonalModel",
    "PersonalQuerySet",
    "PersonalText",
    "PersonalValue",
    "Retention",
    "open_bytes",
    "open_system",
    "reseal_system",
    "seal_bytes",
    "seal_system",
]
