"""What the check of name and ID number came to, in words: for the desk, and for the merchant.

The one rule: an answer about other values than those handed in is not shown.
"""

from dataclasses import dataclass
from datetime import datetime

from consent.models import Partner
from onboarding.actions import real_names
from onboarding.models import Application, RealNameCheck
from onboarding.ports import identity, identity_url
from onboarding.states import REAL_NAME_WAITS_FOR_US, RealNameState
from onboarding.verdicts import Verdict

BY_STAFF = "由工作人员核对证件"
_KINDS = {Verdict.MATCH: "success", Verdict.MISMATCH: "warn", Verdict.NOT_FOUND: "warn"}
_HINTS = {
    Verdict.MATCH: "姓名和身份证号码是同一个人的；是不是本人办理，仍要看证件。",
    Verdict.MISMATCH: "可能是写错了字，也可能是改过名字。请对照证件，由您决定。",
    Verdict.NOT_FOUND: "可能正在迁户口，或者是军人。请对照证件，由您决定。",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One line for the desk: the tag, what it means, who answered and when."""

    label: str
    kind: str
    hint: str
    verifier: str = ""
    at: datetime | None = None


def standing(application: Application) -> Standing:
    """How the check of what was handed in stands; whoever was not asked is told by no reason."""
    check = RealNameCheck.objects.newest_of(application)
    if check is None or check.fingerprint != real_names.fingerprint_of(application):
        return Standing("未做", "", f"{BY_STAFF}。")
    name = _name(check.partner)
    if check.state in REAL_NAME_WAITS_FOR_US:
        return Standing("正在核验", "", f"不用等，{BY_STAFF}照常进行。", name)
    if check.state == RealNameState.DONE:
        verdict = Verdict(check.verdict)
        return Standing(verdict.label, _KINDS[verdict], _HINTS[verdict], name, check.finished_at)
    reason = check.get_reason_display()
    return Standing("未做", "", f"{reason}，{BY_STAFF}。", name, check.finished_at)


def for_merchant(application: Application) -> dict[str, object] | None:
    """The same as an event of the merchant's timeline; None where nobody was asked."""
    check = RealNameCheck.objects.newest_of(application)
    if check is None:
        return None
    name = _name(check.partner)
    if check.state in REAL_NAME_WAITS_FOR_US:
        detail = f"正在由{name}核验姓名和身份证号码。不影响审核的先后。"
        return {"title": "实名核验", "state": "current", "detail": detail}
    if check.state == RealNameState.DONE:
        detail = f"{name}答复：{check.get_verdict_display()}。只供审核人员参考，由审核人员决定。"
    else:
        detail = f"没有核验结果，{BY_STAFF}，审核照常。"
    return {"title": "实名核验", "state": "done", "at": check.finished_at, "detail": detail}


def _name(verifier: Partner) -> str:
    """Who answered; a stand-in is called one."""
    is_real = identity.address().kind != identity_url.SIMULATOR
    return verifier.legal_name if is_real else f"{verifier.legal_name}（模拟，答复是编的）"
