"""Numbers a merchant types: identity, licence, account, bank branch, phone.

Each function takes text as people type and paste it, and returns it normalised or raises
`NumberRefused`, whose Chinese message says what is wrong and what to do.
No message, repr or exception holds the number.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

ADULT_AGE = 18
OLDEST_AGE = 120

_IGNORED = re.compile("[ZC].|Pd")  # spaces, invisible and control characters, dashes

_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS = "0X987654321"
# Registering authority (first character), and the classes it may give (second): GB 32100 table 1.
_CREDIT_CLASSES: Mapping[str, str] = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}


class NumberRefused(ValueError):
    """A typed number cannot be right; `message_zh` is for the person who typed it."""

    def __init__(self, code: str, message_zh: str) -> None:
        super().__init__(code, message_zh)
        self.code = code
        self.message_zh = message_zh

    def __str__(self) -> str:
        return self.message_zh


class LicenceKind(StrEnum):
    """Who a 统一社会信用代码 belongs to, as far as the portal treats them differently."""

    ENTERPRISE = "enterprise"
    INDIVIDUAL = "individual"
    COOPERATIVE = "cooperative"
    OTHER = "other"


_LICENCE_KINDS: Mapping[str, LicenceKind] = {
    "91": LicenceKind.ENTERPRISE,
    "92": LicenceKind.INDIVIDUAL,
    "93": LicenceKind.COOPERATIVE,
}


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident ID number that can exist, and the birth date written in it."""

    number: str = field(repr=False)
    birth_date: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A 统一社会信用代码 that can exist."""

    number: str = field(repr=False)
    kind: LicenceKind


def resident_id(text: str, *, today: date) -> ResidentId:
    """Read an 18-digit resident ID number (GB 11643) of an adult.

    Checks digits, province, birth date and age on `today`. The county is left alone: codes are
    abolished and made every year, and every list of them refuses living people.
    Codes: empty, old, length, characters, check, province, date, future, minor, age.
    """
    number = _bare(text).upper()
    _check_id_shape(number)
    total = sum(w * int(d) for w, d in zip(_ID_WEIGHTS, number[:17], strict=True))
    if _ID_CHECKS[total % 11] != number[17]:
        raise NumberRefused(
            "check", "身份证号码校验不通过，很可能有一位输错了，请对照证件逐位核对。"
        )
    if not _PROVINCE.match(number):
        raise NumberRefused(
            "province", "身份证号码前两位不是有效的省份代码，请对照证件核对开头几位。"
        )
    birth_date = _birth_date(number[6:14])
    _check_age(birth_date, today)
    return ResidentId(number=number, birth_date=birth_date)


def _check_id_shape(number: str) -> None:
    if not number:
        raise NumberRefused("empty", "请填写身份证号码。")
    if re.fullmatch("[0-9]{15}", number):
        raise NumberRefused(
            "old",
            "15位的第一代身份证号码已停止使用，请填写第二代身份证上的18位号码。",
        )
    if not re.fullmatch("[0-9]*X?", number):
        raise NumberRefused(
            "characters", "身份证号码只能是数字，最后一位可以是字母X，请检查后重新填写。"
        )
    if len(number) != 18:
        raise NumberRefused(
            "length", f"身份证号码应为18位，您填写了{len(number)}位，请检查是否多填或漏填。"
        )


def _birth_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise NumberRefused(
            "date", "身份证号码中的出生日期不存在，请对照证件核对第7至14位。"
        ) from None


def _check_age(birth_date: date, today: date) -> None:
    if birth_date > today:
        raise NumberRefused("future", "身份证号码中的出生日期晚于今天，请对照证件核对第7至14位。")
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    age = today.year - birth_date.year - (not had_birthday)
    if age < ADULT_AGE:
        raise NumberRefused(
            "minor",
            f"须年满{ADULT_AGE}周岁才能办理，请由已成年的法定代表人或负责人提供身份证。",
        )
    if age > OLDEST_AGE:
        raise NumberRefused(
            "age",
            f"按身份证号码计算年龄超过{OLDEST_AGE}岁，请对照证件核对第7至14位的出生日期。",
        )


def credit_code(text: str) -> CreditCode:
    """Read a 统一社会信用代码 (GB 32100 with the organisation code of GB 11714 inside).

    Codes: empty, old, length, letters, characters, check, class, area, organisation.
    """
    number = _bare(text).upper()
    _check_credit_shape(number)
    total = sum(
        w * _CREDIT_ALPHABET.index(c) for w, c in zip(_CREDIT_WEIGHTS, number[:17], strict=True)
    )
    if _CREDIT_ALPHABET[-total % 31] != number[17]:
        raise NumberRefused(
            "check", "统一社会信用代码校验不通过，很可能有一位输错了，请对照营业执照逐位核对。"
        )
    if number[1] not in _CREDIT_CLASSES.get(number[0], ""):
        raise NumberRefused(
            "class", "统一社会信用代码前两位不是有效的机构类别，请对照营业执照核对开头两位。"
        )
    if not number[2:8].isdigit():
        raise NumberRefused(
            "area", "统一社会信用代码第3至8位应全是数字（行政区划），请对照营业执照核对。"
        )
    if not _is_organisation_code(number[8:17]):
        raise NumberRefused(
            "organisation",
            "统一社会信用代码第9至17位（组织机构代码）校验不通过，请对照营业执照逐位核对。",
        )
    return CreditCode(number=number, kind=_LICENCE_KINDS.get(number[:2], LicenceKind.OTHER))


def _check_credit_shape(number: str) -> None:
    if not number:
        raise NumberRefused("empty", "请填写统一社会信用代码。")
    if re.fullmatch("[0-9]{15}", number):
        raise NumberRefused(
            "old",
            "15位的旧注册号已停止使用，请填写营业执照上的18位统一社会信用代码；"
            "执照仍是旧版的，请先到登记机关换发。",
        )
    if not re.fullmatch("[0-9A-Z]*", number):
        raise NumberRefused(
            "characters", "统一社会信用代码只能是数字和大写英文字母，请检查后重新填写。"
        )
    if len(number) != 18:
        raise NumberRefused(
            "length", f"统一社会信用代码应为18位，您填写了{len(number)}位，请检查是否多填或漏填。"
        )
    if set(number) & set("IOSVZ"):
        raise NumberRefused(
            "letters",
            "统一社会信用代码中不会出现字母I、O、S、V、Z，可能是数字1、0、5、2或字母U看错了，请核对。",
        )


def _is_organisation_code(code: str) -> bool:
    values = (int(c, 36) for c in code[:8])  # GB 11714: 0-9, then A is 10 and Z is 35
    total = sum(w * v for w, v in zip(_ORGANISATION_WEIGHTS, values, strict=True))
    return _ORGANISATION_CHECKS[total % 11] == code[8]


def bank_card(text: str) -> str:
    """Read a personal bank card number: 16 to 19 digits with a Luhn check digit.

    Codes: empty, characters, length, check.
    """
    number = _digits(text, "银行卡号")
    if not 16 <= len(number) <= 19:
        raise NumberRefused(
            "length", f"银行卡号应为16至19位数字，您填写了{len(number)}位，请对照卡面核对。"
        )
    doubled = (2 * int(d) for d in number[-2::-2])
    total = sum(int(d) for d in number[-1::-2]) + sum(n // 10 + n % 10 for n in doubled)
    if total % 10 or number[0] == "0":
        raise NumberRefused("check", "银行卡号校验不通过，很可能有一位输错了，请对照卡面逐位核对。")
    return number


def corporate_account(text: str) -> str:
    """Read a company's bank account: 8 to 32 digits; there is no public check digit.

    Codes: empty, characters, length.
    """
    number = _digits(text, "对公银行账号")
    if not 8 <= len(number) <= 32:
        raise NumberRefused(
            "length",
            f"对公银行账号应为8至32位数字，您填写了{len(number)}位，请对照开户许可证或银行回单核对。",
        )
    return number


def cnaps(text: str) -> str:
    """Read a bank branch number (联行号): 12 digits, the last by ISO 7064 MOD 11,10.

    Codes: empty, characters, length, check.
    """
    number = _digits(text, "联行号")
    if len(number) != 12:
        raise NumberRefused(
            "length", f"联行号应为12位数字，您填写了{len(number)}位，可向开户银行查询后填写。"
        )
    product = 10
    for digit in number[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    if (product + int(number[-1])) % 10 != 1:
        raise NumberRefused(
            "check", "联行号校验不通过，很可能有一位输错了，请核对，或向开户银行查询后填写。"
        )
    return number


def mobile(text: str) -> str:
    """Read a mainland mobile number, with or without +86; returns its 11 digits.

    Codes: empty, foreign, landline, characters, length, segment.
    """
    number = re.sub(r"^(\+86|0086|86(?=[0-9]{11}$))", "", re.sub("[()]", "", _bare(text)))
    if not number:
        raise NumberRefused("empty", "请填写手机号码。")
    if number.startswith("+"):
        raise NumberRefused("foreign", "目前只支持中国大陆的手机号码，请换一个11位的手机号码。")
    if not re.fullmatch("[0-9]+", number):
        raise NumberRefused("characters", "手机号码只能是数字，请检查后重新填写。")
    if re.match("0|[48]00", number):
        raise NumberRefused("landline", "这里不能填固定电话，请填写能收短信的11位手机号码。")
    if len(number) != 11:
        raise NumberRefused(
            "length", f"手机号码应为11位，您填写了{len(number)}位，请检查是否多填或漏填。"
        )
    if not re.match("1[3-9]", number):
        raise NumberRefused("segment", "没有这样开头的手机号码，请检查前两位。")
    return number


def _digits(text: str, label: str) -> str:
    number = _bare(text)
    if not number:
        raise NumberRefused("empty", f"请填写{label}。")
    if not re.fullmatch("[0-9]+", number):
        raise NumberRefused("characters", f"{label}只能是数字，请去掉字母和符号后重新填写。")
    return number


def _bare(text: str) -> str:
    """Half width, without spaces, hyphens and the invisible marks that copying from chats adds."""
    halved = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    return "".join(c for c in halved if not _IGNORED.match(unicodedata.category(c)))
