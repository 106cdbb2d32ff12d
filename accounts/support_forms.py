"""What our staff fill in about people who call: plain data, acted on by actions."""

from typing import Any

from django import forms

from accounts.actions.contacts import Said
from accounts.forms import NOT_OTHERS, DocumentForm, mobile, sentences, six_digits
from accounts.models import Complaint, SupportContact

NUMERIC = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}


# These come in with what a conversation cannot know.
ELSEWHERE = frozenset({Complaint.Topic.GUARDIAN, Complaint.Topic.HUMAN_LOOK})


class CallerForm(forms.Form):
    """The whole number somebody says is theirs; nobody is found by less."""

    told = forms.BooleanField(
        label="我已经先告诉对方：要核实身份，谈话会用文字记下，在“我的-客服”能看到；"
        "不愿意的，可以自己在网页上办",
        error_messages={"required": "请先告诉对方，再勾选。"},
    )
    phone = forms.CharField(
        label="登录手机号",
        help_text="请对方报出 11 位号码，照着输入。不能只输一部分，也查不到名单。",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": "请填写对方的登录手机号。"},
    )
    code = forms.CharField(
        label="页面核验码",
        help_text="对方登录着网页的：请打开“我的-客服”，念出 6 位核验码。不填，就发短信。",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=NUMERIC),
    )

    def clean_phone(self) -> str:
        """A mainland mobile number."""
        return mobile(self.cleaned_data["phone"], "手机号是 11 位数字，请再核对一遍。")

    def clean_code(self) -> str:
        """Six digits, or nothing."""
        return six_digits(self.cleaned_data["code"], "核验码是 6 位数字，请对方再念一遍。")


class SpokenCodeForm(forms.Form):
    """The code the caller reads out."""

    code = forms.CharField(
        label="对方念出的验证码",
        max_length=20,
        widget=forms.TextInput(attrs=NUMERIC | {"autofocus": True}),
        error_messages={"required": "请填写对方念出的 6 位验证码。"},
    )

    def clean_code(self) -> str:
        """Six digits."""
        return six_digits(self.cleaned_data["code"], "验证码是 6 位数字，请对方再念一遍。")


class ContactForm(DocumentForm):
    """What was said, and what came of it."""

    channel = forms.ChoiceField(label="怎样联系的", choices=SupportContact.Channel.choices)
    subject = forms.ChoiceField(
        label="为了什么事",
        choices=[("", "请选择"), *SupportContact.Subject.choices],
        error_messages={"required": "请选择为了什么事。"},
    )
    words = sentences("谈话内容", f"对方说了什么、要什么。对方会原样看到。{NOT_OTHERS}")
    result = sentences("处理结果", f"当场怎样答复、答应了什么、什么时候办好。{NOT_OTHERS}", rows=3)
    callback = forms.CharField(
        label="回电号码",
        help_text="对方要求打别的号码才填。",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    evidence = forms.FileField(
        label="对方交来的材料",
        help_text="书面请求或能说明事情的材料，PDF、JPG 或 PNG，10 MB 以内。"
        "证件看过原件就够，不要留复印件。",
        required=False,
        error_messages={"empty": "这个文件是空的，请重新选择。"},
    )

    def clean_callback(self) -> str:
        """A mainland mobile number, or nothing."""
        return mobile(self.cleaned_data["callback"], "请填写 11 位手机号，或者留空。")

    def clean_evidence(self) -> bytes | None:
        """The document, if there is one."""
        return self.document("evidence")

    def said(self) -> Said:
        """The record as the action takes it."""
        cleaned: dict[str, Any] = self.cleaned_data
        return Said(**{name: cleaned[name] for name in self.fields})


class AdditionForm(forms.Form):
    """What came later."""

    words = sentences(
        "补充", f"后来怎样处理的。写下的不能改，只能再补充。对方会看到。{NOT_OTHERS}", rows=3
    )


class TakeInForm(forms.Form):
    """As what this is registered, with a deadline of its own."""

    topic = forms.ChoiceField(
        label="登记为",
        choices=[
            ("", "请选择"),
            *[pair for pair in Complaint.Topic.choices if pair[0] not in ELSEWHERE],
        ],
        error_messages={"required": "请选择登记为哪一类。"},
    )
