"""The only grounds on which personal information is processed or given away, as the law lists them.

The one rule: whatever is not here is no ground. Nothing is deemed: going on using the portal,
switching on a permission, or a sentence of a policy that says "视为同意" grounds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices

PIPL = "个人信息保护法"
CONSENTED = "第13条第1款第1项、第23条、第29条"


class Basis(TextChoices):
    """Every ground there is. Consent is the rule; each of the others is an exception to it."""

    CONSENT = "consent", "您的单独同意"
    GUARDIAN = "guardian", "监护人依法提出的要求"
    CONTRACT = "contract", "订立或者履行您自己的合同所必需"
    LEGAL_DUTY = "legal_duty", "履行法定义务所必需"
    NATIONAL_SECURITY = "national_security", "维护国家安全、国防安全"
    CRIME = "crime", "侦查犯罪、起诉、审判和执行判决"
    PUBLIC_INTEREST = "public_interest", "法律规定的公共安全、公共卫生和重大公共利益"
    EMERGENCY = "emergency", "紧急情况下保护生命、健康和财产安全"
    NEWS = "news", "为公共利益进行的新闻报道和舆论监督"
    SELF_PUBLISHED = "self_published", "您自己已经公开的信息"
    LAWFUL_SOURCE = "lawful_source", "已经合法公开的信息"
    ANONYMISED = "anonymised", "匿名化以后不能识别到您、也不能复原"
    OTHER_LAW = "other_law", "法律、行政法规规定的其他情形"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What one basis rests on, and what it may carry.

    `document` is what must be on file before anything is given away on this ground, "" where the
    recorded consent is the evidence. A ground that `may_disclose` is False allows no sharing here.
    """

    law: str
    article: str
    document: str = ""
    may_disclose: bool = True

    @property
    def needs_document(self) -> bool:
        """Whether sharing on this ground takes a document."""
        return bool(self.document)

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"


GROUNDS: Mapping[str, Ground] = MappingProxyType(
    {
        Basis.CONSENT: Ground(law=PIPL, article=CONSENTED),
        Basis.GUARDIAN: Ground(law=PIPL, article="第31条", document="监护关系证明和书面要求"),
        Basis.CONTRACT: Ground(law=PIPL, article="第13条第1款第2项", document="您签署的合同"),
        Basis.LEGAL_DUTY: Ground(
            law=PIPL, article="第13条第1款第3项", document="规定这项义务的文书"
        ),
        Basis.NATIONAL_SECURITY: Ground(
            law="数据安全法", article="第35条", document="国家安全机关的调取文书"
        ),
        Basis.CRIME: Ground(
            law="刑事诉讼法", article="第54条", document="公安机关、检察院或者法院的调取文书"
        ),
        Basis.PUBLIC_INTEREST: Ground(
            law=PIPL, article="第13条第1款第7项", document="规定这种情形的法律文件"
        ),
        Basis.EMERGENCY: Ground(
            law=PIPL, article="第13条第1款第4项", document="紧急情况的书面记录"
        ),
        Basis.NEWS: Ground(law=PIPL, article="第13条第1款第5项", may_disclose=False),
        Basis.SELF_PUBLISHED: Ground(
            law=PIPL, article="第13条第1款第6项、第27条", document="公开出处的记录"
        ),
        Basis.LAWFUL_SOURCE: Ground(
            law=PIPL, article="第13条第1款第6项、第27条", document="公开出处的记录"
        ),
        Basis.ANONYMISED: Ground(
            law=PIPL, article="第4条、第73条第4项", document="匿名化方法和复核记录"
        ),
        Basis.OTHER_LAW: Ground(
            law=PIPL, article="第13条第1款第7项", document="规定这种情形的法律文件"
        ),
    }
)

# The values a line of the sharing ledger may carry; the database refuses every other.
DISCLOSING: tuple[str, ...] = tuple(
    sorted(basis.value for basis in Basis if GROUNDS[basis].may_disclose)
)
