"""allauth's forms in this portal's words: a label for every question, no words inside the box."""

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms


class _Plain(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "code" in self.fields:
            code = self.fields["code"]
            code.label = "验证码"
            code.error_messages["required"] = "请填写验证码。"
            code.widget.attrs["inputmode"] = "numeric"


class StaffLoginForm(_Plain, LoginForm):  # type: ignore[misc]  # allauth is untyped
    """Name and password."""


class StaffReauthenticateForm(_Plain, ReauthenticateForm):  # type: ignore[misc]  # as above
    """The password once more."""


class StaffCodeForm(_Plain, AuthenticateForm):  # type: ignore[misc]  # as above
    """A code of the app, or a recovery code."""


class StaffReauthenticateByCodeForm(_Plain, ReauthenticateByCodeForm):  # type: ignore[misc]  # as above
    """A code once more."""


class StaffActivateForm(_Plain, ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code of the app."""
