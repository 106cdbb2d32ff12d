"""What a recipient must have before data may go to it (PIPL 21, 23, 55), each said in words.

The one rule: the list is complete. Whoever reads it knows everything that is still to be done, and
where to get it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from accounts.personal.classes import Category
from consent.models import Partner
from consent.recipient_purposes import PurposeClass

# An assessment of somebody's security says little after a year.
SECURITY_HOLDS = timedelta(days=365)
ASSESSMENT = "个人信息保护影响评估"


class Place(StrEnum):
    """Where at the desk something is made good."""

    FACTS = "facts"
    KEY = "key"
    ASSESSMENT = "assessment"
    NOWHERE = "nowhere"


class Lack(NamedTuple):
    """One thing that is missing: in words, where to get it, and where to put it in."""

    words: str
    source: str
    place: Place = Place.FACTS


_CONTRACT = "在双方签好的合同里；还没有签的，先请法务签。"
_ENGINEER = "向对方的技术人员要。"
_SECURITY = "请信息安全的同事评估，再把谁、哪天、结论填进来。"
_ASK = "向对方要。"
_BUSINESS = "问提出合作的业务部门。"


def missing(
    partner: Partner, *, today: date, is_assessed: bool, has_secrets: bool
) -> tuple[Lack, ...]:
    """Everything that keeps this partner from being active; empty when nothing does."""
    if partner.kind == Partner.Kind.AUTHORITY:
        return (Lack("有权机关只按调取流程办理，不能启用", "", Place.NOWHERE),)
    named: dict[Lack, object] = {
        Lack("名称", "看对方的营业执照。"): partner.legal_name,
        Lack("联系方式", _ASK): partner.contact,
        Lack("通讯地址", "看对方的营业执照或者合同；要能收到信。"): partner.address,
        Lack("使用目的", _BUSINESS): partner.purpose,
        Lack("用途类别", _BUSINESS): partner.purpose_class,
        Lack("提供方式", _BUSINESS): partner.method,
        Lack("可接触的信息", _BUSINESS): partner.allowed,
        Lack("合同编号", _CONTRACT): partner.contract,
        Lack("再委托的约定", _CONTRACT): partner.sub_processing,
    } | _needed_to_reach(partner, has_secrets)
    empty = [lack for lack, value in named.items() if not value]
    found = (*empty, *_scope(partner), *_contract(partner, today), *_security(partner, today))
    if is_assessed:
        return found
    source = "在这里写，另一位隐私负责人批准。"
    return (*found, Lack(ASSESSMENT, source, Place.ASSESSMENT))


def _needed_to_reach(partner: Partner, has_secrets: bool) -> dict[Lack, object]:
    if partner.is_manual:
        return {Lack("交接密码", "在这里生成一个，当面或打电话告诉对方。", Place.KEY): has_secrets}
    needed: dict[Lack, object] = {
        Lack("域名", _ENGINEER): partner.domain,
        Lack("接口地址", _ENGINEER): partner.endpoint,
        Lack("签名密钥", "在这里生成一个，交给对方的技术人员。", Place.KEY): has_secrets,
    }
    if partner.kind == Partner.Kind.SDK:
        needed[Lack("隐私政策网址", "看对方的网站。")] = partner.policy_url
    return needed


def _scope(partner: Partner) -> Iterator[Lack]:
    """Names with ID numbers are for verifiers, and verifiers get nothing else."""
    is_verifier = partner.purpose_class == PurposeClass.IDENTITY
    if is_verifier and partner.allowed.keys() - {Category.IDENTITY}:
        yield Lack("身份核验机构只接触姓名和身份证号码", "在可接触的信息里去掉别的。")
    elif not is_verifier and Category.IDENTITY in partner.allowed:
        yield Lack("姓名和身份证号码只给身份核验机构", "在可接触的信息里去掉，或者改用途类别。")


def _contract(partner: Partner, today: date) -> Iterator[Lack]:
    if partner.contract_until is None:
        yield Lack("合同到期日", _CONTRACT)
    elif partner.contract_has_ended(today):
        yield Lack(f"有效的合同（{partner.contract_until:%Y-%m-%d} 已到期）", "请法务续签。")


def _security(partner: Partner, today: date) -> Iterator[Lack]:
    if not (partner.security_by and partner.security_on and partner.security_result):
        yield Lack("安全评估（谁、哪天、结论）", _SECURITY)
    elif partner.security_result != Partner.Security.PASSED:
        yield Lack("通过的安全评估", "对方整改以后，请信息安全的同事重新评估。")
    elif partner.security_on > today:
        yield Lack("已经做完的安全评估（日期还没有到）", _SECURITY)
    elif security_is_old(partner, today):
        yield Lack(f"一年内的安全评估（上次是 {partner.security_on:%Y-%m-%d}）", _SECURITY)


def security_is_old(partner: Partner, today: date) -> bool:
    """Whether its security was last looked at longer ago than a year."""
    return partner.security_on is not None and today - partner.security_on > SECURITY_HOLDS
