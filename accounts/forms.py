"""What people send to the ground floor: plain data, checked here, acted on by actions."""

import re

from django import forms

_SPACES = re.compile(r"[\s\-]+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


class CodeForm(forms.Form):
    """The code from the text message."""

    code = forms.CharField(
        label="短信验证码",
        max_length=20,
        error_messages={"required": "请填写短信里的 6 位验证码。"},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "pattern": "[0-9]*",
                "maxlength": "12",
                "enterkeyhint": "done",
                "autofocus": True,
            }
        ),
    )

    def clean_code(self) -> str:
        """Six digits, however they were typed."""
        code = _SPACES.sub("", self.cleaned_data["code"]).translate(_FULL_WIDTH)
        if not re.fullmatch(r"\d{6}", code, re.ASCII):
            raise forms.ValidationError("验证码是 6 位数字，请对照短信填写。")
        return code


class DeactivateForm(forms.Form):
    """The irrevocable yes: never ticked beforehand."""

    understood = forms.BooleanField(
        label="我已了解：开始删除后，账号和资料无法恢复",
        error_messages={"required": "请先勾选，确认您已了解注销后无法恢复。"},
    )
