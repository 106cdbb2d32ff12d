"""What a person is told just before they are asked: the notices as data, one version at a time.

The one rule: `text` is exactly what the page shows, and a consent keeps its `sha256`. Changed
words need a new `version`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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


FIRST_VISIT = Notice(
    code="first_visit",
    version="1",
    title="欢迎来到 51车商家端",
    purpose="让您先看、后决定。浏览不用注册；注册和申请合作时，我们再逐项告诉您收集什么、为什么。",
    categories=("IP 地址", "浏览器类型和版本", "访问时间", "访问的页面", "操作和结果"),
    method="网站运行时自动产生网络日志，使用必需的 Cookie；没有统计、广告和第三方代码。",
    necessity="法律要求网站保存网络日志，用来防止攻击、查清问题。",
    impact="日志里不写姓名、手机号码、证件号码和账号。",
    retention="网络日志 6 个月，到期删除。",
    refusing="关掉这个提示，可以继续浏览，也可以先读《51车商家端隐私政策》。关掉提示不等于同意任何事。",
    alternative=f"不想上网办理，可以拨打 {HOTLINE}。",
    withdrawal="在浏览器里可以随时删除或禁止 Cookie；禁止以后不能登录和提交。",
)

ID_PHOTO = Notice(
    code="id_photo",
    version="1",
    title="是否同意我们收集身份证照片？",
    purpose="核对证件与您填写的姓名、身份证号码是否一致，确认办理的是本人。不作别的用途。",
    categories=("身份证人像面照片【敏感】", "身份证国徽面照片【敏感】"),
    method="由您拍照或选择照片上传，只接收您选中的两张；清除拍摄地点、加上水印、加密以后才保存。"
    "不做人脸识别。",
    necessity="只看号码无法发现冒名申请。法律要求核验商家身份，证件照片是网上核验的最小材料。",
    impact="身份证照片属于敏感个人信息，一旦泄露可能被人冒用身份。只有审核人员写明理由才能查看，"
    "每次查看都有记录。",
    retention="存到您撤回同意或注销账号，然后删除照片；注销时还销毁密钥，备份里的也读不出来。",
    refusing="不上传照片，其他功能照常：可以浏览、填写和保存申请、查看资料、注销账号。",
    alternative=f"拨打 {HOTLINE} 预约，带身份证原件到{ADDRESS}当面核对，不留照片。",
)

BANK_ACCOUNT = Notice(
    code="bank_account",
    version="1",
    title="是否同意我们收集银行账户？",
    purpose="合作以后，把应付给您的款项付到正确的账户。不作别的用途，不会从账户扣款。",
    categories=("户名【敏感】", "银行账号【敏感】", "开户银行【敏感】"),
    method="由您自己填写，加密以后保存；页面上只显示账号后四位。不收集银行卡密码和照片。",
    necessity="没有收款账户，就无法向您付款；三项合起来是转账的最小信息。",
    impact="银行账户属于敏感个人信息，一旦泄露可能被人用来诈骗。只有审核人员写明理由才能查看全部号码，"
    "每次查看都有记录。",
    retention="存到您撤回同意或注销账号，然后删除；注销时还销毁密钥，备份里的也读不出来。",
    refusing="不填写账户，其他功能照常：可以浏览、填写和保存申请、查看资料、注销账号。",
    alternative=f"签约时当面书面提供收款账户，不经过网页；请拨打 {HOTLINE} 说明。",
)

NOTICES: Mapping[str, Notice] = MappingProxyType(
    {notice.code: notice for notice in (FIRST_VISIT, ID_PHOTO, BANK_ACCOUNT)}
)


def share_notice(
    *,
    partner_name: str,
    contact: str,
    purpose: str,
    categories: tuple[str, ...],
    method: str,
    code: str,
    version: str = "1",
) -> Notice:
    """The notice for giving data to one recipient; `code` is "share:<partner slug>".

    Its words follow from the arguments, so a partner whose purpose, method or categories change
    gets another `sha256`, and the old consent no longer matches (article 23). Raises ValueError
    when something the law wants told is missing.
    """
    told = (partner_name, contact, purpose, method, *categories)
    if not categories or not all(words.strip() for words in told):
        raise ValueError("名称、联系方式、目的、方式和信息种类，一项都不能缺")
    return Notice(
        code=code,
        version=version,
        title=f"是否同意把您的信息交给{partner_name}？",
        recipient=partner_name,
        contact=contact,
        purpose=purpose,
        categories=categories,
        method=method,
        necessity=f"{partner_name}没有这些信息，就无法为您办理上面写明的事；只给这几种，不多给。",
        impact=f"同意以后，{partner_name}会知道上面列出的信息，并可能据此联系您。"
        "每次提供都有记录，您在“我的”里能看到。",
        retention="对方只能存到办完上面写明的事；您撤回同意或注销账号时，我们通知对方删除并要求回执。",
        refusing="不同意就不提供，其他功能照常，审核不受影响。",
        alternative=f"需要时，您可以自己直接联系{partner_name}办理。",
    )
