"""How each kind of value looks to everyone who has not asked, with a reason, to see it whole.

Formats follow JR/T 0171 and the strictest promise of the policy; an unknown value is hidden whole.
"""

import re

HIDDEN = "******"

# ID numbers, mobile numbers and bank cards inside a sentence, in one piece or in groups of digits.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d(?: ?\d){10,29}(?: ?[Xx])?(?![0-9A-Za-z])", re.ASCII)


def hidden(_value: str) -> str:
    """Nothing of the value."""
    return HIDDEN


def name(value: str) -> str:
    """A person's name: the first character stays, 张*, 张**."""
    return value[:1] + "*" * max(len(value) - 1, 1)


def company(value: str) -> str:
    """A company's name is public (GB/T 35273: not personal); shown whole."""
    return value


def phone(value: str) -> str:
    """A mobile number, 138****1234."""
    return f"{value[:3]}****{value[-4:]}" if len(value) == 11 else HIDDEN


def id_number(value: str) -> str:
    """A resident ID number: first and last character only."""
    return f"{value[:1]}{'*' * 16}{value[-1:]}" if len(value) == 18 else HIDDEN


def credit_code(value: str) -> str:
    """统一社会信用代码: 9133****…1234."""
    return f"{value[:4]}{'*' * 10}{value[-4:]}" if len(value) == 18 else HIDDEN


def bank_account(value: str) -> str:
    """A bank account: the last four digits."""
    return f"**** **** **** {value[-4:]}" if len(value) >= 8 else HIDDEN


def address(value: str) -> str:
    """An address: province and city, at most the first six characters."""
    return f"{value[:6]}****" if len(value) > 6 else HIDDEN


def email(value: str) -> str:
    """a***@example.com."""
    local, at, domain = value.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else HIDDEN


def in_words(text: str) -> str:
    """A sentence with every ID number, mobile number and bank card in it masked; else as it was."""
    return _NUMBER.sub(_masked, text.strip())


def _masked(found: re.Match[str]) -> str:
    number = found[0].replace(" ", "")
    if re.fullmatch(r"1[3-9]\d{9}", number):
        return phone(number)
    if re.fullmatch(r"\d{17}[\dXx]", number):
        return id_number(number)
    return bank_account(number) if len(number) >= 15 else found[0]
