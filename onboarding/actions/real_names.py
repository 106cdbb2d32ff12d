"""Asking a verifier whether a name and an ID number belong together, where the merchant agreed.

The one rule: it never decides and never delays. Staff compare the papers as ever; an answer is one
more thing they see. Nothing leaves unless the door records it (`sharing.consult`) just before.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts import after_commit, ledger
from accounts.models import Person
from accounts.models.people import BeingErased
from accounts.personal import KeyGone
from accounts.personal.fields import keyed_hash
from accounts.states import PersonState
from accounts.transitions import move
from consent.actions import assessments, partners, sharing
from consent.models import Disclosure, Partner
from consent.recipient_purposes import PurposeClass
from onboarding import tasks
from onboarding.models import Application, RealNameCheck
from onboarding.ports import identity
from onboarding.ports.identity import Answer, Subject
from onboarding.roles import Role
from onboarding.states import ApplicationState, RealNameState
from onboarding.verdicts import ANSWERS, Verdict

Reason = RealNameCheck.Reason

# Longer than any call, so that whoever holds a row is done or gone when it runs out.
LEASE = timedelta(seconds=60)
# What follows a try that came to nothing; after the last one staff compare the papers alone.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
# A quota is given anew by the hour at best.
QUOTA_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Claim:
    """The right to ask once: the row, the token that fences late writers out, and the question."""

    check: RealNameCheck
    token: UUID
    subject: Subject = field(repr=False)


def recipient() -> Partner | None:
    """Who would be asked: the verifier of IDENTITY_URL, while it is on; None where staff check."""
    slug = identity.address().partner
    if not slug:
        return None
    active = Partner.objects.active().filter(slug=slug, purpose_class=PurposeClass.IDENTITY)
    return active.first()


def question(now: datetime | None = None) -> str:
    """The code of the consent that asking stands on; "" where nobody is to be asked about it."""
    verifier = recipient()
    if verifier is None or verifier.contract_has_ended(timezone.localdate(now)):
        return ""
    code = partners.consent_code(verifier)
    return code if assessments.is_open(code, now) else ""


def plan(*, application: Application, now: datetime) -> RealNameCheck | None:
    """Put down that what was just handed in is to be asked about; in the caller's transaction.

    None where nobody may be asked, and where the same name and number were asked about before.
    """
    verifier, fingerprint = recipient(), fingerprint_of(application)
    known = RealNameCheck.objects.filter(application=application)
    for stale in known.waiting().exclude(fingerprint=fingerprint):
        _give_up(stale, Reason.OVERTAKEN, now)
    if verifier is None or not fingerprint:
        return None
    if known.exclude(state=RealNameState.UNAVAILABLE).filter(fingerprint=fingerprint).exists():
        return None
    if not sharing.may_consult(person_id=application.person_id, partner=verifier, now=now):
        return None
    check = RealNameCheck.objects.create(
        application=application,
        person_id=application.person_id,
        partner=verifier,
        round=application.round,
        fingerprint=fingerprint,
        planned_at=now,
        next_at=now,
    )
    after_commit.send(tasks.check_real_name, check_id=str(check.pk))
    return check


def run(*, check_id: UUID, now: datetime | None = None) -> None:
    """Ask once, if it is due and held by nobody; what comes is written under the same lease."""
    at = now or timezone.now()
    verifier, asked = identity.verifier(), identity.address().partner
    claimed = _claim(check_id, asked, at)
    if claimed is None or verifier is None:
        return
    answer = verifier.ask(claimed.subject)
    _record(claimed, answer, now or timezone.now())


def due(now: datetime | None = None) -> list[UUID]:
    """What the messages missed, or whose time has come."""
    return list(RealNameCheck.objects.due(now or timezone.now()).values_list("pk", flat=True))


def fingerprint_of(application: Application) -> str:
    """The keyed hash of who would be asked about; "" while name or number are not given."""
    subject = _subject(application)
    if subject is None:
        return ""
    return keyed_hash("onboarding.RealNameCheck", f"{subject.number}:{subject.name}")


def _subject(application: Application) -> Subject | None:
    """An agent, or whoever represents the firm; None while that is not known, or any more."""
    is_agent = application.role == Role.AGENT
    name = application.name if is_agent else application.legal_representative
    number = application.id_number if is_agent else application.legal_id_number
    if not name or not number:
        return None
    try:
        return Subject(name=name.clear.strip(), number=number.clear.strip().upper())
    except KeyGone:
        return None


@transaction.atomic
def _claim(check_id: UUID, asked: str, at: datetime) -> _Claim | None:
    """Take the row, and let the door record what is about to leave; None when it is not to be.

    `asked` is the recipient that would be asked: another one than agreed to is not.
    """
    check = _held(check_id)
    if check is None or check.next_at > at or (check.lease_until or at) > at:
        return None
    application = check.application
    subject = _subject(application)
    is_current = (
        application.state == ApplicationState.SUBMITTED
        and check.person.state == PersonState.OPEN
        and fingerprint_of(application) == check.fingerprint
    )
    if subject is None or not is_current:
        _give_up(check, Reason.OVERTAKEN, at)
        return None
    if check.attempts > len(WAITS):
        _give_up(check, Reason.UNAVAILABLE, at)
        return None
    disclosure = _let_out(check, subject, at) if check.partner.slug == asked else None
    if disclosure is None:
        _give_up(check, Reason.NOT_PERMITTED, at)
        return None
    token = uuid4()
    if check.state == RealNameState.RUNNING:
        # Whoever held it is gone: the row goes back first, so that every try is in the ledger.
        _free(check, at)
    move(
        check,
        RealNameState.RUNNING,
        by=None,
        now=at,
        disclosure=disclosure,
        lease_until=at + LEASE,
        lease_token=token,
        attempts=check.attempts + 1,
    )
    return _Claim(check, token, subject)


def _let_out(check: RealNameCheck, subject: Subject, at: datetime) -> Disclosure | None:
    """What the door records of this asking; it records the first try, and judges every one."""
    content = {"identity": {"real_name": subject.name, "id_number": subject.number}}
    try:
        if check.disclosure is None:
            return sharing.consult(
                person_id=check.person_id, partner=check.partner, content=content, now=at
            )
    except sharing.Refused:
        return None
    may = sharing.may_consult(person_id=check.person_id, partner=check.partner, now=at)
    return check.disclosure if may else None


def _record(claimed: _Claim, answer: Answer, at: datetime) -> None:
    """Write what came, unless the row is gone or somebody else holds it by now."""
    with transaction.atomic():
        check = _held(claimed.check.pk)
        if check is None or check.lease_token != claimed.token:
            return
        if answer.reference:
            partner, person = check.partner, check.person_id
            sharing.known_as(person_id=person, partner=partner, identity=answer.reference)
            body = {"check": str(check.pk), "reference": str(answer.reference)}
            ledger.append("real_name_asked", stream=person, by=None, body=body, now=at)
        if answer.verdict in ANSWERS:
            _finish(check, RealNameState.DONE, at, note=answer.verdict, verdict=answer.verdict)
        elif answer.verdict == Verdict.REFUSED or check.attempts > len(WAITS):
            _give_up(check, Reason(answer.verdict), at)
        else:
            wait = WAITS[check.attempts - 1]
            is_over = answer.verdict == Verdict.OVER_QUOTA
            _free(check, at + (max(wait, QUOTA_WAIT) if is_over else wait), note=answer.verdict)


def _held(check_id: UUID) -> RealNameCheck | None:
    """The row as it is now with its person held; None once it is over, or they are being erased."""
    owner = RealNameCheck.objects.filter(pk=check_id).values_list("person_id", flat=True).first()
    if owner is None:
        return None
    try:
        Person.objects.hold(owner)
    except BeingErased:
        return None
    rows = RealNameCheck.objects.waiting().select_for_update(of=("self",)).filter(pk=check_id)
    return rows.select_related("application", "partner", "person", "disclosure").first()


def _free(check: RealNameCheck, next_at: datetime, note: str = "") -> None:
    move(
        check,
        RealNameState.PLANNED,
        by=None,
        note=note,
        next_at=next_at,
        lease_until=None,
        lease_token=None,
    )


def _give_up(check: RealNameCheck, reason: str, at: datetime) -> None:
    _finish(check, RealNameState.UNAVAILABLE, at, note=reason, reason=reason)


def _finish(check: RealNameCheck, to: str, at: datetime, *, note: str, **fields: str) -> None:
    move(
        check,
        to,
        by=None,
        now=at,
        note=note,
        finished_at=at,
        lease_until=None,
        lease_token=None,
        **fields,
    )
