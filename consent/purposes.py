"""What the law wants assessed before it begins: the purposes of PIPL 55, as data.

The one rule: a purpose of one of these classes is closed until two people approved its assessment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices

SHARE = "share:"


class Reason(TextChoices):
    """Why a purpose must be assessed: the five classes of PIPL 55."""

    SENSITIVE = "sensitive", "处理敏感个人信息"
    AUTOMATED = "automated", "利用个人信息进行自动化决策"
    PROVIDING = "providing", "委托处理、向他人提供或者公开个人信息"
    CROSS_BORDER = "cross_border", "向境外提供个人信息"
    MAJOR = "major", "其他对个人权益有重大影响的处理"


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose and the classes it falls under; in none, it needs no assessment."""

    code: str
    label: str
    reasons: tuple[Reason, ...] = ()


# By the code of the notice that asks for it; "risk" has none, for nobody is asked to be careful.
# Recipients are not listed: each is a purpose.
PURPOSES: Mapping[str, Purpose] = MappingProxyType(
    {
        purpose.code: purpose
        for purpose in (
            Purpose("id_photo", "收集身份证照片", (Reason.SENSITIVE,)),
            Purpose("bank_account", "收集银行账户", (Reason.SENSITIVE,)),
            Purpose("face", "人脸核验", (Reason.SENSITIVE, Reason.MAJOR)),
            Purpose("location", "使用当前位置", (Reason.SENSITIVE,)),
            Purpose("leads", "个性化推荐购车线索", (Reason.AUTOMATED,)),
            Purpose("risk", "对照资料，提示审核人员核实", (Reason.AUTOMATED,)),
        )
    }
)


def reasons(code: str) -> tuple[Reason, ...]:
    """Why this purpose must be assessed; empty when it need not be, or is no purpose of ours."""
    if code.startswith(SHARE):
        return (Reason.PROVIDING,)
    return PURPOSES[code].reasons if code in PURPOSES else ()
