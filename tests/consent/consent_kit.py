"""Answers as a merchant gives them to the words of today."""

from consent.actions import consents
from consent.models import ConsentEvent

ADDRESS = "203.0.113.77"


def sha(code: str) -> str:
    return consents.notice_for(code).sha256


def give(person, code="id_photo"):
    return consents.give(person=person, code=code, sha256=sha(code), address=ADDRESS)


def refuse(person, code="id_photo"):
    return consents.refuse(person=person, code=code, sha256=sha(code), address=ADDRESS)


def withdraw(person, code="id_photo"):
    return consents.withdraw(person=person, code=code, address=ADDRESS)


def decisions(person) -> list[str]:
    return list(ConsentEvent.objects.of(person.pk).values_list("decision", flat=True))[::-1]
