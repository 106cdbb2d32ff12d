"""What a program points out about an application, as data: pure rules over counted facts.

The one rule: a signal informs the person who judges and does nothing else. There is no score, no
tag, no profile; nothing here blocks, sorts, delays or decides (PIPL 24, seed clauses C82 and A50).
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices

from onboarding.roles import Role

# The code of the purpose that must have been assessed before anything here is looked at.
PURPOSE: Final = "risk"
# Raised with every change of a rule or its words; a test holds the texts to it.
RULESET: Final = "1"

YOUNG_FIRM: Final = timedelta(days=90)
QUICK: Final = timedelta(minutes=2)
WRONG_CODES: Final = 5
NEIGHBOURS: Final = 5
STORES: Final = frozenset({Role.FOUR_S.value, Role.SPECIALITY.value})
AGENTS: Final = frozenset({Role.AGENT.value})
# Numbers of virtual operators: sold without a shop, and all the same perfectly usual.
VIRTUAL: Final = frozenset({"162", "165", "167", "170", "171"})


class Domain(TextChoices):
    """Which part of an application a signal is about."""

    IDENTITY = "identity", "身份"
    ACCOUNT = "account", "账户"
    NETWORK = "network", "设备与网络"
    CONDUCT = "conduct", "操作"


class Weight(TextChoices):
    """How much the reviewer is asked: to have it in mind, or to check it and say how."""

    NOTE = "note", "注意"
    CHECK = "check", "重点核实"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All the rules can see: counts, dates and the first digits of numbers; no name, no number."""

    role: str
    today: date
    same_credit_code: bool = False
    same_id_number: bool = False
    same_legal_id_number: bool = False
    same_contact_phone: bool = False
    contact_is_another_account: bool = False
    contact_is_own: bool = True
    segments: frozenset[str] = frozenset()
    founded: date | None = None
    took: timedelta | None = None
    wrong_codes: int = 0
    neighbours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One rule: what it looks at, of which roles, and its words for the reviewer and the merchant.

    What `concerns_others` is never told to the merchant, found or not: an answer either way would
    say whether somebody else is with us.
    """

    code: str
    domain: Domain
    weight: Weight = Weight.NOTE
    looks_at: tuple[str, ...]
    rule: str
    for_reviewer: str
    for_merchant: str = ""
    concerns_others: bool = False
    roles: frozenset[str] = frozenset(Role.values)
    found: Callable[[Facts], bool]

    @property
    def must_be_checked(self) -> bool:
        """Whether an approval needs somebody's word on how it was checked."""
        return self.weight == Weight.CHECK


