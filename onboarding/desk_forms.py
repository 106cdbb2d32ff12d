"""What reviewers choose at the desk. Reasons for looking are codes, never free text."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from onboarding.models import Remark
from onboarding.permissions import Why
from onboarding.risk_forms import how_checked


class RevealForm(forms.Form):
    """One item, for one reason."""

    field = forms.CharField(max_length=40)
    reason = forms.ChoiceField(
        label="查看理由",
        choices=[("", "请选择"), *Why.choices],
        error_messages={"required": "请先选择查看理由。", "invalid_choice": "请先选择查看理由。"},
    )

    def __init__(self, *args: Any, may_be_called: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_called:
            reason = cast(forms.ChoiceField, self.fields["reason"])
            others = [choice for choice in Why.choices if choice[0] != Why.CALL]
            reason.choices = [("", "请选择"), *others]
            reason.help_text = "商家没有同意电话联系；要补什么，写在“退回修改”里"


class RoundForm(forms.Form):
    """Which round of the application was seen."""

    seen_round = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ApproveForm(RoundForm):
    """A judgement; who looked at the ID in person, or checked what was pointed out, says so."""

    saw_originals = forms.BooleanField(
        label="已当面核对原件：本人到场，姓名和号码与填写的一致",
        error_messages={"required": "商家选择了当面核验：核对原件以后勾选，才能通过。"},
    )

    how_checked = how_checked()

    def __init__(
        self, *args: Any, is_in_person: bool, must_check: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_in_person:
            del self.fields["saw_originals"]
        if not must_check:
            del self.fields["how_checked"]


class SendBackForm(RoundForm):
    """A reason for every item that must change, and words of explanation where needed."""

    def __init__(self, *args: Any, items: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item, label in self.items:
            self.fields[f"reason_{item}"] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[("", "没有问题"), *Remark.Reason.choices],
            )
            self.fields[f"note_{item}"] = forms.CharField(
                label=f"{label}补充说明",
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"placeholder": "补充说明（商家会看到）"}),
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Reason and note of each item, side by side."""
        return [(self[f"reason_{item}"], self[f"note_{item}"]) for item, _ in self.items]

    def clean(self) -> dict[str, Any]:
        """A note needs its reason, and "other" needs a note."""
        cleaned = super().clean() or {}
        for item, _ in self.items:
            reason, note = cleaned.get(f"reason_{item}"), cleaned.get(f"note_{item}")
            if note and not reason:
                self.add_error(f"reason_{item}", "写了说明，还要选择原因。")
            if reason == Remark.Reason.OTHER and not note:
                self.add_error(f"note_{item}", "请写明要商家怎样修改。")
        if not self.errors and not self.remarks():
            self.add_error(None, "请至少选择一项要商家修改的内容。")
        return cleaned

    def remarks(self) -> dict[str, tuple[str, str]]:
        """Item -> (reason, note) of everything to change."""
        return {
            item: (self.cleaned_data[f"reason_{item}"], self.cleaned_data.get(f"note_{item}", ""))
            for item, _ in self.items
            if self.cleaned_data.get(f"reason_{item}")
        }
