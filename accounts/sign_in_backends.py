"""Two ways in, one per kind of person: neither lets the other kind through."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import Person


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """Account name and password, for staff only."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        person: Person | None = super().authenticate(request, **credentials)
        # allauth would tell a right password of a disabled account from a wrong one: we do not.
        self.unstash_authenticated_user()
        return person if person is not None and person.is_staff else None

    def get_user(self, user_id: UUID) -> Person | None:
        return _active(user_id, Person.Kind.STAFF)


class MerchantBackend(BaseBackend):
    """Keeps merchants signed in whom actions.sign_in let in; takes no credentials itself."""

    def get_user(self, user_id: UUID) -> Person | None:
        return _active(user_id, Person.Kind.MERCHANT)


def _active(user_id: UUID, kind: str) -> Person | None:
    person: Person | None = Person.objects.filter(pk=user_id, is_active=True, kind=kind).first()
    return person