RULES: Final[tuple[Signal, ...]] = (
    Signal(
        code="same_credit_code",
        domain=Domain.IDENTITY,
        weight=Weight.CHECK,
        looks_at=("统一社会信用代码",),
        rule="别的账号提交的申请里，有没有同一个统一社会信用代码",
        for_reviewer="另一个账号提交的申请用了同一个统一社会信用代码。请核对执照和授权，弄清谁有权代表这家企业。",
        concerns_others=True,
        roles=STORES,
        found=lambda facts: facts.same_credit_code,
    ),
    Signal(
        code="same_id_number",
        domain=Domain.IDENTITY,
        weight=Weight.CHECK,
        looks_at=("身份证号码",),
        rule="别的账号提交的申请里，有没有同一个身份证号码",
        for_reviewer="另一个账号提交的申请用了同一个身份证号码。请核对证件，确认办理的是本人。",
        concerns_others=True,
        roles=AGENTS,
        found=lambda facts: facts.same_id_number,
    ),
    Signal(
        code="same_legal_id_number",
        domain=Domain.IDENTITY,
        looks_at=("法定代表人身份证号码",),
        rule="别的账号提交的申请里，法定代表人是不是同一个人",
        for_reviewer="同一位法定代表人还出现在另一个账号提交的申请里。一人名下有几家店很平常，请留意是否知情。",
        concerns_others=True,
        roles=STORES,
        found=lambda facts: facts.same_legal_id_number,
    ),
    Signal(
        code="young_firm",
        domain=Domain.IDENTITY,
        looks_at=("成立日期",),
        rule="企业成立是不是不到 90 天",
        for_reviewer="企业成立不到 90 天。请对照执照看成立日期和经营范围。",
        for_merchant="企业成立不到 90 天，工作人员会对照执照看一下成立日期。新企业同样可以通过。",
        roles=STORES,
        found=lambda facts: facts.founded is not None and facts.today - facts.founded < YOUNG_FIRM,
    ),
    Signal(
        code="same_contact_phone",
        domain=Domain.ACCOUNT,
        looks_at=("联系人手机号码",),
        rule="别的账号提交的申请里，有没有同一个联系人手机号码",
        for_reviewer="同一个联系人手机号码还出现在另一个账号提交的申请里。请留意是代办，还是冒名。",
        concerns_others=True,
        found=lambda facts: facts.same_contact_phone,
    ),
    Signal(
        code="contact_is_another_account",
        domain=Domain.ACCOUNT,
        looks_at=("联系人手机号码", "登录手机号码"),
        rule="联系人手机号码是不是另一个账号的登录手机号码",
        for_reviewer="联系人手机号码是另一个账号的登录手机号码。请留意联系人知不知道这份申请。",
        concerns_others=True,
        found=lambda facts: facts.contact_is_another_account,
    ),
    Signal(
        code="contact_is_not_own",
        domain=Domain.ACCOUNT,
        looks_at=("联系人手机号码", "登录手机号码"),
        rule="业务代理人的联系人手机号码和登录手机号码是不是不同",
        for_reviewer="业务代理人的联系人手机号码和登录手机号码不同。请留意是不是本人在办理。",
        for_merchant="联系人手机号码和您的登录手机号码不同，工作人员可能会问一下是不是您本人在办理。",
        roles=AGENTS,
        found=lambda facts: not facts.contact_is_own,
    ),
    Signal(
        code="virtual_number",
        domain=Domain.ACCOUNT,
        looks_at=("登录手机号码的前三位", "联系人手机号码的前三位"),
        rule="手机号码是不是虚拟运营商的号段（162、165、167、170、171）",
        for_reviewer="手机号码属于虚拟运营商的号段（162、165、167、170、171）。只作参考，正规用户也很多。",
        for_merchant="手机号码属于虚拟运营商的号段，只作参考，不影响通过。",
        found=lambda facts: bool(facts.segments & VIRTUAL),
    ),
    Signal(
        code="busy_network",
        domain=Domain.NETWORK,
        looks_at=("登录时网络地址的校验值（只存一天，还原不出地址）",),
        rule=f"提交前一天里，同一网络是不是还有 {NEIGHBOURS} 个以上别的手机号码登录过",
        for_reviewer=f"提交前一天里，同一网络还有 {NEIGHBOURS} 个以上别的手机号码登录过。"
        "公司和手机网络常常共用出口，请留意是否批量注册。",
        for_merchant="提交前一天里，同一网络有好几个手机号码登录过。"
        "公司和手机网络常常共用出口，只作参考。",
        found=lambda facts: facts.neighbours >= NEIGHBOURS,
    ),
    Signal(
        code="wrong_codes",
        domain=Domain.NETWORK,
        looks_at=("验证码输错的次数（只存一天）",),
        rule=f"提交前一天里，登录验证码是不是输错过 {WRONG_CODES} 次以上",
        for_reviewer=f"提交前一天里，登录验证码输错过 {WRONG_CODES} 次以上。"
        "请留意是不是有人在试验证码。",
        for_merchant=f"提交前一天里，登录验证码输错过 {WRONG_CODES} 次以上。"
        "如果不是您输的，请马上打电话告诉我们。",
        found=lambda facts: facts.wrong_codes >= WRONG_CODES,
    ),
    Signal(
        code="quick",
        domain=Domain.CONDUCT,
        looks_at=("注册时间", "提交时间"),
        rule="从注册到提交是不是不到两分钟",
        for_reviewer="从注册到提交不到两分钟。请留意是不是程序批量填写的。",
        for_merchant="从注册到提交不到两分钟，工作人员会多看一眼是不是本人填写的。",
        found=lambda facts: facts.took is not None and facts.took < QUICK,
    ),
)

BY_CODE: Final = {signal.code: signal for signal in RULES}


def of_role(role: str) -> list[Signal]:
    """The rules that have something to look at in an application of this role."""
    return [signal for signal in RULES if role in signal.roles]


def look(facts: Facts) -> list[Signal]:
    """Every rule that speaks, in the order of RULES."""
    return [signal for signal in of_role(facts.role) if signal.found(facts)]


def fingerprint() -> str:
    """SHA-256 (hex) over the words of all rules: which rules an application was held against."""
    lines = [
        "|".join((*_settled(signal), signal.rule, signal.for_reviewer, signal.for_merchant))
        for signal in RULES
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _settled(signal: Signal) -> tuple[str, ...]:
    return (signal.code, signal.domain, signal.weight, *sorted(signal.roles), *signal.looks_at)


def written(signals: Iterable[Signal]) -> str:
    """As it is sealed: the version of the rules, then what spoke. Never empty, so that whether
    something is held says nothing about what."""
    return ":".join((RULESET, ",".join(signal.code for signal in signals)))


def read(text: str) -> list[Signal]:
    """The signals of what was sealed; a rule that no longer exists is passed over."""
    codes = text.partition(":")[2].split(",")
    return [BY_CODE[code] for code in codes if code in BY_CODE]
