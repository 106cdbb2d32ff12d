"""What officers fill in about an authority's demand: plain data, saved by actions."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import scans
from accounts.personal import Level
from consent.actions import subjects
from consent.actions.authorities import Demand
from consent.bases import Basis
from consent.models import AuthorityReview
from consent.models.requests import AUTHORITY_BASES

DATE = {"type": "date"}
NO_DOCUMENT = "请上传文书的扫描件；没有正式文书，不能登记，也不能提供。"
TOO_BIG = "扫描件不能超过 10 MB，请压缩后再上传。"
_SECRECY = ("secrecy_law", "secrecy_reason", "secrecy_review_date")


def item_choices(codes: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Items to tick, the sensitive ones marked; only these codes when they are given."""
    return [
        (code, item.label + ("【敏感】" if item.level == Level.SENSITIVE else ""))
        for code, item in subjects.items().items()
        if codes is None or code in codes
    ]


class DemandForm(forms.Form):
    """One demand, copied from its document; who it is about is found by an exact number."""

    authority = forms.CharField(
        label="调取机关", max_length=50, help_text="文书上盖章机关的全称", strip=True
    )
    contact = forms.CharField(
        label="机关的公开联系电话",
        max_length=50,
        help_text="从官方渠道查到的总机，用来回拨核实；不要记经办人的姓名和手机",
    )
    number = forms.CharField(
        label="文书编号", max_length=40, help_text="例如：金公调证〔2026〕12号"
    )
    basis = forms.ChoiceField(
        label="调取的依据类别",
        choices=[("", "请选择"), *[(basis.value, basis.label) for basis in AUTHORITY_BASES]],
    )
    law = forms.CharField(
        label="文书引用的法律和条款", max_length=80, help_text="例如：《刑事诉讼法》第五十四条"
    )
    way = forms.ChoiceField(label="按什么查找当事人")
    value = forms.CharField(
        label="号码",
        max_length=30,
        help_text="只按完整的号码查找，不能模糊查询",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    items = forms.MultipleChoiceField(
        label="文书要求提供哪几项",
        widget=forms.CheckboxSelectMultiple,
        help_text="只勾文书写明的；写“全部资料”的，按能确定的项目勾选",
    )
    wording = forms.CharField(
        label="文书的原话",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="照抄“要求提供什么”那一句，加密保存",
    )
    due_date = forms.DateField(
        label="答复期限", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    )
    document = forms.FileField(
        label="文书扫描件",
        error_messages={"required": NO_DOCUMENT, "empty": NO_DOCUMENT},
        help_text="PDF、JPG 或 PNG，不超过 10 MB；保存前加密",
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    secrecy_law = forms.CharField(
        label="要求保密的法律和条款",
        max_length=80,
        required=False,
        help_text="法律要求对当事人保密时才填；不填，商家会在共享清单里看到这次提供",
    )
    secrecy_reason = forms.CharField(label="为什么要保密", max_length=200, required=False)
    secrecy_review_date = forms.DateField(
        label="哪天复查还要不要保密",
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, is_too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person: Any = None
        if is_too_big:
            self.fields["document"].error_messages["required"] = TOO_BIG
        ways = [(way.code, way.label) for way in subjects.ways()]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["items"].choices = item_choices()  # type: ignore[attr-defined]  # a ChoiceField

    def clean_due_date(self) -> Any:
        """A date that can still be kept."""
        due = self.cleaned_data["due_date"]
        if due < timezone.localdate():
            raise ValidationError("答复期限已经过了，请与对方确认新的期限后再登记。")
        return due

    def clean_document(self) -> bytes:
        """The scan, known by its bytes."""
        raw: bytes = self.cleaned_data["document"].read()
        try:
            scans.media_type(raw)
        except scans.DocumentRefused as refused:
            raise ValidationError(refused.reason_zh) from refused
        return raw

    def clean(self) -> dict[str, Any]:
        """Somebody must be meant; secrecy takes its law, its reason and the day to look again."""
        cleaned = super().clean() or {}
        if "way" in cleaned and "value" in cleaned:
            self.person = subjects.find(cleaned["way"], cleaned["value"])
            if self.person is None:
                self.add_error(
                    "value", "没有找到这个号码的商家。核对无误的，书面答复“未持有”即可。"
                )
        given = [name for name in _SECRECY if cleaned.get(name)]
        for name in _SECRECY:
            if given and name not in given and name not in self.errors:
                self.add_error(name, "要保密，法律条款、理由和复查日期三项都要写。")
        review = cleaned.get("secrecy_review_date")
        if review and review <= timezone.localdate():
            self.add_error("secrecy_review_date", "复查日期要在今天以后。")
        return cleaned

    def demand(self) -> Demand:
        """The demand as the action takes it."""
        cleaned = self.cleaned_data
        names = ("authority", "contact", "number", "law", "items", "wording", "due_date", *_SECRECY)
        given = {name: cleaned[name] for name in names}
        return Demand(basis=Basis(cleaned["basis"]), **given)


class GrantForm(forms.Form):
    """What one reviewer would hand over, after checking the four things the law asks for."""

    items = forms.MultipleChoiceField(
        label="同意提供哪几项", widget=forms.CheckboxSelectMultiple, help_text="只能少，不能多"
    )
    checked = forms.BooleanField(
        label="我核对过：文书是原件的扫描件，已回拨官方电话核实；机关有这项权限；"
        "引用的法律成立；范围是办这件事最少的",
        error_messages={"required": "请先逐项核对，再勾选。"},
    )
    note = forms.CharField(label="审查说明", max_length=200, required=False)

    def __init__(self, *args: Any, codes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = item_choices(codes)  # type: ignore[attr-defined]  # a ChoiceField


class RefuseForm(forms.Form):
    """Why nothing is handed over."""

    reason = forms.ChoiceField(
        label="拒绝的理由",
        choices=[
            ("", "请选择"),
            *[pair for pair in AuthorityReview.Reason.choices if pair[0] != "lawful"],
        ],
    )
    note = forms.CharField(label="补充说明", max_length=200, required=False)


class SecrecyForm(forms.Form):
    """The day to look again, or none: then the silence ends."""

    review_date = forms.DateField(
        label="继续保密到",
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="不填，就是不再需要保密：商家随即能看到这次提供",
    )

    def clean_review_date(self) -> Any:
        """A day to come."""
        day = self.cleaned_data["review_date"]
        if day and day <= timezone.localdate():
            raise ValidationError("复查日期要在今天以后。")
        return day
