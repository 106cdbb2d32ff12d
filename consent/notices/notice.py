"""One notice: its parts in the order they are shown, its text and the hash of its text."""

import hashlib
from dataclasses import dataclass

OPERATOR = "大盛融资租赁有限公司"
HOTLINE = "400-166-5151"
ADDRESS = "浙江省金华市金东区光南路8号51车总部大楼"

_WITHDRAWAL = f"随时可以在“我的”里找到这一项点“撤回”，或拨打 {HOTLINE}。撤回以前的使用仍然有效。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One just-in-time notice. Empty parts are not shown; `lines` gives the shown ones in order.

    Holds what the Personal Information Protection Law wants told: articles 17, 23 (a recipient)
    and 30 (`necessity` and `impact` of sensitive data).
    """

    code: str
    version: str
    title: str
    purpose: str
    categories: tuple[str, ...]
    necessity: str
    impact: str
    refusing: str
    alternative: str
    retention: str
    withdrawal: str = _WITHDRAWAL
    processor: str = f"{OPERATOR}，电话 {HOTLINE}"
    method: str = ""
    purpose_class: str = ""
    recipient: str = ""
    contact: str = ""

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Label and words of every part that says something, in the order shown."""
        parts = (
            ("谁在提供" if self.recipient else "谁在收集", self.processor),
            ("交给谁", self.recipient),
            ("对方的联系方式", self.contact),
            ("用来做什么", self.purpose),
            ("属于哪一类", self.purpose_class),
            ("涉及哪些信息", "、".join(self.categories)),
            ("怎么收集和传送", self.method),
            ("为什么非要不可", self.necessity),
            ("对您有什么影响", self.impact),
            ("存多久", self.retention),
            ("不同意会怎样", self.refusing),
            ("别的办法", self.alternative),
            ("怎么撤回", self.withdrawal),
        )
        return tuple((label, words) for label, words in parts if words)

    @property
    def text(self) -> str:
        """The whole notice as plain text: the title, then one line for every part shown."""
        return "\n".join([self.title, *(f"{label}：{words}" for label, words in self.lines)])

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of `text` in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()
