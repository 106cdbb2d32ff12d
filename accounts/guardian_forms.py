"""What guardians fill in, and what the two officers who judge it choose."""

from typing import Any

from django import forms

from accounts.actions.guardians import Claimed
from accounts.forms import NOT_OTHERS, DocumentForm, mobile, sentences
from accounts.models import GuardianClaim


class GuardianForm(DocumentForm):
    """A guardian's request: no account, no ID number, a proof now or in person."""

    relation = forms.ChoiceField(
        label="您是孩子的",
        choices=GuardianClaim.Relation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择您和孩子的关系。"},
    )
    age = forms.ChoiceField(
        label="孩子现在",
        choices=GuardianClaim.Age.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择孩子的年龄。"},
    )
    child_phone = forms.CharField(
        label="孩子注册用的手机号",
        help_text="只用来在核实以后找到账号；核实以前，谁也不会去查。",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": "请填写孩子注册用的手机号。"},
    )
    words = sentences("事情经过", f"怎么发现的、希望怎样处理。{NOT_OTHERS}", rows=4)
    contact = forms.CharField(
        label="您的手机号",
        help_text="核实时给您打电话，办好了发短信。",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": "请填写您的手机号，核实时要打给您。"},
    )
    proof = forms.FileField(
        label="监护关系的证明",
        help_text="户口簿、出生医学证明或法院文书，PDF、JPG 或 PNG，10 MB 以内。"
        "用不着的号码可以遮住。不想上传，可以带原件当面核对。",
        required=False,
        error_messages={"empty": "这个文件是空的，请重新选择。"},
    )
    declared = forms.BooleanField(
        label="我是这个孩子的监护人，填写的都是真的",
        help_text="孩子的号码和证明加密保存，只给核实的两个人看；同意办理时马上删除，"
        "没有办理的，答复半年后删除。不做别的用途。",
        error_messages={"required": "请先确认您是孩子的监护人。"},
    )

    def clean_child_phone(self) -> str:
        """A mainland mobile number."""
        return mobile(self.cleaned_data["child_phone"], "手机号是 11 位数字，请再核对一遍。")

    def clean_contact(self) -> str:
        """A mainland mobile number."""
        return mobile(self.cleaned_data["contact"], "手机号是 11 位数字，请再核对一遍。")

    def clean_proof(self) -> bytes | None:
        """The document, if there is one."""
        return self.document("proof")

    def claimed(self) -> Claimed:
        """The request as the action takes it."""
        given: dict[str, Any] = dict(self.cleaned_data)
        del given["declared"]
        return Claimed(**given)


class VerifyForm(forms.Form):
    """What the first officer saw."""

    seen = forms.ChoiceField(
        label="怎样核对的",
        choices=[("", "请选择"), *GuardianClaim.Seen.choices],
        error_messages={"required": "请选择怎样核对的。"},
    )
    checked = forms.BooleanField(
        label="我核对过：证明是真的，写着双方的关系，孩子不满 18 周岁，申请人就是证明上的监护人",
        error_messages={"required": "请逐项核对，再勾选。"},
    )


class RefuseClaimForm(forms.Form):
    """Why it is not done; the guardian reads both."""

    reason = forms.ChoiceField(
        label="不办理的理由",
        choices=[("", "请选择"), *GuardianClaim.Reason.choices],
        error_messages={"required": "请选择理由。"},
    )
    words = sentences("说明", f"缺什么、怎样补。不要写这个号码有没有账号。{NOT_OTHERS}", rows=3)
