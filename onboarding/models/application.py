"""What a merchant submits. A firm's data is no more stored in plain than a person's."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from accounts.models.stateful import Stateful
from accounts.personal import (
    BlindIndex,
    Category,
    Level,
    PersonalModel,
    PersonalQuerySet,
    PersonalText,
    Retention,
    masks,
)
from onboarding.roles import IdentityCheck, Role
from onboarding.states import (
    APPLICATION_MOVES,
    APPLICATION_WAITS_FOR_MERCHANT,
    APPLICATION_WAITS_FOR_US,
    ApplicationState,
)

COUNTED_UP_TO = 1000
LONGEST_PERSON = 4  # 欧阳知行 ends like a bank and is somebody all the same
_FIRM_WORDS = ("公司", "店", "行", "厂", "部", "中心", "企业", "工作室", "合作社", "集团")


def party(value: str) -> str:
    """A firm's name whole, for it is public; a person's name masked."""
    bare = value.rstrip("）)")
    is_firm = len(bare) > LONGEST_PERSON and bare.endswith(_FIRM_WORDS)
    return masks.company(value) if is_firm else masks.name(value)


class ApplicationQuerySet(PersonalQuerySet):
    """Reads over applications."""

    def live(self) -> "ApplicationQuerySet":
        """All but the withdrawn ones: at most one per person."""
        return self.exclude(state=ApplicationState.WITHDRAWN)

    def of_person(self, person: Person) -> "Application | None":
        """A person's live application."""
        found: Application | None = self.live().filter(person=person).first()
        return found

    def with_credit_code(self, code: str) -> "ApplicationQuerySet":
        """Of the firm with this 统一社会信用代码, found by its blind index."""
        return self.filter(credit_code_index=BlindIndex.of(Application, "credit_code", code))

    def of_others(self, person: UUID) -> "ApplicationQuerySet":
        """What other people handed in and did not take back; a draft says nothing of anybody."""
        return self.live().exclude(state=ApplicationState.DRAFT).exclude(person_id=person)

    def queue(
        self, state: str, after: tuple[datetime, UUID] | None = None
    ) -> "ApplicationQuerySet":
        """Those in one state, longest waiting first, from a position onwards (keyset)."""
        rows = self.filter(state=state).order_by("submitted_at", "id")
        if after is None:
            return rows
        at, pk = after
        return rows.filter(Q(submitted_at__gt=at) | Q(submitted_at=at, id__gt=pk))

    def count_of(self, state: str) -> int:
        """How many are in one state, counting no further than COUNTED_UP_TO."""
        return self.filter(state=state).values("pk")[:COUNTED_UP_TO].count()


