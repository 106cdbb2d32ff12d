"""What merchants type, checked screen by screen. One form per step; forms never save."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from consent.notices.others import Declaration
from onboarding import numbers, others, roles, steps
from onboarding.models import Application
from onboarding.roles import Role

_PERSON = RegexValidator(
    r"^[\u3400-\u9fff\U00020000-\U0003ffff·•.A-Za-z' -]{2,50}$",
    "请填写证件上的姓名，2至50个字，只能有汉字、字母和间隔号“·”。",
)
OLDEST_FIRM = date(1949, 10, 1)


def _text(label: str, hint: str = "", *, longest: int = 50, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=longest,
        widget=forms.TextInput(attrs={"enterkeyhint": "next", **attrs}),
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {longest} 个字，请缩短后再填。",
        },
    )


def _number(label: str, hint: str = "", *, is_digits: bool = True, **attrs: str) -> forms.CharField:
    typed = {"inputmode": "numeric"} if is_digits else {"autocapitalize": "characters"}
    # As typed or pasted, with spaces and hyphens; numbers.py strips them and checks the length.
    return _text(label, hint, longest=60, **(typed | {"spellcheck": "false"} | attrs))


def _told(declaration: Declaration) -> forms.BooleanField:
    return forms.BooleanField(
        label=declaration.label,
        help_text=declaration.fate,
        required=False,
        widget=forms.CheckboxInput(attrs={"value": declaration.sha256}),
    )


class StepForm(forms.Form):
    """A screen of the application: keeps only the fields asked of the role, filled as stored."""

    LABELS: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    def __init__(
        self, *args: Any, application: Application, step: steps.Step, today: date, **kwargs: Any
    ) -> None:
        stored = {name: getattr(application, name) for name in step.fields}
        kwargs["initial"] = {name: value.clear for name, value in stored.items() if value}
        super().__init__(*args, **kwargs)
        self.application, self.today = application, today
        asked = step.asks(application.role)
        self.fields = {name: self.fields[name] for name in asked}
        self.declaration = others.DECLARED.get(step.code)
        for name, label in self.LABELS.get(application.role, {}).items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"请填写{label}。"
        if self.declaration:
            self.fields["told"] = _told(self.declaration)

    @property
    def is_store(self) -> bool:
        """Whether a firm applies, rather than a person."""
        return self.application.role != Role.AGENT

    def accepted(self) -> dict[str, str]:
        """What was typed right, also when something else was wrong: it is kept."""
        kept = self.cleaned_data.items()
        return {name: str(value) for name, value in kept if value and name != "told"}

    def told(self) -> str:
        """The hash of the words ticked beside data of somebody else, or ""."""
        return str(self.data.get("told", "")) if self.declaration else ""

    def refuse_untold(self) -> None:
        """Ask for the tick; what was typed stays in the form and nowhere else."""
        self.add_error(
            "told", "这是别人的信息：请先告诉对方、得到同意，再勾选。填的内容还没有保存。"
        )

    def _checked(self, name: str, check: Callable[[str], str]) -> str:
        try:
            return check(self.cleaned_data[name])
        except numbers.NumberRefused as refused:
            raise ValidationError(refused.message_zh, code=refused.code) from None

    def _resident_id(self, name: str) -> str:
        return self._checked(name, lambda t: numbers.resident_id(t, today=self.today).number)


class SubjectForm(StepForm):
    """Who applies."""

    LABELS: ClassVar = {Role.AGENT: {"name": "姓名", "address": "常住地址"}}

    name = _text("企业名称", longest=110, autocomplete="organization")
    credit_code = _number(
        "统一社会信用代码", "18位，在营业执照右上角或正中", is_digits=False, autocomplete="off"
    )
    id_number = _number("身份证号码", "18位，最后一位可能是X", is_digits=False, autocomplete="off")
    registered_date = forms.DateField(
        label="成立日期",
        help_text="营业执照上的“成立日期”或“注册日期”",
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"],
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "min": OLDEST_FIRM.isoformat()}
        ),
        error_messages={
            "required": "请填写成立日期。",
            "invalid": "这个日期不存在，请按“2018-05-20”这样填写。",
        },
    )
    address = _text(
        "注册地址", "省、市、区、街道和门牌号", longest=200, autocomplete="street-address"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_store:
            self.fields["name"].widget.attrs["autocomplete"] = "name"
        else:
            self.fields["registered_date"].widget.attrs["max"] = self.today.isoformat()

    def clean_name(self) -> str:
        """A firm's name of 2 to 110 characters, or a person's name."""
        name: str = self.cleaned_data["name"]
        if not self.is_store:
            _PERSON(name)
        elif len(name) < 2 or name.isdigit():
            raise ValidationError("请填写营业执照上的完整名称。")
        return name

    def clean_credit_code(self) -> str:
        """GB 32100, normalised."""
        return self._checked("credit_code", lambda text: numbers.credit_code(text).number)

    def clean_id_number(self) -> str:
        """GB 11643 of an adult, normalised."""
        return self._resident_id("id_number")

    def clean_registered_date(self) -> date:
        """A day a firm can have been founded on."""
        day: date = self.cleaned_data["registered_date"]
        if day > self.today:
            raise ValidationError("成立日期晚于今天，请对照营业执照核对。")
        if day < OLDEST_FIRM:
            raise ValidationError("成立日期太早，请对照营业执照核对年份。")
        return day

    def clean_address(self) -> str:
        """An address somebody can find."""
        address: str = self.cleaned_data["address"]
        if len(address) < 6:
            raise ValidationError("地址太短，请写到门牌号，例如“浙江省金华市金东区光南路8号”。")
        return address

    def clean(self) -> dict[str, Any]:
        """A sole trader's name never ends in 公司 (WeChat Pay applyment rules)."""
        cleaned = super().clean() or {}
        name, code = cleaned.get("name", ""), cleaned.get("credit_code", "")
        if name.endswith("公司") and roles.is_sole_trader(code):
            self.add_error(
                "name", "这是个体工商户的代码，名称不会以“公司”结尾，请对照营业执照核对。"
            )
        return cleaned


