"""What officers write down about a purpose before it begins, and what a second one says to it."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from consent.actions import assessments
from consent.models.assessments import CONTENTS

HINTS = {
    "necessity": "做什么、依据哪一条、为什么非要不可、少收一点行不行。",
    "influence": "可能出什么事、多大可能、后果多重，对谁。",
    "measures": "针对上面每一种风险做了什么，怎么知道有效。",
}


class AssessmentForm(forms.Form):
    """The three contents of PIPL 56, the degree of risk, and until when it holds."""

    is_high_risk = forms.TypedChoiceField(
        label="风险程度",
        choices=[("no", "一般风险"), ("yes", "高风险")],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择风险程度。"},
    )
    valid_until = forms.DateField(
        label="有效期至",
        help_text="最长一年；到期没有新的评估，这一项自动停止。",
        error_messages={
            "required": "请填写有效期。",
            "invalid": "请按“年-月-日”填写，例如 2027-06-30。",
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hint in HINTS.items():
            label = CONTENTS[name]
            self.fields[name] = forms.CharField(
                label=label,
                help_text=hint,
                error_messages={"required": f"请写明“{label}”。"},
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 10}),
            )
        self.order_fields([*HINTS, "is_high_risk", "valid_until"])

    def clean_valid_until(self) -> date:
        """After today, and no longer than a purpose may go unexamined."""
        day: date = self.cleaned_data["valid_until"]
        latest = assessments.latest_day()
        if not timezone.localdate() < day <= latest:
            raise forms.ValidationError(f"请填明天到 {latest:%Y-%m-%d} 之间的日期。")
        return day


class VerdictForm(forms.Form):
    """Yes to exactly the text that was read, or what to change."""

    verdict = forms.ChoiceField(choices=[("submit", ""), ("approve", ""), ("send_back", "")])
    sha256 = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    remark = forms.CharField(
        label="要修改什么",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """Nobody can mend what nobody told them."""
        cleaned = super().clean() or {}
        if cleaned.get("verdict") == "send_back" and not cleaned.get("remark"):
            self.add_error("remark", "退回时请写明要修改什么。")
        return cleaned
