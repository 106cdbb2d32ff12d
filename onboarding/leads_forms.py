"""What merchants wish of leads: plain data, checked here."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from onboarding.models import LeadsOrder

PROVINCES = [
    "北京市",
    "天津市",
    "河北省",
    "山西省",
    "内蒙古自治区",
    "辽宁省",
    "吉林省",
    "黑龙江省",
    "上海市",
    "江苏省",
    "浙江省",
    "安徽省",
    "福建省",
    "江西省",
    "山东省",
    "河南省",
    "湖北省",
    "湖南省",
    "广东省",
    "广西壮族自治区",
    "海南省",
    "重庆市",
    "四川省",
    "贵州省",
    "云南省",
    "西藏自治区",
    "陕西省",
    "甘肃省",
    "青海省",
    "宁夏回族自治区",
    "新疆维吾尔自治区",
    "香港特别行政区",
    "澳门特别行政区",
    "台湾省",
]
_CITY = re.compile(r"[\u3400-\u9fff·]{2,20}")
# What a browser rounds to before it sends anything: one decimal is about ten kilometres.
_COARSE = re.compile(r"-?[0-9]{1,3}\.[0-9]")


class OrderForm(forms.Form):
    """In which order to show leads."""

    order = forms.ChoiceField(
        label="怎么排列",
        choices=LeadsOrder.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一种排列。", "invalid_choice": "请选择一种排列。"},
    )


class RegionForm(forms.Form):
    """A region chosen by hand."""

    province = forms.ChoiceField(
        label="省份",
        choices=[("", "请选择"), *((name, name) for name in PROVINCES)],
        error_messages={"required": "请选择省份。", "invalid_choice": "请选择省份。"},
    )
    city = forms.CharField(
        label="城市",
        required=False,
        max_length=20,
        help_text="只要推荐整个省份的，可以不填",
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done"}),
    )

    def clean_city(self) -> str:
        """The name of a city, or nothing."""
        city: str = self.cleaned_data["city"]
        if city and not _CITY.fullmatch(city):
            raise ValidationError("请只写城市的名字，例如“金华市”。")
        return city

    def region(self) -> str:
        """Province and city as one name."""
        return f"{self.cleaned_data['province']} {self.cleaned_data['city']}".strip()


class PlaceForm(forms.Form):
    """A place as coarse as this portal takes it. Anything finer was not sent by our page."""

    latitude = forms.CharField(max_length=6)
    longitude = forms.CharField(max_length=6)

    def clean(self) -> dict[str, Any]:
        """Both on the globe, neither finer than a tenth of a degree."""
        cleaned = super().clean() or {}
        for name, most in (("latitude", 90), ("longitude", 180)):
            value = cleaned.get(name, "")
            if not _COARSE.fullmatch(value) or abs(float(value)) > most:
                raise ValidationError("not a coarse place")
        return cleaned
