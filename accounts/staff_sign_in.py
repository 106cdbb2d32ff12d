"""How staff sign-in with django-allauth is bound to this portal: no sign-up, secrets sealed.

Every sign-in and every failed one is in the ledger; a name nobody has is kept as a keyed hash.
"""

import base64
from ipaddress import IPv4Address
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts import ledger
from accounts.addresses import UNKNOWN, client_address
from accounts.models import Person
from accounts.personal import open_system, reseal_system, seal_system
from accounts.personal.fields import keyed_hash

_CONTEXT = "staff second factor"
NO_ADDRESS = str(IPv4Address(0))
# TOTP keeps a secret, recovery codes a seed; a security key has only its public half here.
SEALED_SECRETS = {"secret", "seed"}
# Where a role's work is; everybody else watches the deactivations.
FIRST_PAGES = {"reviewer": "onboarding:desk", "publisher": "consent:desk_policies"}


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Staff accounts are made by ops on the command line, never by signing up."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "用户名或密码不正确，请核对后重新填写。",
        "incorrect_password": "密码不正确，请重新填写。",
        "too_many_login_attempts": "错误次数太多，请过几分钟再试，或联系运维。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        for role, page in FIRST_PAGES.items():
            if isinstance(request.user, Person) and request.user.is_in(role):
                return reverse(page)
        return reverse("accounts:erasures")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_client_ip(self, request: HttpRequest) -> str:
        """An address in any case: behind a socket the server may not know one."""
        address = client_address(request)
        return NO_ADDRESS if address == UNKNOWN else address

    def login(self, request: HttpRequest, user: Person) -> None:
        """As allauth's, once every factor is proven; ledgered."""
        super().login(request, user)
        ledger.append("staff_signed_in", stream=f"staff:{user.pk}", by=user.pk)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, or a name nobody has."""
        name = str(credentials.get("username", ""))
        refuse_staff(Person.objects.filter(kind=Person.Kind.STAFF, username=name).first(), name)


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Second-factor secrets are sealed under the KMS, not stored plain."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "验证码不正确。请填写验证器 App 里现在显示的数字。",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal_system(_CONTEXT, text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return open_system(_CONTEXT, base64.b64decode(encrypted_text)).decode()

    def _get_site_name(self) -> str:
        return "51车商家端"

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "51车商家端审核台"}


def refuse_staff(person: Person | None, name: str = "", factor: str = "password") -> None:
    """Ledger a failed attempt, under the account it was made on or under the system."""
    if person is not None:
        body = {"factor": factor}
        ledger.append("staff_sign_in_failed", stream=f"staff:{person.pk}", body=body)
        return
    body = {"factor": factor, "name": keyed_hash("staff.name", name)[:16]}
    ledger.append("staff_sign_in_failed", stream="system", body=body)


def second_factor_failed(*, user: Person, **_: Any) -> None:
    """Receiver of allauth's signal: it has no adapter hook for a wrong second factor."""
    refuse_staff(user, factor="second")


def reseal_second_factors() -> int:
    """Put the sealed secrets of second factors under the newest KMS key; returns how many."""
    return sum(map(_reseal, Authenticator.objects.values_list("pk", flat=True)))


@transaction.atomic
def _reseal(pk: int) -> int:
    """How many secrets changed; held, for beside them stands which recovery codes were used."""
    changed = 0
    for factor in Authenticator.objects.select_for_update().filter(pk=pk):
        for name in SEALED_SECRETS & set(factor.data):
            fresh = reseal_system(_CONTEXT, base64.b64decode(factor.data[name]))
            if fresh is not None:
                factor.data[name] = base64.b64encode(fresh).decode()
                factor.save(update_fields=["data"])
                changed += 1
    return changed


def hashed_key(key: str, key_prefix: str, version: int) -> str:
    """Cache keys by keyed hash: allauth puts addresses and account names into them."""
    return keyed_hash("cache", f"{key_prefix}:{version}:{key}")
