"""Staff sign-in addresses: allauth's views for entering, second factors and sessions, no others.

No sign-up, no mail, no password reset: accounts are made and reset on the command line. Every page
but the entrance is for signed-in staff; a merchant cannot even see them.
"""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.http import HttpResponse
from django.urls import path
from django.urls.resolvers import URLPattern

from accounts.gate import staff_entrance, staff_only

inside = staff_only()


def _inside(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    return path(address, inside(view), name=name)


urlpatterns = [
    path("login/", staff_entrance(account.login), name="account_login"),
    path("logout/", staff_entrance(account.logout), name="account_logout"),
    path("mfa/authenticate/", staff_entrance(mfa.authenticate), name="mfa_authenticate"),
    _inside("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    _inside("mfa/", mfa.index, "mfa_index"),
    _inside("mfa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    _inside("mfa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    _inside("mfa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _inside("mfa/recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    _inside(
        "mfa/recovery-codes/generate/",
        recovery.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    _inside(
        "mfa/recovery-codes/download/",
        recovery.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
    _inside("mfa/webauthn/", webauthn.list_webauthn, "mfa_list_webauthn"),
    _inside("mfa/webauthn/add/", webauthn.add_webauthn, "mfa_add_webauthn"),
    _inside(
        "mfa/webauthn/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
    ),
    _inside("mfa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, "mfa_remove_webauthn"),
    _inside("mfa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    _inside("sessions/", usersessions.list_usersessions, "usersessions_list"),
]