class Application(Stateful, PersonalModel):
    """One application of one merchant. `round` counts how often it was submitted."""

    MOVES = APPLICATION_MOVES
    PLAIN = (
        "id",
        "person",
        "role",
        "identity_check",
        "state",
        "round",
        "created_at",
        "updated_at",
        "submitted_at",
        "decided_at",
        "decided_by",
        "contact_changed_at",
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    role = models.CharField("合作身份", max_length=20, choices=Role)
    identity_check = models.CharField(
        "身份核验方式", max_length=20, choices=IdentityCheck, default=IdentityCheck.PHOTOS
    )
    state = models.CharField(
        max_length=20, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    round = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="decided_applications"
    )
    contact_changed_at = models.DateTimeField(
        null=True, help_text="when the contact was corrected after it was handed in"
    )

    name = PersonalText(
        "企业/个人名称",
        category=Category.IDENTITY,
        purpose="核实合作主体",
        scene="申请时填写“合作主体”",
        retention=Retention.IDENTITY,
        mask=party,
    )
    credit_code = PersonalText(
        "统一社会信用代码",
        category=Category.IDENTITY,
        level=Level.SENSITIVE,
        purpose="核实合作主体",
        scene="申请时填写“合作主体”",
        retention=Retention.IDENTITY,
        mask=masks.credit_code,
    )
    credit_code_index = BlindIndex("credit_code")
    id_number = PersonalText(
        "身份证号码",
        category=Category.IDENTITY,
        level=Level.SENSITIVE,
        purpose="核实办理的是您本人",
        scene="申请时填写“合作主体”",
        retention=Retention.IDENTITY,
        mask=masks.id_number,
    )
    id_number_index = BlindIndex("id_number")
    registered_date = PersonalText(
        "成立日期",
        category=Category.COMPANY,
        purpose="核实合作主体",
        scene="申请时填写“合作主体”",
        retention=Retention.IDENTITY,
        mask=masks.company,
    )
    address = PersonalText(
        "地址",
        category=Category.CONTACT,
        purpose="核实合作主体、寄送合同",
        scene="申请时填写“合作主体”",
        retention=Retention.CONTACT,
        mask=masks.address,
    )
    legal_representative = PersonalText(
        "法定代表人",
        category=Category.IDENTITY,
        purpose="核实谁能代表企业",
        scene="申请时填写“法定代表人”",
        retention=Retention.IDENTITY,
        mask=masks.name,
    )
    legal_id_number = PersonalText(
        "法定代表人身份证号码",
        category=Category.IDENTITY,
        level=Level.SENSITIVE,
        purpose="核实谁能代表企业",
        scene="申请时填写“法定代表人”",
        retention=Retention.IDENTITY,
        mask=masks.id_number,
    )
    legal_id_number_index = BlindIndex("legal_id_number")
    contact_name = PersonalText(
        "联系人姓名",
        category=Category.CONTACT,
        purpose="审核和合作中联系您",
        scene="申请时填写“联系人”",
        retention=Retention.CONTACT,
        mask=masks.name,
    )
    contact_phone = PersonalText(
        "联系人手机号",
        category=Category.CONTACT,
        purpose="审核和合作中联系您",
        scene="申请时填写“联系人”",
        retention=Retention.CONTACT,
        mask=masks.phone,
    )
    contact_phone_index = BlindIndex("contact_phone")
    bank_name = PersonalText(
        "开户银行",
        category=Category.BANK,
        level=Level.SENSITIVE,
        purpose="向您付款",
        scene="申请时填写“收款账户”",
        retention=Retention.BANK,
        mask=masks.company,
        consent="bank_account",
    )
    bank_account_name = PersonalText(
        "账户",
        category=Category.BANK,
        level=Level.SENSITIVE,
        purpose="向您付款",
        scene="申请时填写“收款账户”",
        retention=Retention.BANK,
        mask=party,
        consent="bank_account",
    )
    bank_account = PersonalText(
        "账号",
        category=Category.BANK,
        level=Level.SENSITIVE,
        purpose="向您付款",
        scene="申请时填写“收款账户”",
        retention=Retention.BANK,
        mask=masks.bank_account,
        consent="bank_account",
    )

    objects: ClassVar[ApplicationQuerySet] = ApplicationQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="application_one_live_per_person",
                fields=["person"],
                condition=~Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="application_role_is_known", condition=Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="application_identity_check_is_known",
                condition=Q(identity_check__in=IdentityCheck.values),
            ),
            models.CheckConstraint(
                name="application_decision_has_time_and_person",
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="application_judged_was_decided",
                condition=~Q(state__in=["approved", "sent_back"]) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_submitted_has_time",
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, round__gt=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "submitted_at", "id"], name="application_queue"),
            models.Index(fields=["credit_code_index"], name="application_credit_code"),
            models.Index(fields=["id_number_index"], name="application_id_number"),
            models.Index(fields=["legal_id_number_index"], name="application_legal_id"),
            models.Index(fields=["contact_phone_index"], name="application_contact_phone"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def ledger_stream(self) -> str:
        return str(self.person_id)

    @property
    def this_round(self) -> str:
        """What names this submission of it wherever something is told once."""
        return f"{self.pk}:{self.round}"

    @property
    def is_checked_in_person(self) -> bool:
        """Whether the ID is looked at face to face, and no photo of it is asked for."""
        return self.identity_check == IdentityCheck.IN_PERSON

    @property
    def waits_for_merchant(self) -> bool:
        """Whether the merchant may write in it now."""
        return self.state in APPLICATION_WAITS_FOR_MERCHANT

    @property
    def waits_for_us(self) -> bool:
        """Whether somebody of ours has to judge it now."""
        return self.state in APPLICATION_WAITS_FOR_US
