"""Looking at an application for its reviewer: once a round, only while assessed, deciding nothing.

The row is written with the submission, the look comes after it and can neither fail nor delay it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts import after_commit, ledger
from accounts.actions import complaints, last_day
from accounts.models import BeingErased, Complaint, Person
from accounts.personal import KeyGone
from consent.actions import assessments
from onboarding import risk, tasks
from onboarding.models import Application, RiskLook

ASKED: Final = "我想请另一位工作人员再看一次我的申请。"


class NotChecked(Exception):
    """Something must be checked, and nobody said how it was."""


class NothingToLookAt(Exception):
    """No application was handed in, or another look was asked for already."""


def is_open(now: datetime | None = None) -> bool:
    """Whether anything may be looked at: an impact assessment is approved and in force."""
    return assessments.is_open(risk.PURPOSE, now)


def expect(application: Application, now: datetime) -> None:
    """Write down that this round is to be looked at; part of handing it in."""
    row = RiskLook(
        application=application,
        person_id=application.person_id,
        round=application.round,
        created_at=now,
    )
    row.save(force_insert=True)
    after_commit.send(tasks.look_for_risk, look_id=str(row.pk))


def waiting(now: datetime | None = None) -> list[UUID]:
    """What is still to be looked at; nothing while there is no assessment in force."""
    if not is_open(now):
        return []
    return list(RiskLook.objects.due().values_list("pk", flat=True)[:500])


def look(*, look_id: UUID, now: datetime | None = None) -> None:
    """Hold one round against the rules, once; safe to repeat. Does nothing without an assessment.

    The merchant's row is held, so that two workers are one and nothing is written behind a leaver.
    """
    at = now or timezone.now()
    if not is_open(at):
        return
    with transaction.atomic():
        row = RiskLook.objects.due().filter(pk=look_id).first()
        if row is None:
            return
        try:
            person = Person.objects.hold(row.person_id)
            due = RiskLook.objects.due().filter(pk=look_id).select_related("application").first()
            if due is not None:
                _keep(due, risk.look(facts(due.application, person, at)), at)
        except (BeingErased, KeyGone):
            return


def _keep(row: RiskLook, found: list[risk.Signal], at: datetime) -> None:
    row.signals, row.looked_at = risk.written(found), at
    row.save(update_fields=["signals", "looked_at"])
    body = {
        "id": str(row.application_id),
        "round": row.round,
        "ruleset": risk.RULESET,
        "rules_sha256": risk.fingerprint(),
        "signals": len(found),
    }
    ledger.append("risk_looked", stream=row.person_id, body=body, now=at)


def facts(application: Application, person: Person, at: datetime) -> risk.Facts:
    """What the rules may see of an application, from what is held anyway; raises KeyGone."""
    others = Application.objects.of_others(person.pk)
    indexes = ("credit_code", "id_number", "legal_id_number", "contact_phone")
    same = {
        f"same_{name}": bool(index) and others.filter(**{f"{name}_index": index}).exists()
        for name in indexes
        for index in (getattr(application, f"{name}_index"),)
    }
    contact = application.contact_phone.clear if application.contact_phone else ""
    login = person.phone.clear if person.phone else ""
    founded = application.registered_date
    handed_in = application.submitted_at or at
    codes = last_day.of_number(login, handed_in) if login else last_day.LastDay()
    return risk.Facts(
        role=application.role,
        today=timezone.localdate(at),
        contact_is_another_account=bool(contact)
        and Person.objects.with_phone(contact).exclude(pk=person.pk).exists(),
        contact_is_own=not contact or not login or contact == login,
        segments=frozenset(number[:3] for number in (contact, login) if number),
        founded=parse_date(founded.clear) if founded else None,
        took=handed_in - person.joined_at if application.round == 1 else None,
        wrong_codes=codes.wrong,
        neighbours=codes.neighbours,
        **same,
    )


def settle(
    *, application: Application, by: Person, now: datetime, how_checked: str | None = None
) -> None:
    """Part of judging: who judges will not answer a wish for another look.

    Given `how_checked`, it is an approval: raises NotChecked when something must be checked and it
    is empty, and keeps what it says.
    """
    row = RiskLook.objects.of_round(application)
    if row is None:
        return
    if how_checked is not None:
        _check(row, how_checked.strip(), by, now)
    if row.request_id:
        complaints.set_apart(complaint_id=row.request_id, about=by)


def _check(row: RiskLook, how: str, by: Person, at: datetime) -> None:
    must = [signal for signal in row.found() if signal.must_be_checked]
    if not must:
        return
    if not how:
        raise NotChecked
    row.how_checked, row.checked_at, row.checked_by = how, at, by
    row.save(update_fields=["how_checked", "checked_at", "checked_by"])
    body = {"id": str(row.application_id), "round": row.round, "signals": len(must)}
    ledger.append("risk_checked", stream=row.person_id, by=by.pk, body=body, now=at)


def ask_a_person(
    *, application: Application, by: Person, words: str = "", now: datetime | None = None
) -> Complaint:
    """Record the wish that another person looks, once a round: answered within 15 days.

    Raises NothingToLookAt, and BeingErased.
    """
    at = now or timezone.now()
    with transaction.atomic():
        Person.objects.hold(by.pk)
        fresh = Application.objects.select_related("decided_by").get(pk=application.pk)
        row = RiskLook.objects.of_round(fresh)
        if fresh.person_id != by.pk or row is None or row.request_id:
            raise NothingToLookAt
        request = complaints.take_in(
            topic=Complaint.Topic.HUMAN_LOOK,
            words=words.strip() or ASKED,
            contact="",
            address=None,
            by=by,
            about=fresh.decided_by if not fresh.waits_for_us else None,
            now=at,
        )
        row.request = request
        row.save(update_fields=["request"])
        body = {"id": str(fresh.pk), "round": row.round, "complaint": str(request.pk)}
        ledger.append("human_look_asked", stream=by.pk, by=by.pk, body=body, now=at)
    return request


def drop(application: Application) -> None:
    """Forget every look at an application that was taken back; a wish stays, for its answer."""
    RiskLook.objects.filter(application=application).delete()
