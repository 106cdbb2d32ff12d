"""Who has an account. The row's UUID is the only name the ledger, vault and partners ever see."""

from typing import ClassVar, cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone

from accounts.models.erasure import Erasure
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
from accounts.states import PERSON_MOVES, ErasureState, PersonState


class BeingErased(Exception):
    """The account is being erased or is gone: nothing more is written about its person."""


class PeopleQuerySet(PersonalQuerySet):
    """Reads over people."""

    def with_phone(self, phone: str) -> "PeopleQuerySet":
        """The merchant with this mobile number, found by its blind index."""
        return self.filter(phone_index=BlindIndex.of(Person, "phone", phone))

    def hold(self, person_id: UUID) -> "Person":
        """The row as it is now, held until the transaction ends; raises BeingErased.

        Whatever writes about a merchant takes it before anything else: then nothing is written
        behind a deactivation or a withdrawn consent, and no two writers wait for each other.
        """
        held: Person | None = self.select_for_update(no_key=True).filter(pk=person_id).first()
        if held is None or (held.state == PersonState.CLOSING and _is_being_erased(person_id)):
            raise BeingErased
        return held


def _is_being_erased(person_id: UUID) -> bool:
    live = Erasure.objects.live().of_person(person_id)
    return live.exclude(state=ErasureState.SCHEDULED).exists()


class PeopleManager(BaseUserManager["Person"].from_queryset(PeopleQuerySet)):  # type: ignore[misc]  # a class made at run time
    """Makes nobody: merchants are made by actions.sign_in, staff by actions.staff."""


class Person(AbstractBaseUser, PermissionsMixin, Stateful, PersonalModel):
    """A merchant, known by a mobile number, or a member of staff, known by a work account name."""

    class Kind(models.TextChoices):
        MERCHANT = "merchant", "商家"
        STAFF = "staff", "员工"

    MOVES = PERSON_MOVES
    PERSON = "id"
    # A staff account name is chosen by the operator for work and names no private person.
    PLAIN = (
        "id",
        "kind",
        "username",
        "state",
        "is_active",
        "is_staff",
        "is_superuser",
        "password",
        "last_login",
        "joined_at",
        "groups",
        "user_permissions",
    )

    kind = models.CharField("类别", max_length=10, choices=Kind)
    username = models.CharField("员工账号", max_length=40, null=True, unique=True, blank=True)
    phone = PersonalText(
        "手机号",
        category=Category.ACCOUNT,
        level=Level.GENERAL,
        purpose="注册、登录和通知您处理结果",
        scene="登录或者注册时填写",
        retention=Retention.ACCOUNT,
        mask=masks.phone,
    )
    phone_index = BlindIndex("phone", unique=True)
    state = models.CharField(max_length=20, choices=PersonState, default=PersonState.OPEN)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PeopleManager] = PeopleManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="person_staff_has_a_username",
                condition=models.Q(kind="merchant", username=None, is_staff=False)
                | models.Q(kind="staff", username__isnull=False, is_staff=True),
            ),
        ]

    def __str__(self) -> str:
        return self.username or str(self.id)

    @property
    def is_merchant(self) -> bool:
        """Whether this is a merchant's account."""
        return self.kind == self.Kind.MERCHANT

    def is_in(self, *groups: str) -> bool:
        """Whether a member of staff has one of these roles; asked of the database once."""
        if not self.is_staff or not self.is_active:
            return False
        held = self.__dict__.get("_group_names")
        if held is None:
            held = self.__dict__["_group_names"] = frozenset(
                self.groups.values_list("name", flat=True)
            )
        return bool(cast(frozenset[str], held) & set(groups))

    def ledger_stream(self) -> str:
        return str(self.id)
