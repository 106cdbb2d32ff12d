"""Who may join, and what each role must supply, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from onboarding.numbers import LicenceKind, NumberRefused, credit_code


class Role(TextChoices):
    """How a merchant works with the portal."""

    FOUR_S = "four_s", "合作4S店"
    SPECIALITY = "speciality", "合作专营店"
    AGENT = "agent", "业务代理人"


class PaperKind(TextChoices):
    """A paper that is photographed."""

    LICENCE = "licence", "营业执照"
    ID_FRONT = "id_front", "身份证人像面"
    ID_BACK = "id_back", "身份证国徽面"


class IdentityCheck(TextChoices):
    """How somebody's identity is checked: nobody has to hand in a photo of their ID."""

    PHOTOS = "photos", "上传身份证照片"
    IN_PERSON = "in_person", "当面核验"


ID_PHOTOS = frozenset({PaperKind.ID_FRONT, PaperKind.ID_BACK})
ID_PHOTO_CONSENT = "id_photo"


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a role supplies, which agreement it concludes, and how it is introduced."""

    fields: frozenset[str]
    papers: frozenset[str]
    agreement: str
    agreement_title: str
    introduction: str
    to_prepare: str
    icon: str


_STORE_FIELDS = frozenset(
    {
        "name",
        "credit_code",
        "registered_date",
        "address",
        "legal_representative",
        "legal_id_number",
        "contact_name",
        "contact_phone",
        "bank_name",
        "bank_account_name",
        "bank_account",
    }
)


def _store(introduction: str) -> Requirements:
    return Requirements(
        fields=_STORE_FIELDS,
        papers=frozenset(PaperKind.values),
        agreement="store_agreement",
        agreement_title="商家合作协议",
        introduction=introduction,
        to_prepare="营业执照、法定代表人身份证、收款银行账户",
        icon="store",
    )


REQUIREMENTS: Mapping[str, Requirements] = {
    Role.FOUR_S: _store("有汽车品牌授权的4S店，以企业名义合作"),
    Role.SPECIALITY: _store("新车、二手车专营店或综合车行，企业和个体工商户都可以"),
    Role.AGENT: Requirements(
        fields=frozenset(
            {
                "name",
                "id_number",
                "address",
                "contact_name",
                "contact_phone",
                "bank_name",
                "bank_account_name",
                "bank_account",
            }
        ),
        papers=ID_PHOTOS,
        agreement="agent_agreement",
        agreement_title="业务代理人服务协议",
        introduction="以个人身份推荐客户、代办业务",
        to_prepare="本人身份证、本人银行卡",
        icon="user",
    ),
}


def account_holders(
    role: str, *, name: str, licence_number: str, legal_representative: str
) -> tuple[str, ...]:
    """Whose bank account may be named: the firm's or agent's own, and a sole trader's operator's.

    Empty while the name is not known yet.
    """
    if not name:
        return ()
    if role == Role.AGENT or not is_sole_trader(licence_number):
        return (name,)
    return tuple(filter(None, (name, legal_representative)))


def is_sole_trader(licence_number: str) -> bool:
    """Whether a 统一社会信用代码 belongs to a 个体工商户, whose owner may be paid in person."""
    try:
        return credit_code(licence_number).kind == LicenceKind.INDIVIDUAL
    except NumberRefused:
        return False
