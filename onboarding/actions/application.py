"""The merchant's side of an application: start, fill in, submit, withdraw."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions import notifications
from accounts.models import Person
from accounts.transitions import move
from consent.actions import consents, declarations, policies
from consent.notices.others import Declaration
from onboarding import kinds, others, permissions, steps
from onboarding.actions import papers, real_names, risk
from onboarding.models import Application, Paper, RealNameCheck, Remark
from onboarding.roles import ID_PHOTOS, REQUIREMENTS
from onboarding.states import ApplicationState
from onboarding.steps import Step


class Incomplete(Exception):
    """The application was about to be submitted with these screens still to do."""

    def __init__(self, missing: list[Step]) -> None:
        super().__init__(", ".join(step.code for step in missing))
        self.missing = missing


def locked(application: Application) -> Application:
    """The row as it is now, held until the transaction ends; its merchant's is held before it."""
    found: Application = Application.objects.select_for_update().get(pk=application.pk)
    return found


def start(*, person: Person, role: str, now: datetime | None = None) -> Application:
    """Begin a person's application, or change the role of the one begun; safe to repeat.

    A changed role empties what it does not ask for. Raises NotAllowed once it was submitted.
    """
    at = now or timezone.now()
    with transaction.atomic():
        person = Person.objects.hold(person.pk)
        permissions.check_can_apply(person)
        begun = Application.objects.of_person(person)
        if begun is None:
            return Application.objects.create(
                person=person, role=role, created_at=at, updated_at=at
            )
        application = locked(begun)
        if application.role == role:
            return application
        permissions.check_can_edit(person, application)
        _change_role(application, role)
    return application


def _change_role(application: Application, role: str) -> None:
    kept = REQUIREMENTS[role]
    # A name means a firm to one role and a person to another, so it is asked again.
    dropped = [f.name for f in Application.personal_fields() if f.name not in kept.fields]
    for name in {*dropped, "name", "address", "bank_account_name"}:
        setattr(application, name, None)
    application.role = role
    application.save(update_fields=["role", *_PERSONAL])
    papers.drop(Paper.objects.filter(application=application).exclude(kind__in=kept.papers))


# What the screen of the contact asks.
CONTACT_FIELDS = ("contact_name", "contact_phone")
_PERSONAL = [field.name for field in Application.personal_fields()]


def save_step(
    *,
    application: Application,
    step: Step,
    values: Mapping[str, str],
    by: Person,
    told: str = "",
    address: str = "",
    now: datetime | None = None,
) -> Application:
    """Store what one screen asked, as far as it was answered; raises NotAllowed.

    A bank account raises ConsentMissing without the separate consent. Data of somebody else raise
    OthersNotTold unless `told` is the hash of the words by which the merchant says they were told.
    """
    at = now or timezone.now()
    asked = [name for name in step.asks(application.role) if name in values]
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_edit(by, fresh)
        before = {name: getattr(fresh, name) for name in asked}
        for name in asked:
            setattr(fresh, name, values[name])
        if asked and (about := _untold(fresh, step.code, by, before)):
            declarations.declare(person=by, declaration=about, sha256=told, address=address, now=at)
        fresh.updated_at = at
        fresh.save(update_fields=[*asked, "updated_at"])
        Remark.objects.open_on(fresh).filter(field__in=asked).update(answered_at=at)
    return fresh


def correct_contact(
    *,
    application: Application,
    values: Mapping[str, str],
    by: Person,
    told: str = "",
    address: str = "",
    now: datetime | None = None,
) -> bool:
    """Correct whom to call, in whatever state the application is; False when nothing changed.

    The old values are not kept: the ledger says which fields changed. Raises NotAllowed, and
    OthersNotTold as save_step does.
    """
    at = now or timezone.now()
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_correct(by, fresh)
        changed = [name for name in CONTACT_FIELDS if _differs(fresh, name, values)]
        if not changed:
            return False
        before = {name: getattr(fresh, name) for name in changed}
        for name in changed:
            setattr(fresh, name, values[name])
        if about := _untold(fresh, steps.CONTACT, by, before):
            declarations.declare(person=by, declaration=about, sha256=told, address=address, now=at)
        fresh.updated_at = at
        fresh.contact_changed_at = at if fresh.round else None
        fresh.save(update_fields=[*changed, "updated_at", "contact_changed_at"])
        Remark.objects.open_on(fresh).filter(field__in=changed).update(answered_at=at)
        body = {"row": fresh._meta.label, "id": str(fresh.pk), "fields": changed}
        ledger.append("corrected", stream=by.pk, by=by.pk, body=body, now=at)
    return True


