"""A demand as an officer copies it from its document, and what officers do with it."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from accounts.models import Person
from consent import packing
from consent.actions import authorities, handing_over
from consent.actions.authorities import Demand
from consent.actions.handing_over import Package
from consent.bases import Basis
from consent.models import AuthorityRequest

PDF = b"%PDF-1.7\n" + "调取证据通知书：请提供手机号 13800138000 的商家资料".encode()
ITEMS = ("account.phone", "application.name", "application.bank_account")
WORDING = "请提供手机号13800138000的商家的登录手机号、名称和收款账号"


def demand(**changes: object) -> Demand:
    """A complete demand, open to the merchant unless told otherwise."""
    complete = Demand(
        authority="金华市公安局",
        contact="0579-82190114",
        number="金公调证〔2026〕12号",
        basis=Basis.CRIME,
        law="《刑事诉讼法》第五十四条",
        items=ITEMS,
        wording=WORDING,
        due_date=timezone.localdate() + timedelta(days=5),
    )
    return replace(complete, **changes)  # type: ignore[arg-type]  # as each test states them


def secret(**changes: object) -> Demand:
    """A demand that a law makes us keep silent about."""
    silence = {
        "secrecy_law": "《反间谍法》第三十二条",
        "secrecy_reason": "告知会妨碍侦查",
        "secrecy_review_date": timezone.localdate() + timedelta(days=90),
    }
    return demand(**silence | changes)


def registered(person: Person, by: Person, **changes: object) -> AuthorityRequest:
    """A demand about this person, waiting for its first review."""
    return authorities.register(person_id=person.pk, demand=demand(**changes), scan=PDF, by=by)


def granted(person: Person, by: Person, second: Person, **changes: object) -> AuthorityRequest:
    """A demand that two officers granted whole."""
    request = registered(person, by, **changes)
    for officer in (by, second):
        request = authorities.grant(request=request, items=request.granted_items, by=officer)
    return request


def handed(person: Person, by: Person, second: Person, **changes: object) -> AuthorityRequest:
    """A demand that was answered with everything granted."""
    request = granted(person, by, second, **changes)
    hand_over(request, by)
    request.refresh_from_db()
    return request


def hand_over(request: AuthorityRequest, by: Person, passphrase: str | None = None) -> Package:
    """The encrypted file of a granted demand."""
    return handing_over.hand_over(
        request=request, passphrase=passphrase or packing.new_passphrase(), by=by
    )
