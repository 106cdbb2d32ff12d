"""What people send to the ground floor: plain data, checked here, acted on by actions."""

import re
from typing import Any, cast

from django import forms

from accounts import scans
from accounts.kinds import registered
from accounts.models import Complaint
from accounts.personal import PersonalValue

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
        return six_digits(self.cleaned_data["code"], "验证码是 6 位数字，请对照短信填写。")


class DeactivateForm(forms.Form):
    """The irrevocable yes: never ticked beforehand."""

    understood = forms.BooleanField(
        label="我已了解：开始删除后，账号和资料无法恢复",
        error_messages={"required": "请先勾选，确认您已了解注销后无法恢复。"},
    )


WORDS_MOST = 2000
# Beside every box of sentences: what nobody needs to write down about anybody (policy 1.9).
NOT_OTHERS = "不要写身份证号、银行账号和密码，也不要写别人的号码。"


def mobile(typed: str, refusal: str) -> str:
    """A mainland mobile number, however it was typed, or ""; ValidationError with `refusal`."""
    number = _SPACES.sub("", typed).translate(_FULL_WIDTH)
    if number and not re.fullmatch(r"1[3-9]\d{9}", number, re.ASCII):
        raise forms.ValidationError(refusal)
    return number


def six_digits(typed: str, refusal: str) -> str:
    """A code, however it was typed, or ""; ValidationError with `refusal`."""
    code = _SPACES.sub("", typed).translate(_FULL_WIDTH)
    if code and not re.fullmatch(r"\d{6}", code, re.ASCII):
        raise forms.ValidationError(refusal)
    return code


def sentences(label: str, hint: str = "", rows: int = 6) -> forms.CharField:
    """A question answered in sentences."""
    return forms.CharField(
        label=label,
        help_text=hint,
        min_length=5,
        max_length=WORDS_MOST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": f"请写{label}。",
            "min_length": "请写得具体一些，至少 5 个字。",
            "max_length": f"最多 {WORDS_MOST} 个字，请写得短一些；细节可以电话里说。",
        },
    )


class DocumentForm(forms.Form):
    """A form that may bring one scanned document; `is_too_big` when the upload was cut off."""

    def __init__(self, *args: Any, is_too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_big = is_too_big

    def document(self, name: str) -> bytes | None:
        """The document, known by its bytes; None when there is none."""
        if self.is_too_big:
            raise forms.ValidationError("这个文件超过 10 MB，没有收下，请压缩后再上传。")
        given = self.cleaned_data[name]
        if not given:
            return None
        raw: bytes = given.read()
        try:
            scans.media_type(raw)
        except scans.DocumentRefused as refused:
            raise forms.ValidationError(refused.reason_zh) from refused
        return raw


# Topics that come in by a way of their own, with what this form cannot know.
ELSEWHERE = frozenset({Complaint.Topic.RIGHTS, Complaint.Topic.HUMAN_LOOK})


class ComplaintForm(forms.Form):
    """A complaint or report, by anybody."""

    topic = forms.ChoiceField(
        label="是哪一类事",
        choices=[pair for pair in Complaint.Topic.choices if pair[0] not in ELSEWHERE],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是哪一类事。", "invalid_choice": "请从列出的里面选。"},
    )
    words = sentences("事情经过", f"什么时候、发生了什么、希望怎样处理。{NOT_OTHERS}")
    contact = forms.CharField(
        label="手机号",
        help_text="有了答复发短信告诉您；不留也行，凭编号在网页上看。登录后提交的，发到您账号的手机。",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_contact(self) -> str:
        """A mainland mobile number, however it was typed, or nothing."""
        return mobile(self.cleaned_data["contact"], "请填写 11 位手机号，或者留空。")


class AppealForm(forms.Form):
    """Why the answer is not good enough."""

    words = sentences("不满意的地方", f"哪里不对、希望怎样处理。{NOT_OTHERS}", rows=4)


class AnswerForm(forms.Form):
    """Our answer to a complaint, or to the appeal."""

    words = sentences(
        "答复", f"写明核实到了什么、怎样处理、依据是什么。对方会看到。{NOT_OTHERS}", rows=8
    )


class SwitchForm(forms.Form):
    """One kind of text message, on or off; our page offers only those that may be switched."""

    kind = forms.ChoiceField()
    is_on = forms.ChoiceField(choices=[("on", "打开"), ("off", "关闭")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [(kind.code, kind.label) for kind in registered().values() if not kind.always]
        cast(forms.ChoiceField, self.fields["kind"]).choices = free


class NewPhoneForm(forms.Form):
    """The number to sign in with from now on."""

    phone = forms.CharField(
        label="新的手机号",
        help_text="11 位，能收短信",
        max_length=20,
        error_messages={"required": "请填写新的手机号。"},
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel",
                "enterkeyhint": "next",
                "autofocus": True,
            }
        ),
    )

    def __init__(self, *args: Any, current: PersonalValue | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current

    def clean_phone(self) -> str:
        """A mainland mobile number that is not the account's already."""
        typed = self.cleaned_data["phone"].strip().removeprefix("+86")
        number = mobile(typed, "请填写 11 位手机号，例如 13800138000。")
        if self.current is not None and self.current == number:
            raise forms.ValidationError("这就是您现在的登录手机号，不用更换。")
        return number
