"""What is said to a merchant about every rule their application was held against (PIPL 24).

The one rule: nothing here tells anything about anybody else, neither by a word nor by its absence.
"""

from typing import Any

from onboarding import risk
from onboarding.models import RiskLook

NOTHING = "没有提示"
NOTED = "有提示"
WITHHELD = "不显示"
WHY_WITHHELD = "要对照别人的资料，结果只给审核人员看。不管有没有，说出来都会泄露别人的信息"


def groups(look: RiskLook | None, role: str = "") -> list[dict[str, Any]]:
    """Every rule for a role ("" for all) by domain, and what it came to; raises KeyGone."""
    is_done = look is not None and look.looked_at is not None
    found = frozenset(signal.code for signal in look.found()) if look else frozenset()
    applied = [
        signal for signal in risk.RULES if not role or role in signal.roles or signal.code in found
    ]
    by_domain = {
        domain: [
            _rule(signal, found, is_done=is_done) for signal in applied if signal.domain == domain
        ]
        for domain in risk.Domain
    }
    return [
        {"heading": domain.label, "rules": rules} for domain, rules in by_domain.items() if rules
    ]


def _rule(signal: risk.Signal, found: frozenset[str], *, is_done: bool) -> dict[str, Any]:
    told = {"rule": signal.rule, "looks_at": "、".join(signal.looks_at), "outcome": "", "why": ""}
    if not is_done:
        return told
    if signal.concerns_others:
        return told | {"outcome": WITHHELD}
    if signal.code in found:
        return told | {"outcome": NOTED, "kind": "info", "why": signal.for_merchant}
    return told | {"outcome": NOTHING, "kind": "success"}


def in_words(look: RiskLook) -> dict[str, str]:
    """Rule to outcome, as the export says it; raises KeyGone."""
    rules = [rule for group in groups(look, look.application.role) for rule in group["rules"]]
    return {rule["rule"]: _outcome(rule) for rule in rules if rule["outcome"]}


def _outcome(rule: dict[str, Any]) -> str:
    why = WHY_WITHHELD if rule["outcome"] == WITHHELD else rule["why"]
    return f"{rule['outcome']}：{why}" if why else str(rule["outcome"])
