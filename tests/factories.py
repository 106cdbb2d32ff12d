"""States reached by acting: each helper does what a person would do, through the same actions."""

import re
from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path
from random import Random

from django.conf import settings
from django.test import Client
from PIL import Image, ImageDraw

from accounts.models import Person
from consent import policytext
from consent.actions import consents, policies, policy_files
from consent.models import PolicyVersion
from onboarding import others, steps
from onboarding.actions import application as applications
from onboarding.actions import papers, review
from onboarding.models import Application, IdentityCheck, PaperKind, Remark, Role
from onboarding.roles import REQUIREMENTS

ADDRESS = "203.0.113.0/24"

STORE_ANSWERS: Mapping[str, str] = {
    "name": "金华婺城星辰汽车销售有限公司",
    "credit_code": "91330702MA28TYWA41",
    "registered_date": "2018-05-20",
    "address": "浙江省金华市婺城区宾虹西路1999号",
    "legal_representative": "欧阳建国",
    "legal_id_number": "330702198503121239",
    "contact_name": "诸葛晓敏",
    "contact_phone": "13757912345",
    "bank_account_name": "金华婺城星辰汽车销售有限公司",
    "bank_name": "中国工商银行金华婺城支行",
    "bank_account": "1208014109200098765",
}
AGENT_ANSWERS: Mapping[str, str] = {
    "name": "司马秀英",
    "id_number": "330702199001011229",
    "address": "浙江省金华市金东区光南路20号3单元501室",
    "contact_name": "司马秀英",
    "contact_phone": "13957998765",
    "bank_account_name": "司马秀英",
    "bank_name": "中国农业银行金华金东支行",
    "bank_account": "6228480402564890018",
}


def answers(role: str) -> dict[str, str]:
    """What a merchant of this role types, all of it right."""
    return dict(AGENT_ANSWERS if role == Role.AGENT else STORE_ANSWERS)


def told(step: str) -> str:
    """The hash of the words ticked on this screen: whose data it asks for was told, and agrees."""
    return others.DECLARED[step].sha256 if step in others.DECLARED else ""


def typed(step: str, role: str = Role.FOUR_S) -> dict[str, str]:
    """What a browser sends from this screen, all of it right."""
    return answers(role) | ({"told": told(step)} if told(step) else {})


def photo(width: int = 640, height: int = 420, seed: int = 5) -> bytes:
    """A sharp and bright JPEG that nobody was photographed for."""
    image = Image.new("RGB", (width, height), (235, 238, 240))
    draw, random = ImageDraw.Draw(image), Random(seed)
    for _ in range(300):
        x, y = random.randrange(width), random.randrange(height)
        draw.rectangle((x, y, x + width // 30, y + height // 60), (random.randrange(120),) * 3)
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def publish_policies() -> None:
    """The portal's own texts, in force for a long time."""
    for path in sorted((Path(settings.BASE_DIR) / "consent" / "texts").glob("*.zh.md")):
        raw = re.sub(r"published_at: .*", "published_at: 2024-01-01", path.read_text())
        raw = re.sub(r"effective_at: .*", "effective_at: 2024-01-10", raw)
        policy_files.publish(text=policytext.parse(raw))


def agree_to_privacy(person: Person) -> None:
    """Agree to the privacy policy in force, publishing it when there is none."""
    if not PolicyVersion.objects.exists():
        publish_policies()
    version = policies.in_force(PolicyVersion.Kind.PRIVACY)
    policies.agree(person=person, version=version, sha256=version.sha256, way="checkbox")


def give_consent(person: Person, code: str) -> None:
    """Agree to a notice as it is shown today."""
    consents.give(person=person, code=code, sha256=consents.notice_for(code).sha256)


def refuse_consent(person: Person, code: str) -> None:
    """Say no to a notice as it is shown today."""
    consents.refuse(person=person, code=code, sha256=consents.words_of(code).sha256)


def signed_in(person: Person) -> Client:
    """A browser of this person, past the privacy policy."""
    client = Client()
    backend = "Merchant" if person.is_merchant else "Staff"
    if person.is_merchant:
        agree_to_privacy(person)
    client.force_login(person, backend=f"accounts.sign_in_backends.{backend}Backend")
    return client


def started(person: Person, role: str = Role.FOUR_S) -> Application:
    """An application just begun."""
    return applications.start(person=person, role=role)


def filled_in(person: Person, role: str = Role.FOUR_S) -> Application:
    """An application with every answer and paper, not handed in."""
    agree_to_privacy(person)
    give_consent(person, "bank_account")
    give_consent(person, "id_photo")
    return fill(started(person, role), person)


def fill(application: Application, person: Person, skipping: Collection[str] = ()) -> Application:
    """Answer and upload everything the role asks, but for the screens skipped."""
    for step in steps.of_role(application.role):
        if step.code in skipping:
            continue
        if step.paper:
            papers.attach(application=application, kind=step.paper, raw=photo(), by=person)
        else:
            save(application, step, person)
    return Application.objects.get(pk=application.pk)


def save(application: Application, step: steps.Step, person: Person) -> None:
    """Answer one screen."""
    applications.save_step(
        application=application,
        step=step,
        values=answers(application.role),
        by=person,
        told=told(step.code),
    )


def filled_in_without_id_photos(person: Person, role: str = Role.FOUR_S) -> Application:
    """An application with every answer, of somebody who shows the ID in person; not handed in."""
    agree_to_privacy(person)
    give_consent(person, "bank_account")
    refuse_consent(person, "id_photo")
    application = started(person, role)
    applications.choose_identity_check(
        application=application, way=IdentityCheck.IN_PERSON, by=person
    )
    for step in steps.of_role(role):
        if step.paper == PaperKind.LICENCE:
            papers.attach(application=application, kind=step.paper, raw=photo(), by=person)
        elif not step.paper:
            save(application, step, person)
    return Application.objects.get(pk=application.pk)


def hand_in(application: Application) -> Application:
    """Agree to the role's agreement and submit."""
    agreement = policies.in_force(REQUIREMENTS[application.role].agreement)
    return applications.submit(
        application=application,
        agreement_sha256=agreement.sha256,
        by=application.person,
        address=ADDRESS,
    )


def submitted(person: Person, role: str = Role.FOUR_S) -> Application:
    """An application waiting for review."""
    return hand_in(filled_in(person, role))


def approved(person: Person, by: Person, role: str = Role.FOUR_S) -> Application:
    """An approved application, its papers compared in case another account has the same firm."""
    application = submitted(person, role)
    return review.approve(
        application=application,
        seen_round=application.round,
        by=by,
        how_checked="营业执照原件已对过。",
    )


def sent_back(
    person: Person, by: Person, remarks: Mapping[str, tuple[str, str]] | None = None
) -> Application:
    """An application sent back, for its address unless told otherwise."""
    application = submitted(person)
    return review.send_back(
        application=application,
        seen_round=application.round,
        remarks=remarks or {"address": (Remark.Reason.INCOMPLETE, "请写到门牌号")},
        by=by,
    )
