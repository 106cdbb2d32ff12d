"""Staff accounts, made and ended on the command line. No account exists by default."""

import secrets
from collections.abc import Collection
from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts import ledger
from accounts.models import Person, Session

ROLES: Final = {
    "reviewer": "审核员",
    "officer": "个人信息保护负责人",
    "publisher": "政策发布人",
    "auditor": "审计员",
    "ops": "运维",
}


class NameTaken(Exception):
    """Somebody has this work account already."""


class RolesRefused(Exception):
    """A role nobody knows, or an auditor who would audit their own work."""


class NobodyThere(Exception):
    """No member of staff has this work account."""


@transaction.atomic
def add(*, name: str, roles: Collection[str]) -> str:
    """Make a work account with these roles; returns its random first password, kept nowhere."""
    _refuse_roles(roles)
    password = secrets.token_urlsafe(18)
    person = Person(kind=Person.Kind.STAFF, username=name, is_staff=True)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as taken:
        raise NameTaken from taken
    person.groups.set(Group.objects.get_or_create(name=role)[0] for role in sorted(roles))
    _write("staff_added", person, {"roles": sorted(roles)})
    return password


@transaction.atomic
def disable(*, name: str) -> int:
    """Shut a work account and end its sessions at once; returns how many ended."""
    person = _named(name)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    ended = Session.objects.of_person(person.pk).delete()[0]
    _write("staff_disabled", person, {"sessions": ended})
    return ended


@transaction.atomic
def reset(*, name: str) -> str:
    """Open an account again whose password or second factor is lost; returns a new password."""
    person = _named(name)
    password = secrets.token_urlsafe(18)
    person.set_password(password)
    person.is_active = True
    person.save(update_fields=["password", "is_active"])
    Authenticator.objects.filter(user=person).delete()
    ended = Session.objects.of_person(person.pk).delete()[0]
    _write("staff_reset", person, {"sessions": ended})
    return password


def _refuse_roles(roles: Collection[str]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        raise RolesRefused(f"角色只能是：{'、'.join(ROLES)}")
    if "auditor" in roles and len(set(roles)) > 1:
        raise RolesRefused("审计员不能兼任其他角色")


def _named(name: str) -> Person:
    person: Person | None = Person.objects.filter(username=name, kind=Person.Kind.STAFF).first()
    if person is None:
        raise NobodyThere
    return person


def _write(verb: str, person: Person, body: dict[str, object]) -> None:
    ledger.append(verb, stream=f"staff:{person.pk}", body=body)