def _differs(application: Application, name: str, values: Mapping[str, str]) -> bool:
    held = getattr(application, name)
    return name in values and (held is None or held != values[name])


def _untold(
    application: Application, step: str, by: Person, before: Mapping[str, object]
) -> Declaration | None:
    """What must be declared of what this screen says now, and was not of exactly this before."""
    about = _about_others(application, step, by)
    if about is None or about.sha256 not in declarations.declared(by.pk):
        return about
    is_same = all(before[name] == getattr(application, name) for name in before)
    return None if is_same else about


def _about_others(application: Application, step: str, person: Person) -> Declaration | None:
    if step not in others.DECLARED:
        return None
    return others.spoken_of(step, application, person.phone.clear if person.phone else "")


def choose_identity_check(
    *, application: Application, way: str, by: Person, now: datetime | None = None
) -> Application:
    """Have the ID photographed or looked at face to face; raises NotAllowed.

    Who chooses to come in person leaves no photo of the ID here.
    """
    at = now or timezone.now()
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_edit(by, fresh)
        if fresh.identity_check == way:
            return fresh
        fresh.identity_check, fresh.updated_at = way, at
        fresh.save(update_fields=["identity_check", "updated_at"])
        if fresh.is_checked_in_person:
            papers.drop(Paper.objects.filter(application=fresh, kind__in=ID_PHOTOS))
            sent_back = Remark.objects.open_on(fresh).filter(field__in=ID_PHOTOS)
            sent_back.update(answered_at=at)
        body = {"id": str(fresh.pk), "way": way}
        ledger.append("identity_check_chosen", stream=by.pk, by=by.pk, body=body, now=at)
    return fresh


def missing(application: Application) -> list[Step]:
    """The screens still to do: unanswered, contradicting another, or sent back and not touched."""
    kinds = Paper.objects.kinds_of(application)
    declined = consents.declined(application.person_id, steps.ON_PAPER)
    undeclared = _undeclared(application)
    sent_back = set(Remark.objects.open_on(application).values_list("field", flat=True))
    return [
        step
        for step in steps.of_role(application.role)
        if not (steps.is_given_on_paper(step, declined) or steps.is_done(step, application, kinds))
        or sent_back & set(step.asks(application.role))
        or step.code in undeclared
    ]


def _undeclared(application: Application) -> frozenset[str]:
    """Screens with data of others, declared in no words or older ones: the merchant is asked anew.

    Only while the merchant writes; what was handed in is judged as it is.
    """
    if not application.waits_for_merchant:
        return frozenset()
    told = declarations.declared(application.person_id)
    screens = steps.of_role(application.role)
    about = {
        step.code: _about_others(application, step.code, application.person) for step in screens
    }
    return frozenset(code for code, words in about.items() if words and words.sha256 not in told)


def submit(
    *,
    application: Application,
    agreement_sha256: str,
    by: Person,
    address: str,
    now: datetime | None = None,
) -> Application:
    """Conclude the role's agreement, in the very version shown, and hand the application in.

    Raises Incomplete, NotAllowed, and policies.WrongVersion when another version came into force.
    """
    at = now or timezone.now()
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_edit(by, fresh)
        if lacking := missing(fresh):
            raise Incomplete(lacking)
        policies.agree(
            person=by,
            version=policies.in_force(REQUIREMENTS[fresh.role].agreement, at),
            sha256=agreement_sha256,
            way="checkbox",
            address=address,
            now=at,
        )
        move(
            fresh,
            ApplicationState.SUBMITTED,
            by=by,
            now=at,
            submitted_at=at,
            updated_at=at,
            round=fresh.round + 1,
        )
        real_names.plan(application=fresh, now=at)
        risk.expect(fresh, at)
        notifications.tell(person=by.pk, kind=kinds.SUBMITTED.code, about=fresh.this_round, now=at)
    return fresh


def withdraw(*, application: Application, by: Person, now: datetime | None = None) -> Application:
    """Take the application back and empty it: values and papers are gone for good.

    Raises NotAllowed, and MoveRefused once it was approved.
    """
    at = now or timezone.now()
    with transaction.atomic():
        by = Person.objects.hold(by.pk)
        fresh = locked(application)
        permissions.check_can_withdraw(by, fresh)
        for name in _PERSONAL:
            setattr(fresh, name, None)
        fresh.updated_at = at
        fresh.save(update_fields=[*_PERSONAL, "updated_at"])
        Remark.objects.filter(application=fresh).delete()
        RealNameCheck.objects.filter(application=fresh).delete()
        risk.drop(fresh)
        papers.drop(Paper.objects.filter(application=fresh))
        move(fresh, ApplicationState.WITHDRAWN, by=by, now=at)
    return fresh
