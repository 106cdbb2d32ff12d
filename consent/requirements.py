"""What a recipient must have before data may go to it (PIPL 21, 23, 55), each said in words.

The one rule: the list is complete. Whoever reads it knows everything that is still to be done.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from consent.models import Partner

# An assessment of somebody's security says little after a year.
SECURITY_HOLDS = timedelta(days=365)
ASSESSMENT = "个人信息保护影响评估"


def missing(
    partner: Partner, *, today: date, is_assessed: bool, has_secrets: bool
) -> tuple[str, ...]:
    """Everything that keeps this partner from being active; empty when nothing does."""
    if partner.kind == Partner.Kind.AUTHORITY:
        return ("有权机关只按调取流程办理，不能启用",)
    named = {
        "名称": partner.legal_name,
        "联系方式": partner.contact,
        "通讯地址": partner.address,
        "使用目的": partner.purpose,
        "用途类别": partner.purpose_class,
        "提供方式": partner.method,
        "可接触的信息": partner.allowed,
        "合同编号": partner.contract,
        "再委托的约定": partner.sub_processing,
    } | _needed_to_reach(partner, has_secrets)
    empty = [label for label, value in named.items() if not value]
    found = (*empty, *_contract(partner, today), *_security(partner, today))
    return found if is_assessed else (*found, ASSESSMENT)


def _needed_to_reach(partner: Partner, has_secrets: bool) -> dict[str, object]:
    if partner.is_manual:
        return {"交接密码": has_secrets}
    needed: dict[str, object] = {
        "域名": partner.domain,
        "接口地址": partner.endpoint,
        "签名密钥": has_secrets,
    }
    if partner.kind == Partner.Kind.SDK:
        needed["隐私政策网址"] = partner.policy_url
    return needed


def _contract(partner: Partner, today: date) -> Iterator[str]:
    if partner.contract_until is None:
        yield "合同到期日"
    elif partner.contract_has_ended(today):
        yield f"有效的合同（{partner.contract_until:%Y-%m-%d} 已到期）"


def _security(partner: Partner, today: date) -> Iterator[str]:
    if not (partner.security_by and partner.security_on and partner.security_result):
        yield "安全评估（谁、哪天、结论）"
    elif partner.security_result != Partner.Security.PASSED:
        yield "通过的安全评估"
    elif security_is_old(partner, today):
        yield f"一年内的安全评估（上次是 {partner.security_on:%Y-%m-%d}）"


def security_is_old(partner: Partner, today: date) -> bool:
    """Whether its security was last looked at longer ago than a year."""
    return partner.security_on is not None and partner.security_on + SECURITY_HOLDS < today
