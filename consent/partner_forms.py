"""What an officer writes down about a recipient: plain data, checked here, saved by actions."""

import json
import re
from typing import Any

from django import forms
from django.db import models

from consent.actions.partners import SHAREABLE
from consent.models import Partner

FACTS = (
    "legal_name",
    "contact",
    "address",
    "purpose",
    "purpose_class",
    "method",
    "contract",
    "contract_until",
    "sub_processing",
    "security_by",
    "security_on",
    "security_result",
    "policy_url",
)
REACHED_BY = ("domain", "endpoint")
HINTS = {
    "legal_name": "营业执照上的全称；商家会看到。",
    "contact": "商家能打通的电话或邮箱；商家会看到。",
    "address": "可以以后补，启用前要有。能收到信的地址，到门牌号；公开清单会写上。",
    "purpose": "一句话说清做什么；商家会看到。",
    "purpose_class": "可以以后补，启用前要有。商家会看到；推荐和推广只凭单独同意。",
    "method": "例如：加密后通过网络传送；商家会看到。",
    "contract": "可以以后补，启用前要有。合同要写明目的、期限、方式、种类、保护措施和到期删除。",
    "contract_until": "可以以后补，启用前要有。过了这一天自动停止提供。",
    "sub_processing": "可以以后补，启用前要有。写“不得再委托”，或者写明经我们同意可以再委托给谁。",
    "security_by": "可以以后补，启用前要有。谁评估了对方的安全能力。",
    "security_on": "可以以后补，启用前要有。超过一年要重新评估。",
    "security_result": "可以以后补，启用前要有。不通过的不能启用。",
    "policy_url": "对方的隐私政策；公开清单会链接到它。",
    "domain": "可以以后补，启用前要有。对方接口的域名，写进删除请求。",
    "endpoint": "可以以后补，启用前要有。必须是 https。",
}


def shareable() -> list[tuple[str, str]]:
    """Every field that can be shared at all, by `category.name`."""
    return [
        (f"{category}.{name}", words)
        for category, fields in SHAREABLE.items()
        for name, words in fields.items()
    ]


class PartnerForm(forms.Form):
    """The facts of one recipient; of its way of being reached only what its protocol has."""

    understood = forms.BooleanField(
        label="我明白：已经同意的商家要重新征求同意，影响评估也要重做", required=False
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _initial(partner)
        self.facts = FACTS if partner.is_manual else FACTS + REACHED_BY
        self.fields.update(
            forms.fields_for_model(Partner, fields=self.facts, formfield_callback=_asked)
        )
        self.fields["scope"] = forms.MultipleChoiceField(
            label="可接触的信息",
            help_text="只勾办这件事非要不可的；商家会看到。",
            choices=shareable(),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "请至少勾一种，否则没有什么可提供。"},
        )
        if partner.is_manual:
            self.fields["secret"] = forms.CharField(
                label="交接密码",
                help_text="交接文件用它加密，另行当面或打电话告诉对方；至少 12 位。不改就留空。",
                required=False,
                min_length=12,
                max_length=100,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            )
        self.order_fields(
            ["legal_name", "contact", "address", "purpose", "purpose_class", "scope", "method"]
        )

    def clean_endpoint(self) -> str:
        """Personal data travel encrypted; the portal's own machine needs no encryption."""
        address: str = self.cleaned_data["endpoint"]
        is_own = re.match(r"http://(127\.0\.0\.1|localhost)[:/]", address)
        if address and not address.startswith("https://") and not is_own:
            raise forms.ValidationError("接口地址必须以 https:// 开头。")
        return address

    def changes(self) -> dict[str, Any]:
        """The facts as an action takes them."""
        cleaned, scope = self.cleaned_data, dict[str, list[str]]()
        for choice in cleaned["scope"]:
            category, _, name = choice.partition(".")
            scope.setdefault(category, []).append(name)
        return {name: cleaned[name] for name in self.facts} | {"scope": json.dumps(scope)}


def _asked(field: "models.Field[Any, Any]") -> forms.Field | None:
    """The form's field for a fact, with its hint."""
    more: dict[str, Any] = {"help_text": HINTS[field.name]}
    if isinstance(field, models.DateField):
        more["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.URLField):
        more["assume_scheme"] = "https"
    return field.formfield(**more)


def _initial(partner: Partner) -> dict[str, Any]:
    stored = {name: getattr(partner, name) for name in FACTS + REACHED_BY}
    chosen = [f"{category}.{name}" for category, names in partner.allowed.items() for name in names]
    return stored | {"scope": chosen}
