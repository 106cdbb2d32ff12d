"""The notice for giving data to one recipient, made of what the registry says of it."""

from consent.notices.notice import Notice


def share_notice(
    *,
    partner_name: str,
    contact: str,
    purpose: str,
    purpose_class: str,
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
    return Notice(
        code=code,
        version=version,
        title=f"是否同意把您的信息交给{partner_name}？",
        recipient=partner_name,
        contact=contact,
        purpose=purpose,
        purpose_class=purpose_class,
        categories=categories,
        method=method,
        necessity=f"{partner_name}没有这些信息，就无法为您办理上面写明的事；只给这几种，不多给。",
        impact=f"同意以后，{partner_name}会知道上面列出的信息，并可能据此联系您。"
        "每次提供都有记录，您在“我的”里能看到。",
        retention="对方只能存到办完上面写明的事；您撤回同意或注销账号时，我们通知对方删除并要求回执。",
        refusing="不同意就不提供，其他功能照常，审核不受影响。",
        alternative=f"需要时，您可以自己直接联系{partner_name}办理。",
    )
