"""What officers fill in about a transfer or the end of the service: plain data."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from consent.actions import transfers
from consent.actions.transfers import TooSoon
from consent.models import TransferNotice

DATE = {"type": "date"}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs=DATE, format="%Y-%m-%d")


class TransferForm(forms.Form):
    """Who takes over, what passes and when."""

    successor = forms.CharField(label="接手方名称", max_length=100, help_text="营业执照上的全称")
    contact = forms.CharField(
        label="接手方联系方式", max_length=100, help_text="商家能打通的电话，或者能收到信的地址"
    )
    why = forms.ChoiceField(label="原因", choices=[("", "请选择"), *TransferNotice.Why.choices])
    passes = forms.CharField(
        label="转移哪些信息",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一样一样写全，不写“等”",
    )
    new_purpose = forms.CharField(
        label="接手方要改变的用途或方式",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="没有改变就不填；有改变的，接手方必须重新征求商家同意",
    )
    effect_date = forms.DateField(label="转移日期", widget=_day())

    def clean_effect_date(self) -> Any:
        """Far enough ahead; else the rule, and the earliest day."""
        day = self.cleaned_data["effect_date"]
        try:
            transfers.check_lead(day)
        except TooSoon as early:
            raise ValidationError(early.message_zh) from early
        return day

    def clean_passes(self) -> str:
        """A closed list."""
        words: str = self.cleaned_data["passes"]
        if words.rstrip("。．.").endswith(("等", "等信息")):
            raise ValidationError("请把转移的信息写全，不要用“等”结尾。")
        return words


class EndingForm(forms.Form):
    """When collecting stops, and from when everybody is erased."""

    reason = forms.CharField(
        label="公告里的说明",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="商家会看到：为什么停止运营，有疑问找谁",
    )
    stop_date = forms.DateField(label="从哪天起不再收集", widget=_day())
    erase_date = forms.DateField(
        label="从哪天起删除全部信息",
        widget=_day(),
        help_text="公告以后至少 30 天，让商家来得及导出",
    )


class AnnounceForm(forms.Form):
    """The number of accounts this officer has seen would be erased, typed."""

    merchants = forms.IntegerField(
        label="将被删除的账号数",
        min_value=0,
        help_text="照上面的数字输入，确认您看过预览",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
