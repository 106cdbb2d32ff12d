"""What a recipient may be for: a closed list, and which grounds may carry data for each (PIPL 13).

The one rule: marketing stands on consent alone, and so does asking a verifier, whom nobody needs.
Whoever is not classified yet gets data on consent alone, too, and cannot be switched on.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices

from consent.bases import DISCLOSING, Basis


class PurposeClass(TextChoices):
    """The seven purposes of policy 4.1, funding (4.2), identity checks, and marketing."""

    INFRASTRUCTURE = "infrastructure", "基础设施"
    PROCESSING = "processing", "数据处理"
    USAGE_ANALYSIS = "usage_analysis", "使用分析"
    AD_MEASUREMENT = "ad_measurement", "广告效果衡量"
    CUSTOMER_SERVICE = "customer_service", "客户服务"
    PAYMENT = "payment", "支付"
    RESEARCH = "research", "学术研究"
    FINANCE = "finance", "融资和结算"
    IDENTITY = "identity", "身份核验"
    MARKETING = "marketing", "推荐和推广"


_CONSENT = frozenset({Basis.CONSENT.value})
_WITHOUT_NAMING_ANYBODY = _CONSENT | {Basis.ANONYMISED.value}
_EVERY = frozenset(DISCLOSING)

CARRIED_BY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        PurposeClass.INFRASTRUCTURE: _EVERY,
        PurposeClass.PROCESSING: _EVERY,
        PurposeClass.USAGE_ANALYSIS: _WITHOUT_NAMING_ANYBODY,
        PurposeClass.AD_MEASUREMENT: _WITHOUT_NAMING_ANYBODY,
        PurposeClass.CUSTOMER_SERVICE: _EVERY,
        PurposeClass.PAYMENT: _EVERY,
        PurposeClass.RESEARCH: _WITHOUT_NAMING_ANYBODY,
        PurposeClass.FINANCE: _EVERY,
        PurposeClass.IDENTITY: _CONSENT,
        PurposeClass.MARKETING: _CONSENT,
    }
)


def may_carry(basis: str, purpose_class: str) -> bool:
    """Whether this ground may carry data to a recipient of this class."""
    return basis in CARRIED_BY.get(purpose_class, _CONSENT)


def grounds_zh(purpose_class: str) -> str:
    """What data of this class may go on, in words."""
    carried = CARRIED_BY.get(purpose_class, _CONSENT)
    if carried == _CONSENT:
        return "只凭单独同意"
    if carried == _WITHOUT_NAMING_ANYBODY:
        return "只凭单独同意；没有同意的，只能提供匿名化的结果"
    return "凭单独同意；没有同意的，只有法律写明的情形并且有文书"
