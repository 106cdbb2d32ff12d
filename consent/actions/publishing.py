"""Making a text a version, whoever wrote it, and taking one back before it takes effect.

A version is never changed: it is what people agreed to.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import ledger
from accounts.clocks import SHANGHAI, Clock, deadline
from accounts.models import Person
from consent import policytext
from consent.actions import telling
from consent.models import PolicyDraft, PolicyVersion, PolicyWithdrawal


class PublishRefused(Exception):
    """A text cannot be published as it is; the message says why and what to do, in Chinese."""


class WithdrawalRefused(Exception):
    """The version is in effect, or was withdrawn already; the message says which, in Chinese."""


def enter(*, version: PolicyVersion, now: datetime) -> PolicyVersion:
    """Write a version and its ledger entry.

    Raises PublishRefused for an agreement with too little notice (电子商务法 art. 34), for what is
    no number, and when another text took it meanwhile.
    """
    if not policytext.is_number(version.number):
        raise PublishRefused(f"版本号“{version.number}”不能用：{policytext.NUMBER_RULE}")
    _refuse_short_notice(version, now)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as taken:
        raise PublishRefused(
            f"{version.get_kind_display()} {version.number} 刚刚已由别人公布：请换一个版本号"
        ) from taken
    ledger.append(
        "published",
        stream="system",
        by=version.approver,
        body={
            "row": version.pk,
            "kind": version.kind,
            "number": version.number,
            "sha256": version.sha256,
            "language": version.language,
            "major_changes": version.major_changes,
            "author": str(version.author or ""),
            "approver": str(version.approver or ""),
        },
        now=now,
    )
    telling.of_version(version, now)
    return version


def withdraw(
    *, version: PolicyVersion, reason: str, by: Person, now: datetime | None = None
) -> PolicyWithdrawal:
    """Take a published version back before it takes effect; raises WithdrawalRefused.

    From then on it is nowhere announced and never takes effect. Its number stays used.
    """
    at = now or timezone.now()
    if version.effective_at <= at:
        raise WithdrawalRefused(
            "这个版本已经生效，不能撤回：大家已按它作出回答。请公布一个新版本来替换它"
        )
    try:
        with transaction.atomic():
            taken = PolicyWithdrawal.objects.create(version=version, by=by.pk, reason=reason, at=at)
            ledger.append(
                "policy_withdrawn",
                stream="system",
                by=by.pk,
                body={"row": version.pk, "kind": version.kind, "number": version.number},
                now=at,
            )
            telling.version_withdrawn(version, at)
    except IntegrityError as twice:
        raise WithdrawalRefused("这个版本已经撤回了") from twice
    return taken


def _refuse_short_notice(version: PolicyVersion, now: datetime) -> None:
    """A changed agreement is public at least 7 days before effect, counted from the real day."""
    earliest = earliest_effect(version, now) if version.is_prevailing else None
    if version.is_agreement and earliest and version.effective_at < earliest:
        raise PublishRefused(
            f"修改协议至少要在生效前 7 天公布（《电子商务法》第34条）："
            f"生效日期最早是 {earliest.astimezone(SHANGHAI):%Y-%m-%d}"
        )


def earliest_effect(version: PolicyVersion | PolicyDraft, now: datetime) -> datetime | None:
    """The first moment a change may take effect after 7 days in public; None when nothing changes.

    A text older than the one in force only completes the history.
    """
    others = PolicyVersion.objects.filter(
        kind=version.kind, language=version.language, withdrawal=None
    )
    if isinstance(version, PolicyVersion):
        others = others.exclude(pk=version.pk)
    is_history = others.filter(effective_at__gte=version.effective_at, effective_at__lte=now)
    if not others.exists() or is_history.exists():
        return None
    return deadline(Clock.AGREEMENT_CHANGE, now).at
