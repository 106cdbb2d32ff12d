"""Who may do what: `check_can_x` raises NotAllowed with the reason, `can_x` answers yes or no."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from django.db.models import TextChoices

from accounts.states import PersonState
from consent.actions import consents
from onboarding.states import (
    APPLICATION_OVER,
    APPLICATION_WAITS_FOR_MERCHANT,
    APPLICATION_WAITS_FOR_US,
    ApplicationState,
)


class Why(TextChoices):
    """Why a reviewer looks at a whole value or an ID photo."""

    COMPARE = "compare", "核对证件与填写的内容"
    CALL = "call", "给联系人打电话"
    BANK = "bank", "核对收款账户"
    DISPUTE = "dispute", "处理投诉或纠纷"


class NotAllowed(Exception):
    """Somebody may not do this; `reason_zh` says why."""

    def __init__(self, reason_zh: str) -> None:
        super().__init__(reason_zh)
        self.reason_zh = reason_zh


class Someone(Protocol):
    """As much of a person as permissions ask about."""

    @property
    def pk(self) -> UUID: ...

    @property
    def state(self) -> str: ...

    @property
    def is_merchant(self) -> bool: ...

    def is_in(self, *groups: str) -> bool: ...


class Owned(Protocol):
    """As much of an application as permissions ask about."""

    @property
    def person_id(self) -> UUID: ...

    @property
    def person(self) -> Someone: ...

    @property
    def state(self) -> str: ...


def _allows(check: Callable[[Someone, Owned], None], person: Someone, application: Owned) -> bool:
    try:
        check(person, application)
    except NotAllowed:
        return False
    return True


def check_can_apply(person: Someone) -> None:
    """Merchants whose account is not being closed may apply."""
    if not person.is_merchant:
        raise NotAllowed("只有商家账号可以申请合作。")
    if person.state != PersonState.OPEN:
        raise NotAllowed("账号正在注销，不能再修改申请；撤回注销后可以继续。")


def check_can_edit(person: Someone, application: Owned) -> None:
    """The merchant it belongs to may write in it while it is the merchant's turn."""
    check_can_apply(person)
    if application.person_id != person.pk:
        raise NotAllowed("这不是您的申请。")
    if application.state not in APPLICATION_WAITS_FOR_MERCHANT:
        raise NotAllowed("申请已经提交，审核期间不能修改。")


def can_edit(person: Someone, application: Owned) -> bool:
    """Whether check_can_edit passes."""
    return _allows(check_can_edit, person, application)


def check_can_correct(person: Someone, application: Owned) -> None:
    """The merchant it belongs to may correct whom to call at any time."""
    check_can_apply(person)
    if application.person_id != person.pk:
        raise NotAllowed("这不是您的申请。")
    if application.state == ApplicationState.WITHDRAWN:
        raise NotAllowed("申请已经撤回，内容已删除。")


def can_correct(person: Someone, application: Owned) -> bool:
    """Whether check_can_correct passes."""
    return _allows(check_can_correct, person, application)


def check_can_withdraw(person: Someone, application: Owned) -> None:
    """The merchant it belongs to may take it back until it is approved."""
    check_can_apply(person)
    if application.person_id != person.pk:
        raise NotAllowed("这不是您的申请。")
    if application.state in APPLICATION_OVER:
        raise NotAllowed("申请已经结束，不能撤回；不想继续合作可以注销账号。")


def can_withdraw(person: Someone, application: Owned) -> bool:
    """Whether check_can_withdraw passes."""
    return _allows(check_can_withdraw, person, application)


def check_can_review(person: Someone) -> None:
    """Reviewers judge applications."""
    if not person.is_in("reviewer"):
        raise NotAllowed("只有审核人员可以进入审核队列。")


def can_review(person: Someone) -> bool:
    """Whether check_can_review passes."""
    return person.is_in("reviewer")


def check_is_staying(merchant: Someone) -> None:
    """Whoever is leaving is not reviewed: an approval would keep their identity for years."""
    if merchant.state != PersonState.OPEN:
        raise NotAllowed("商家正在注销账号，这份申请不能再查看和审核；商家撤回注销后可以继续。")


def check_can_look_into(person: Someone, application: Owned) -> None:
    """Reviewers see whole values and papers, but only while a review is going on."""
    check_can_review(person)
    if application.state not in APPLICATION_WAITS_FOR_US:
        raise NotAllowed("审核已结束，不能再查看完整信息和证件照片。")
    check_is_staying(application.person)


def check_reason(reason: str, application: Owned) -> None:
    """Nobody looks a number up to call whoever has not agreed to be called."""
    if reason == Why.CALL and not may_be_called(application):
        raise NotAllowed("商家没有同意客服打电话联系。要补什么，请写在“退回修改”里。")


def may_be_called(application: Owned) -> bool:
    """Whether the merchant agrees to calls of the service staff."""
    return consents.is_live(application.person_id, "service_contact")


def can_look_into(person: Someone, application: Owned) -> bool:
    """Whether check_can_look_into passes."""
    return _allows(check_can_look_into, person, application)


def check_can_open_paper(person: Someone, application: Owned) -> None:
    """Papers open for their owner, and for reviewers in a review; for nobody else."""
    if application.person_id != person.pk:
        check_can_look_into(person, application)


def check_can_share(person: Someone, application: Owned) -> None:
    """An approved merchant may have contact data given to a partner."""
    check_can_apply(person)
    if application.person_id != person.pk or application.state != ApplicationState.APPROVED:
        raise NotAllowed("审核通过后，才能把联系方式提供给合作方。")


def can_share(person: Someone, application: Owned) -> bool:
    """Whether check_can_share passes."""
    return _allows(check_can_share, person, application)
