"""What is declared beside data of somebody else: that they were told, and agree (policy 1.2).

Each is for one purpose. Other words have another hash, and so are asked for again.
"""

import hashlib
from dataclasses import dataclass

from consent.notices.notice import HOTLINE

_THEIR_WAY = f"对方可以打 {HOTLINE} 查询、更正或要求删除。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One box to tick, and what becomes of the other person's data."""

    code: str
    version: str
    label: str
    fate: str

    @property
    def text(self) -> str:
        """The words, as they stand beside the box."""
        return f"{self.label}\n{self.fate}"

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of `text` in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


CONTACT = Declaration(
    code="others:contact",
    version="1",
    label="联系人不是我本人：这是别人的信息，我已告诉对方并得到同意",
    fate="对方的姓名和手机号用来在审核和合作中联系，加密保存；您另外同意提供给哪一家合作方，"
    "才提供给哪一家，不做别的用途。您撤回申请或注销时删除；审核通过过的，注销后依法封存 3 年。"
    + _THEIR_WAY,
)
LEGAL = Declaration(
    code="others:legal",
    version="1",
    label="法定代表人就是我；或者这是别人的信息，我已告诉对方并得到同意",
    fate="对方的姓名和身份证号码用来核实谁能代表企业，加密保存；您另外同意由核验机构核对的，"
    "才请它核对两者是否一致，不做别的用途。您撤回申请或注销时删除。" + _THEIR_WAY,
)
