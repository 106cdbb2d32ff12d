"""The application's screens in order. Adding one is adding a line here and a form in forms.py."""

from dataclasses import dataclass

from onboarding import roles
from onboarding.models import Application, PaperKind
from onboarding.roles import REQUIREMENTS


@dataclass(frozen=True, slots=True)
class Step:
    """One screen: the fields or the paper it asks for, and the separate consent it needs first.

    `question` is a consent asked beside it that nothing waits for.
    """

    code: str
    title: str
    section: str
    lead: str
    fields: tuple[str, ...] = ()
    paper: str = ""
    consent: str = ""
    question: str = ""
    icon: str = "file"

    def asks(self, role: str) -> tuple[str, ...]:
        """The fields and the paper this screen asks of a role, in order."""
        needs = REQUIREMENTS[role]
        asked = [name for name in self.fields if name in needs.fields]
        return (*asked, self.paper) if self.paper in needs.papers else tuple(asked)


CONTACT = "contact"

STEPS = (
    Step(
        "subject",
        "合作主体",
        "基本信息",
        "请按营业执照或身份证填写，一字不差。",
        ("name", "credit_code", "id_number", "registered_date", "address"),
    ),
    Step(
        "legal",
        "法定代表人",
        "基本信息",
        "个体工商户请填写经营者。须年满18周岁。",
        ("legal_representative", "legal_id_number"),
    ),
    Step(
        CONTACT,
        "联系人",
        "基本信息",
        "填办理这份申请的人。要不要接我们的电话，单独问您。",
        ("contact_name", "contact_phone"),
        question="service_contact",
    ),
    Step(
        "bank",
        "收款账户",
        "收款账户",
        "合作后应付给您的款项打到这个账户，我们不会从账户扣款。",
        ("bank_account_name", "bank_name", "bank_account"),
        consent="bank_account",
    ),
    Step(
        "licence",
        "营业执照照片",
        "证件照片",
        "请拍营业执照正本或副本，文字和红章都要看得清。",
        paper=PaperKind.LICENCE,
    ),
    Step(
        "id-front",
        "身份证人像面",
        "证件照片",
        "有头像和姓名的一面。",
        paper=PaperKind.ID_FRONT,
        consent=roles.ID_PHOTO_CONSENT,
    ),
    Step(
        "id-back",
        "身份证国徽面",
        "证件照片",
        "有国徽和有效期限的一面。",
        paper=PaperKind.ID_BACK,
        consent=roles.ID_PHOTO_CONSENT,
    ),
)


# What a merchant who declines to give it here hands over on paper instead, as the notice promises.
ON_PAPER = frozenset({"bank_account"})


def of_role(role: str) -> list[Step]:
    """The screens a role goes through, in order."""
    return [step for step in STEPS if step.asks(role)]


def named(role: str, code: str) -> Step | None:
    """One screen of a role by its code in the address."""
    return next((step for step in of_role(role) if step.code == code), None)


def after(role: str, code: str) -> Step | None:
    """The screen that follows; None after the last."""
    codes = [step.code for step in of_role(role)]
    follows = codes.index(code) + 1
    return named(role, codes[follows]) if follows < len(codes) else None


def asking(role: str, item: str) -> Step | None:
    """The screen that asks for a field or a paper."""
    return next((step for step in of_role(role) if item in step.asks(role)), None)


def is_done(step: Step, application: Application, papers: frozenset[str]) -> bool:
    """Whether everything this screen asks is there; `papers` are the kinds that were uploaded."""
    if is_done_in_person(step, application):
        return True
    asked = step.asks(application.role)
    there = all(item in papers or getattr(application, item, None) for item in asked)
    return there and ("bank_account_name" not in asked or holder_fits(application))


def is_given_on_paper(step: Step, declined: frozenset[str]) -> bool:
    """Whether this is supplied in writing when the contract is signed: its notice offers that."""
    return step.consent in ON_PAPER and step.consent in declined


def is_done_in_person(step: Step, application: Application) -> bool:
    """Whether this is a photo of an ID that will be looked at face to face instead."""
    return step.paper in roles.ID_PHOTOS and application.is_checked_in_person


def holder_fits(application: Application) -> bool:
    """Whether the bank account is the applicant's own, as far as the name is known."""
    holders = allowed_holders(application)
    named_holder = application.bank_account_name
    return not holders or not named_holder or named_holder.clear in holders


def allowed_holders(application: Application) -> tuple[str, ...]:
    """The account names that fit this application; empty while its own name is not known."""
    name, code = application.name, application.credit_code
    legal = application.legal_representative
    return roles.account_holders(
        application.role,
        name=name.clear if name else "",
        licence_number=code.clear if code else "",
        legal_representative=legal.clear if legal else "",
    )
