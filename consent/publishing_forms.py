"""What publishers type: a text and what is said about it, a remark, a reason. Forms never save."""

from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.core.validators import MinValueValidator

from accounts.clocks import SHANGHAI
from consent import policytext
from consent.actions.drafts import Wording
from consent.models import MajorChange, PolicyVersion
from consent.models.policies import PREVAILING, Language

NONE = "none"
_BIGGEST_FILE = 1024 * 1024
_NOT_BEFORE = MinValueValidator(date(2000, 1, 1), "请核对年份。")


class DraftForm(forms.Form):
    """One text, typed or from a file, whose head fills what was left empty here."""

    kind = forms.ChoiceField(
        label="类别",
        choices=PolicyVersion.Kind.choices,
        error_messages={"invalid_choice": "请选择类别。"},
    )
    language = forms.ChoiceField(
        label="语言",
        choices=Language.choices,
        initial=PREVAILING,
        help_text="中文是正式文本。译文跟着同一个版本号走，只供阅读。",
        error_messages={"invalid_choice": "请选择语言。"},
    )
    number = forms.CharField(
        label="版本号",
        required=False,
        max_length=20,
        help_text="公布过的不能再用。正文里也写了版本号的，两处要一样。",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    effective_date = forms.DateField(
        label="生效日期",
        required=False,
        help_text="从这一天 0 点起生效。协议至少提前 7 整天公布；译文不用填。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请按 2026-12-31 的样子填写日期。"},
        validators=[_NOT_BEFORE],
    )
    summary = forms.CharField(
        label="改了什么",
        required=False,
        max_length=500,
        help_text="一两句大白话，弹窗和公告会原样显示。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    major_changes = forms.MultipleChoiceField(
        label="有没有重大变更",
        required=False,
        choices=[*MajorChange.choices, (NONE, "以上都没有")],
        widget=forms.CheckboxSelectMultiple,
    )
    file = forms.FileField(
        label="从文件导入",
        required=False,
        help_text="Markdown 文件（.md），不超过 1 MB。选了文件，就用文件里的正文。",
        widget=forms.FileInput(attrs={"accept": ".md,text/markdown"}),
    )
    body = forms.CharField(
        label="正文",
        required=False,
        help_text="Markdown：第一行是“# 标题”，“## ”是部分，“**粗体**”标出对权益影响大的条款。",
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code-text"}),
    )

    # What the head of a file may say instead of the form.
    FROM_FILE: ClassVar = ("number", "summary")

    def clean_major_changes(self) -> tuple[str, ...] | None:
        """None while unanswered; nothing else beside 以上都没有."""
        chosen = self.cleaned_data["major_changes"]
        if NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError("“以上都没有”不能和别的一起选。")
        return None if not chosen else tuple(code for code in chosen if code != NONE)

    def clean(self) -> dict[str, Any]:
        """The text itself, read as it will be kept."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            text = policytext.parse(self._raw())
        except policytext.PolicyRefused as refused:
            raise forms.ValidationError({self._source: str(refused)}) from refused
        for name in self.FROM_FILE:
            cleaned[name] = cleaned[name] or getattr(text, name)
        if cleaned["number"] and not policytext.is_number(cleaned["number"]):
            self.add_error("number", f"{policytext.NUMBER_RULE}。")
        cleaned["effective_date"] = cleaned["effective_date"] or (
            text.effective_date if self._source == "file" else None
        )
        cleaned["text"] = text
        self._refuse_contradictions(text)
        return cleaned

    @property
    def _source(self) -> str:
        return "file" if self.cleaned_data.get("file") else "body"

    def _raw(self) -> str:
        file = self.cleaned_data.get("file")
        if not file:
            return str(self.cleaned_data["body"])
        if file.size > _BIGGEST_FILE:
            raise policytext.PolicyRefused("文件太大：最多 1 MB")
        try:
            return str(file.read().decode())
        except UnicodeDecodeError as error:
            raise policytext.PolicyRefused("文件不是 UTF-8 编码的文字") from error

    def _refuse_contradictions(self, text: policytext.PolicyText) -> None:
        labels = {"kind": PolicyVersion.Kind, "language": Language}
        for name, choices in labels.items():
            said = getattr(text, name)
            is_said = said and not (name == "language" and said == PREVAILING)
            if is_said and said != self.cleaned_data[name]:
                label = dict(choices.choices).get(said, said)
                self.add_error(name, f"文件里写的是“{label}”，这里选的不同。")

    def wording(self) -> Wording:
        """What the author wrote, of a valid form."""
        said = self.cleaned_data
        day = said["effective_date"]
        return Wording(
            kind=said["kind"],
            language=said["language"],
            number=said["number"],
            text=said["text"],
            summary=said["summary"],
            major_changes=said["major_changes"],
            effective_at=datetime.combine(day, time.min, tzinfo=SHANGHAI) if day else None,
        )


class DecisionForm(forms.Form):
    """Which round of the draft was read."""

    seen_round = forms.IntegerField(min_value=1, max_value=32_000, widget=forms.HiddenInput)


class SendBackForm(DecisionForm):
    """What the author should mend."""

    remark = forms.CharField(
        label="请作者改什么",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明要改什么。"},
    )


class WithdrawalForm(forms.Form):
    """Why a version is taken back; everybody can read it."""

    reason = forms.CharField(
        label="为什么撤回",
        max_length=300,
        help_text="会显示在这个版本的页面上，请用大白话写。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明为什么撤回。"},
    )