class LegalForm(StepForm):
    """Who stands for the firm."""

    legal_representative = _text("姓名", "营业执照上的法定代表人或经营者", autocomplete="off")
    legal_id_number = _number(
        "身份证号码", "18位，最后一位可能是X", is_digits=False, autocomplete="off"
    )

    def clean_legal_representative(self) -> str:
        """A person's name."""
        _PERSON(self.cleaned_data["legal_representative"])
        return str(self.cleaned_data["legal_representative"])

    def clean_legal_id_number(self) -> str:
        """GB 11643 of an adult, normalised."""
        return self._resident_id("legal_id_number")


class ContactForm(StepForm):
    """Whom we call."""

    contact_name = _text("联系人姓名", autocomplete="name")
    contact_phone = _number("联系人手机号", "11位手机号", type="tel", autocomplete="tel")

    def clean_contact_name(self) -> str:
        """A person's name."""
        _PERSON(self.cleaned_data["contact_name"])
        return str(self.cleaned_data["contact_name"])

    def clean_contact_phone(self) -> str:
        """A mainland mobile number."""
        return self._checked("contact_phone", numbers.mobile)


class BankForm(StepForm):
    """Where money due to the merchant goes."""

    bank_account_name = _text("账户（户名）", autocomplete="off", longest=110)
    bank_name = _text(
        "开户银行", "写到支行，例如“中国工商银行金华婺城支行”", autocomplete="off", longest=60
    )
    bank_account = _number("账号", autocomplete="off")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = steps.allowed_holders(self.application)
        self.fields["bank_account"].help_text = (
            "企业填对公账号；个体工商户可以填对公账号或经营者本人的银行卡号"
            if self.is_store
            else "本人的银行卡号，16至19位"
        )
        if self.holders:
            self.initial.setdefault("bank_account_name", self.holders[0])
            self.fields["bank_account_name"].help_text = f"须为“{'”或“'.join(self.holders)}”"

    def clean_bank_account_name(self) -> str:
        """The applicant's own account."""
        holder: str = self.cleaned_data["bank_account_name"]
        if self.holders and holder not in self.holders:
            allowed = "”或“".join(self.holders)
            raise ValidationError(f"账户名须与申请主体一致，请填写“{allowed}”名下的账户。")
        return holder

    def clean_bank_name(self) -> str:
        """A bank by name."""
        name: str = self.cleaned_data["bank_name"]
        if len(name) < 4 or name.isdigit():
            raise ValidationError("请填写开户银行的全称，写到支行。")
        return name

    def clean_bank_account(self) -> str:
        """A company's account number, or a person's card with its check digit."""
        is_person = not self.is_store
        return self._checked(
            "bank_account", numbers.bank_card if is_person else numbers.corporate_account
        )


# Screens that ask for a paper use paper_forms.PaperForm.
STEP_FORMS: Mapping[str, type[StepForm]] = {
    "subject": SubjectForm,
    "legal": LegalForm,
    "contact": ContactForm,
    "bank": BankForm,
}


class RoleForm(forms.Form):
    """How the merchant wants to work with the portal."""

    role = forms.ChoiceField(
        label="合作身份",
        choices=Role.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择一种合作身份。",
            "invalid_choice": "请选择一种合作身份。",
        },
    )


class SubmitForm(forms.Form):
    """The last screen: the will is stated and the agreement concluded, each by a box of its own."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    is_own_will = forms.BooleanField(
        label="我确认填写的信息真实，这次申请是我（单位）的真实意愿",
        error_messages={"required": "请勾选，确认这次申请是您（单位）的真实意愿。"},
    )
    agrees = forms.BooleanField(
        error_messages={"required": "同意协议后才能提交；不同意可以先存着，不会丢失。"},
    )

    def __init__(self, *args: Any, agreement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agrees"].label = f"我已阅读并同意{agreement}"

    def show_anew(self, sha256: str) -> None:
        """Another version came into force meanwhile: it must be read and agreed to itself."""
        kept = {name: value for name, value in self.data.items() if name != "agrees"}
        self.data = kept | {"sha256": sha256}
        self.add_error("agrees", "协议刚刚更新了版本，请先看新的协议，再决定是否同意。")
