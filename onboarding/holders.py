"""What the top floor holds on a person: the application, and above it its papers, erased first."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.models import SealedRecord
from accounts.personal import Category, KeyGone, Level
from accounts.personal.holders import Fate, FollowUp, Held, Holder, Item, Outcome, declared
from onboarding.actions import papers
from onboarding.actions.leads import LEADS
from onboarding.models import (
    Application,
    LeadsOrder,
    LeadsPreference,
    Paper,
    PaperKind,
    Remark,
)
from onboarding.real_name_holder import RealNameHolder
from onboarding.risk_holder import RiskHolder
from onboarding.roles import ID_PHOTO_CONSENT, ID_PHOTOS
from onboarding.states import ApplicationState

# Whoever was approved left the platform today: identity is kept three years.
LAW = "《网络交易监督管理办法》第三十一条"
YEARS_KEPT = 3
# What a field is called where nothing around it says of which kind it is.
PLAINLY = {"bank_account": "收款账号", "bank_account_name": "收款户名", "name": "商家名称"}
KEPT_FIELDS = ("name", "credit_code", "id_number", "contact_name", "contact_phone")


class ApplicationHolder:
    """Applications and what reviewers remarked on them."""

    name = "application"
    label = "入驻申请资料"
    finds_by: Mapping[str, str] = {"credit_code": "统一社会信用代码"}

    def models(self) -> tuple[str, ...]:
        return ("onboarding.Application", "onboarding.Remark")

    def inventory(self, person: UUID) -> list[Held]:
        remarks = Remark.objects.filter(person_id=person).exclude(note=None)
        return [
            *declared(Application.objects.filter(person_id=person), at=_given_at),
            *declared(remarks, at=lambda remark: remark.created_at),
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        return {
            "applications": [
                _application(row) for row in Application.objects.filter(person_id=person)
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        with transaction.atomic():
            rows = list(Application.objects.select_for_update().filter(person_id=person))
            approved = [row for row in rows if row.state == ApplicationState.APPROVED]
            if approved:
                _seal(approved[0], person, erasure, self.name)
            Remark.objects.filter(person_id=person).delete()
            Application.objects.filter(person_id=person).delete()
        return _outcome(len(rows), erasure, self.name)

    def withdrawn(self, person: UUID, code: str) -> None:
        """Without its consent nothing that stood on it stays."""
        names = [f.name for f in Application.personal_fields() if f.consent == code]
        if names:
            Application.objects.filter(person_id=person).update(**dict.fromkeys(names))

    def is_known_adult(self, person: UUID) -> bool:
        """Whoever was approved showed the ID of somebody of age."""
        mine = Application.objects.filter(person_id=person)
        return mine.filter(state=ApplicationState.APPROVED).exists()

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []

    def find(self, by: str, value: str) -> set[UUID]:
        found = Application.objects.with_credit_code(value.upper())
        return set(found.values_list("person_id", flat=True))

    def items(self) -> list[Item]:
        return [
            Item(
                field.name,
                PLAINLY.get(field.name, str(field.verbose_name)),
                field.category,
                field.level,
            )
            for field in Application.personal_fields()
        ]

    def produce(self, person: UUID, names: Collection[str]) -> dict[str, str]:
        row = Application.objects.live().filter(person_id=person).first()
        if row is None:
            return {}
        wanted = [field.name for field in Application.personal_fields() if field.name in names]
        return {name: value.clear for name in wanted if (value := getattr(row, name))}


def _given_at(row: Application) -> datetime:
    """When the merchant last gave something: a decision touches the row, but collects nothing."""
    if row.submitted_at and row.updated_at == row.decided_at:
        return row.submitted_at
    return row.updated_at


def _application(row: Application) -> dict[str, object]:
    values = {field: getattr(row, field.name) for field in Application.personal_fields()}
    return {
        "合作身份": row.get_role_display(),
        "身份核验方式": row.get_identity_check_display(),
        "状态": row.get_state_display(),
        "开始时间": row.created_at.isoformat(),
        "提交时间": row.submitted_at.isoformat() if row.submitted_at else None,
        "审核时间": row.decided_at.isoformat() if row.decided_at else None,
        **{str(field.verbose_name): value.clear for field, value in values.items() if value},
    }


def _seal(row: Application, person: UUID, erasure: UUID, holder: str) -> None:
    values = {name: getattr(row, name) for name in KEPT_FIELDS}
    try:
        fields = {name: value.clear for name, value in values.items() if value}
    except KeyGone:
        # Rows of a backup from before an erasure: nobody can read them, so nothing can be kept.
        return
    erasures.seal_away(
        erasure_id=erasure,
        person_id=person,
        holder=holder,
        law=LAW,
        until=_kept_until(timezone.localdate()),
        fields=fields,
    )


def _kept_until(today: date) -> date:
    try:
        return today.replace(year=today.year + YEARS_KEPT)
    except ValueError:  # 29 February
        return today.replace(year=today.year + YEARS_KEPT, month=3, day=1)


def _outcome(count: int, erasure: UUID, holder: str) -> Outcome:
    """A repeated run finds no rows, but still what the first one sealed."""
    sealed = SealedRecord.objects.filter(erasure_id=erasure, holder=holder).first()
    if sealed is not None:
        return Outcome(
            Fate.SEALED,
            max(count, 1),
            law=sealed.law,
            until=sealed.until,
            note="只封存主体身份和联系方式，其余已删除",
        )
    return Outcome(Fate.ERASED if count else Fate.NOTHING, count)


class PaperHolder:
    """Photographed papers: rows, and sealed pictures in storage."""

    name = "papers"
    label = "证件照片"

    def models(self) -> tuple[str, ...]:
        return ("onboarding.Paper", "onboarding.Discard")

    def inventory(self, person: UUID) -> list[Held]:
        rows = Paper.objects.filter(person_id=person).order_by("created_at")
        return [
            Held(
                label=f"{PaperKind(row.kind).label}照片",
                category=(Category.ID_PHOTO if row.kind in ID_PHOTOS else Category.COMPANY),
                level=(Level.SENSITIVE if row.kind in ID_PHOTOS else Level.GENERAL),
                purpose="核对证件与填写的内容",
                scene=f"申请时拍照或者选择“{PaperKind(row.kind).label}”",
                count=1,
                last_at=row.created_at,
            )
            for row in rows
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        """What each picture is and where its owner opens it; pictures would drown the rest."""
        rows = Paper.objects.filter(person_id=person).order_by("created_at")
        return {
            "papers": [
                {
                    "种类": row.get_kind_display(),
                    "上传时间": row.created_at.isoformat(),
                    "sha256": row.sha256,
                    "链接": settings.PORTAL_URL + reverse("onboarding:paper", args=[row.pk]),
                }
                for row in rows
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count = papers.erase_all(person)
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def withdrawn(self, person: UUID, code: str) -> None:
        """Without its consent no ID photo stays, not even one that is just being stored."""
        if code == ID_PHOTO_CONSENT:
            # Whoever is storing one holds this row; afterwards they would find no consent.
            list(Application.objects.select_for_update().filter(person_id=person).values("pk"))
            papers.drop(Paper.objects.filter(person_id=person, kind__in=ID_PHOTOS))

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


class LeadsHolder:
    """How somebody wants leads to be laid out: kept on the ground of consents alone."""

    name = "leads"
    label = "线索推荐的设置"

    def models(self) -> tuple[str, ...]:
        return ("onboarding.LeadsPreference",)

    def inventory(self, person: UUID) -> list[Held]:
        rows = LeadsPreference.objects.filter(person_id=person)
        return declared(rows, at=lambda row: row.updated_at)

    def export(self, person: UUID) -> Mapping[str, object]:
        chosen = LeadsPreference.objects.of(person)
        if chosen is None:
            return {}
        return {
            "leads": {
                "排列": chosen.get_order_display(),
                "选定的地区": chosen.region.clear if chosen.region else None,
                "大致位置": chosen.place.clear if chosen.place else None,
                "更新时间": chosen.updated_at.isoformat(),
            }
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count, _per_model = LeadsPreference.objects.filter(person_id=person).delete()
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def withdrawn(self, person: UUID, code: str) -> None:
        """Nothing stays without its consent, nor a place without the leads it was for."""
        fields = LeadsPreference.personal_fields()
        gone = [field.name for field in fields if code in (field.consent, LEADS)]
        order = {"order": LeadsOrder.TIME} if code == LEADS else {}
        if gone:
            rows = LeadsPreference.objects.filter(person_id=person)
            rows.update(**dict.fromkeys(gone), **order)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


# In order of registration: erasure runs backwards, so pictures go before the rows above them.
ALL: tuple[Holder, ...] = (
    LeadsHolder(),
    ApplicationHolder(),
    RiskHolder(),
    PaperHolder(),
    RealNameHolder(),
)
