"""The notice for giving data to one recipient, made of what the registry says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from consent.notices.notice import ADDRESS, HOTLINE, Notice
from consent.recipient_purposes import PurposeClass


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of one class of recipients; `{name}` stands for the recipient."""

    necessity: str
    impact: str
    retention: str
    refusing: str
    alternative: str


_ANY = _Said(
    necessity="{name}没有这些信息，就无法为您办理上面写明的事；只给这几种，不多给。",
    impact="同意以后，{name}会知道上面列出的信息，并可能据此联系您。"
    "每次提供都有记录，您在“我的”里能看到。",
    retention="对方只能存到办完上面写明的事；您撤回同意或注销账号时，我们通知对方删除并要求回执。",
    refusing="不同意就不提供，其他功能照常，审核不受影响。",
    alternative="需要时，您可以自己直接联系{name}办理。",
)

_OF_CLASS: Mapping[str, _Said] = MappingProxyType(
    {
        PurposeClass.IDENTITY: _Said(
            necessity="核对的是姓名和身份证号码是不是同一个人的，所以两项都要；只给这两项，不给照片。",
            impact="身份证号码属于敏感个人信息，一旦泄露可能被人冒用身份。{name}只答复一致、不一致或者"
            "查无此号，不联系您。答复只供审核人员参考，不一致也不会自动退回。"
            "填写的是法定代表人的，请先取得他本人同意。每次核验都有记录，您在“我的”里能看到。",
            retention="合同要求对方答复以后删除；我们只存答复。您撤回同意或注销账号时，我们删除答复，"
            "并通知对方删除、要求回执。",
            refusing="不同意就不向对方核验，由工作人员核对证件；审核照常，顺序和快慢一样。",
            alternative="由工作人员核对您上传的证件；或者拨打 "
            f"{HOTLINE} 预约，带身份证原件到{ADDRESS}当面核对。",
        )
    }
)


def share_notice(
    *,
    partner_name: str,
    contact: str,
    purpose: str,
    purpose_class: PurposeClass | None,
    categories: tuple[str, ...],
    method: str,
    code: str,
    version: str = "1",
) -> Notice:
    """The notice for giving data to one recipient; `code` is "share:<partner slug>".

    Its words follow from the arguments, so a partner whose purpose, its class, method or categories
    change gets another `sha256`, and the old consent no longer matches (article 23). Raises
    ValueError when something the law wants told is missing.
    """
    told = (partner_name, contact, purpose, method, *categories)
    if not categories or not all(words.strip() for words in told):
        raise ValueError("名称、联系方式、目的、方式和信息种类，一项都不能缺")
    said = _OF_CLASS.get(purpose_class or "", _ANY)
    is_verifier = purpose_class == PurposeClass.IDENTITY
    return Notice(
        code=code,
        version=version,
        title=f"是否同意由{partner_name}核验姓名和身份证号码？"
        if is_verifier
        else f"是否同意把您的信息交给{partner_name}？",
        recipient=partner_name,
        contact=contact,
        purpose=purpose,
        purpose_class=purpose_class.label if purpose_class else "",
        categories=categories,
        method=method,
        necessity=said.necessity.format(name=partner_name),
        impact=said.impact.format(name=partner_name),
        retention=said.retention,
        refusing=said.refusing,
        alternative=said.alternative.format(name=partner_name),
    )
