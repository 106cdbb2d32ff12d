"""What people put down about work done by hand: facts and where the proof lies, of no person."""

import hashlib
import re
from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from consent.models import Attestation

LARGEST = 10 * 1024 * 1024
# As in a certificate: a long run of digits could be a phone or identity number.
_LIKE_A_NUMBER = re.compile(r"\d{11}")
_NEEDS_REASON = {
    Attestation.Outcome.EXEMPT_LEGAL: "请写明哪部法律哪一条。",
    Attestation.Outcome.EXEMPT_INDEPENDENT_CONSENT: "请写明商家哪天、用什么方式授权了对方什么。",
    Attestation.Outcome.REFUSED: "请写明对方为什么拒绝。",
}


class RecordForm(forms.Form):
    """One thing done: what came of it, when, and its proof, of which only the hash is kept."""

    done_on = forms.DateField(
        label="哪天",
        error_messages={"required": "请填写日期。", "invalid": "请填写真实的日期。"},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reference = forms.CharField(
        label="凭证",
        help_text="对方回函、签收单或邮件的编号和存放处。不要写姓名、电话。",
        max_length=100,
        error_messages={"required": "请写明凭证的编号和存放处。"},
    )
    reason = forms.CharField(
        label="对方的理由",
        help_text="对方没有删除时要填：依据哪部法律哪一条，商家哪天授权了什么，或者为什么拒绝。",
        max_length=200,
        required=False,
    )
    proof = forms.FileField(
        label="凭证文件",
        help_text="扫描件或邮件原件，不超过 10 MB。我们只留它的校验值，不保存文件，请自行归档。",
        error_messages={"required": "请选择凭证文件。", "empty": "这个文件是空的。"},
    )

    def __init__(
        self, *args: Any, outcomes: Collection[Attestation.Outcome], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        is_certain = len(outcomes) == 1
        choices = [(one.value, one.label) for one in outcomes]
        self.fields["outcome"] = forms.ChoiceField(
            label="结果",
            choices=choices if is_certain else [("", "请选择"), *choices],
            error_messages={
                "required": "请选择结果。",
                "invalid_choice": "请从列表里选择结果。",
            },
        )
        if not set(outcomes) & _NEEDS_REASON.keys():
            del self.fields["reason"]
        elif is_certain:
            self._ask_what_was_authorised()
        self.order_fields(["outcome"])

    def _ask_what_was_authorised(self) -> None:
        """The one thing people confirm of a partner that answers for itself."""
        reason = self.fields["reason"]
        reason.required, reason.label = True, "商家授权了什么"
        reason.help_text = "哪天、用什么方式、授权对方处理哪些信息。不要写姓名、电话。"
        words = _NEEDS_REASON[Attestation.Outcome.EXEMPT_INDEPENDENT_CONSENT]
        reason.error_messages["required"] = words

    def clean_done_on(self) -> date:
        """Nobody records what has not happened."""
        day: date = self.cleaned_data["done_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")
        return day

    def clean_reference(self) -> str:
        """Where the proof lies, and nothing of a person."""
        return _impersonal(self.cleaned_data["reference"])

    def clean_reason(self) -> str:
        """The partner's words, and nothing of a person."""
        return _impersonal(self.cleaned_data["reason"])

    def clean_proof(self) -> str:
        """The SHA-256 of the file; the file itself goes no further."""
        return _sha256(self.cleaned_data["proof"])

    def clean(self) -> dict[str, Any]:
        """A partner that keeps something, or refuses, has a reason."""
        cleaned = super().clean() or {}
        words = _NEEDS_REASON.get(cleaned.get("outcome", ""))
        if words and not cleaned.get("reason"):
            self.add_error("reason", words)
        return cleaned

    def facts(self) -> dict[str, Any]:
        """As an action takes them."""
        given = dict(self.cleaned_data)
        return {"file_sha256": given.pop("proof"), **given}


class JudgeForm(forms.Form):
    """The second person's word; a yes needs the proof in hand, chosen anew."""

    verdict = forms.ChoiceField(choices=[("attest", ""), ("reject", "")])
    proof = forms.FileField(
        label="凭证文件",
        help_text="从归档处取出同一个文件，核对它的校验值；不予认可的不用选。",
        required=False,
    )

    def clean_proof(self) -> str:
        """The SHA-256 of the file; the file itself goes no further."""
        proof = self.cleaned_data["proof"]
        return _sha256(proof) if proof else ""

    def clean(self) -> dict[str, Any]:
        """Nobody confirms what they have not seen."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == "attest" and not cleaned.get("proof"):
            self.add_error("proof", "核实要选择归档的凭证文件。")
        return cleaned


def _sha256(proof: "UploadedFile[bytes]") -> str:
    if proof.size is None or proof.size > LARGEST:
        raise forms.ValidationError("凭证文件不能超过 10 MB。")
    digest = hashlib.sha256()
    for chunk in proof.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _impersonal(words: str) -> str:
    if _LIKE_A_NUMBER.search(words):
        raise forms.ValidationError("看起来有电话或证件号码，请去掉。")
    return words
