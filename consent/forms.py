"""What people send to the middle floor: plain data, checked here, saved by actions."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.core.validators import RegexValidator
from django.utils.timezone import localtime

from consent.models import Asking, PolicyVersion

_SEPARATORS = re.compile(r"[\s\-－—]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋", "0123456789+")

SHA256 = RegexValidator(r"^[0-9a-f]{64}$")


def _digits(text: str) -> str:
    return _SEPARATORS.sub("", text.translate(_FULL_WIDTH))


class NumberForm(forms.Form):
    """A mobile number to send a code to."""

    phone = forms.CharField(
        label="手机号",
        help_text="请填经办人本人正在使用的手机号",
        error_messages={"required": "请填写手机号。"},
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel-national",
                "enterkeyhint": "next",
            }
        ),
    )

    def clean_phone(self) -> str:
        """Eleven digits, however they were typed."""
        phone = _COUNTRY.sub("", _digits(self.cleaned_data["phone"]))
        if not _MOBILE.fullmatch(phone):
            digits = sum(sign.isdigit() for sign in phone)
            raise forms.ValidationError(
                "请填写 11 位的大陆手机号"
                + (f"，您填写了 {digits} 位" if digits not in (0, 11) else "")
                + "。"
            )
        return phone


class PhoneForm(NumberForm):
    """Step one of signing in: the number, and an agreement that was never made beforehand."""

    agreed = forms.BooleanField(
        label="同意隐私政策",
        error_messages={
            "required": "请阅读《隐私政策》，同意后勾选；不同意可以继续浏览，不用注册。"
        },
    )
    version = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    sha256 = forms.CharField(validators=[SHA256], widget=forms.HiddenInput)

    # Never typed by people: whatever is wrong with these was not sent by our page.
    UNSEEN: ClassVar = ("version", "sha256")

    def excuse_phone(self) -> None:
        """Judge nothing but the agreement, for a way in that asks for the number later."""
        self.errors.pop("phone", None)


class AnswerForm(forms.Form):
    """An answer to exactly one question, named by the hash of the words that were shown."""

    answer = forms.ChoiceField(choices=[("agree", "同意"), ("refuse", "不同意")])
    sha256 = forms.CharField(validators=[SHA256])
    asking = forms.ChoiceField(choices=Asking.choices, required=False)

    def clean_asking(self) -> str:
        """How it was asked; a page of its own when the form does not say."""
        return self.cleaned_data["asking"] or Asking.PAGE


class ShownForm(forms.Form):
    """What a script says came up: the words by their hash, in a dialog or in a row of the list."""

    sha256 = forms.CharField(validators=[SHA256])
    asking = forms.ChoiceField(
        choices=[(way.value, way.label) for way in (Asking.DIALOG, Asking.LIST)]
    )


class PolicyAnswerForm(AnswerForm):
    """An answer to one version of a policy."""

    version = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class WithdrawForm(forms.Form):
    """Taking one agreement back."""

    code = forms.CharField(max_length=60)


class CompareForm(forms.Form):
    """Two versions of one text."""

    a = forms.ChoiceField(label="一个版本")
    b = forms.ChoiceField(label="另一个版本")

    def __init__(self, *args: Any, versions: Sequence[PolicyVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (one.number, f"{one.number} 版（{localtime(one.effective_at):%Y-%m-%d} 起）")
            for one in versions
        ]
        for place, name in enumerate(("b", "a")):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = choices
            field.error_messages["invalid_choice"] = "没有公布过这个版本。"
            field.initial = choices[min(place, len(choices) - 1)][0] if choices else None

    def clean(self) -> dict[str, Any]:
        """Two different ones."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("a") and cleaned.get("a") == cleaned.get("b"):
            raise forms.ValidationError("请选两个不同的版本。")
        return cleaned
