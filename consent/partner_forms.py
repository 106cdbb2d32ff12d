"""What an officer writes down about a recipient: plain data, checked here, saved by actions."""

import json
import re
from typing import Any

from django import forms
from django.conf import settings
from django.db import models

from consent.actions.partners import SHAREABLE
from consent.models import Partner
from consent.protocol import safe_url

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
    "kind": "有权机关不在这里登记，见“机关调取”。",
    "protocol": "对方有接口的，提供和删除都由系统办；没有的，由两个人移交和核实。",
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
UNDECIDED = {"purpose_class": "还没有定", "security_result": "还没有评估"}
UNSAFE = {
    "scheme": "接口地址必须以 https:// 开头。",
    "userinfo": "接口地址里不能带用户名和密码。",
    "port": "接口地址只能用 443 端口，请去掉端口号。",
    "not_public": "接口地址要能从公网访问，不能是内网或者本机的地址。",
    "malformed": "接口地址写得不对，要像 https://processor.example.cn 这样，不带空格和 #。",
}
# Part of the callback address and of every consent's code; some words are taken by the portal.
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,29}")
_TAKEN = re.compile(r"new|authority(-.*)?")


def shareable() -> list[tuple[str, str]]:
    """Every field that can be shared at all, by `category.name`."""
    return [
        (f"{category}.{name}", words)
        for category, fields in SHAREABLE.items()
        for name, words in fields.items()
    ]


class FactsForm(forms.Form):
    """What a recipient is and may see; the facts that may come later are optional here."""

    facts: tuple[str, ...] = FACTS + REACHED_BY

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(
            forms.fields_for_model(Partner, fields=self.facts, formfield_callback=_asked)
        )
        self.fields["scope"] = forms.MultipleChoiceField(
            label="可接触的信息",
            help_text="只勾办这件事非要不可的；商家会看到。",
            choices=shareable(),
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "请至少勾一种，否则没有什么可提供。",
                "invalid_choice": "%(value)s 不在可用的选项中：能提供的只有下面这几种。",
            },
        )
        self.order_fields(
            ["legal_name", "contact", "address", "purpose", "purpose_class", "scope", "method"]
        )

    def clean_endpoint(self) -> str:
        """Personal data travel encrypted to the public internet; in development to this machine."""
        address: str = self.cleaned_data["endpoint"]
        if address:
            try:
                safe_url.look(address, allow_loopback=settings.DEVELOPMENT)
            except safe_url.UnsafeURL as unsafe:
                raise forms.ValidationError(UNSAFE[unsafe.reason]) from None
        return address

    def chosen(self) -> dict[str, list[str]]:
        """Which fields of which categories it may see."""
        scope = dict[str, list[str]]()
        for choice in self.cleaned_data["scope"]:
            category, _, name = choice.partition(".")
            scope.setdefault(category, []).append(name)
        return scope


class RegisterForm(FactsForm):
    """A recipient that is new: what it is, by which word, and how it is dealt with, come first."""

    slug = forms.CharField(
        label="代号",
        help_text="小写字母、数字和连字符，例如 club。写进回调地址和授权编号，登记以后不能改。",
        max_length=30,
        error_messages={"required": "请填写代号。", "max_length": "代号最多 30 个字符。"},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label="类型",
        help_text=HINTS["kind"],
        choices=[pair for pair in Partner.Kind.choices if pair[0] != Partner.Kind.AUTHORITY],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择类型。", "invalid_choice": "请从列表里选择类型。"},
    )
    protocol = forms.ChoiceField(
        label="办理方式",
        help_text=HINTS["protocol"],
        choices=Partner.Protocol.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择办理方式。", "invalid_choice": "请选择办理方式。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["legal_name", "slug", "kind", "protocol", *self.fields])

    def clean_slug(self) -> str:
        """A word for addresses, and none the portal uses itself."""
        slug: str = self.cleaned_data["slug"]
        if not _SLUG.fullmatch(slug):
            raise forms.ValidationError(
                "代号只能用小写字母、数字和连字符，字母开头，2 到 30 个字符。"
            )
        if _TAKEN.fullmatch(slug):
            raise forms.ValidationError("这个代号系统自己要用，请换一个。")
        return slug

    def clean(self) -> dict[str, Any]:
        """Whoever is dealt with by hand has no interface."""
        cleaned = super().clean() or {}
        if cleaned.get("protocol") == Partner.Protocol.MANUAL:
            for name in REACHED_BY:
                if cleaned.get(name):
                    self.add_error(name, "人工办理的没有接口，请留空，或者改选接口自动办理。")
        return cleaned

    def entered(self) -> dict[str, Any]:
        """The facts as an action takes them."""
        names = (*self.facts, "kind", "protocol")
        return {name: self.cleaned_data[name] for name in names} | {"scope": self.chosen()}


class PartnerForm(FactsForm):
    """The facts of one recipient; of its way of being reached only what its protocol has."""

    understood = forms.BooleanField(
        label="我明白：已经同意的商家要重新征求同意，影响评估也要重做", required=False
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        self.facts = FACTS if partner.is_manual else FACTS + REACHED_BY
        super().__init__(*args, **kwargs)
        self.initial = _initial(partner)
        if partner.is_manual:
            self.fields["secret"] = forms.CharField(
                label="交接密码",
                help_text="交接文件用它加密，另行当面或打电话告诉对方；至少 12 位。不改就留空。",
                required=False,
                min_length=12,
                max_length=100,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            )

    def changes(self) -> dict[str, Any]:
        """The facts as an action takes them."""
        scope = json.dumps(self.chosen())
        return {name: self.cleaned_data[name] for name in self.facts} | {"scope": scope}


def _asked(field: "models.Field[Any, Any]") -> forms.Field | None:
    """The form's field for a fact, with its hint."""
    more: dict[str, Any] = {"help_text": HINTS[field.name]}
    if isinstance(field, models.DateField):
        more["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.URLField):
        more["assume_scheme"] = "https"
    asked = field.formfield(**more)
    if asked is not None:
        asked.error_messages["required"] = f"请填写{field.verbose_name}。"
    if isinstance(asked, forms.TypedChoiceField):
        asked.choices = [("", UNDECIDED[field.name]), *(field.choices or [])]
    return asked


def _initial(partner: Partner) -> dict[str, Any]:
    stored = {name: getattr(partner, name) for name in FACTS + REACHED_BY}
    chosen = [f"{category}.{name}" for category, names in partner.allowed.items() for name in names]
    return stored | {"scope": chosen}
