"""What the ground floor holds on a person: the account itself, which every erasure takes last."""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import codes
from accounts.models import Challenge, Person, Session
from accounts.personal import KeyGone
from accounts.personal.classes import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Holder, Outcome, declared


class AccountHolder:
    """The person, where they are signed in, the codes sent to their number, a second factor."""

    name = "account"
    label = "账号与登录"

    def models(self) -> tuple[str, ...]:
        return (
            "accounts.Person",
            "accounts.Session",
            "accounts.Challenge",
            "account.EmailAddress",
            "mfa.Authenticator",
            "usersessions.UserSession",
        )

    def inventory(self, person: UUID) -> list[Held]:
        found = Person.objects.filter(pk=person).first()
        if found is None:
            return []
        kept = declared([found], at=lambda person: person.joined_at)
        return kept + _sign_ins(found)

    def export(self, person: UUID) -> Mapping[str, object]:
        found = Person.objects.filter(pk=person).first()
        if found is None:
            return {}
        values = {
            str(field.verbose_name): getattr(found, field.name).clear
            for field in Person.personal_fields()
            if getattr(found, field.name)
        }
        joined = timezone.localtime(found.joined_at).isoformat(timespec="seconds")
        return values | {"注册时间": joined, "登录中的设备数": _sessions(person)}

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        found = Person.objects.filter(pk=person).first()
        ended, _per_model = Session.objects.of_person(person).delete()
        if found is None:
            return Outcome(Fate.ERASED if ended else Fate.NOTHING, ended)
        spent = _challenges_of(found)
        spent_count = spent.delete()[0] if spent is not None else 0
        gone, _per_model = found.delete()
        return Outcome(Fate.ERASED, ended + spent_count + gone)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


def _sessions(person: UUID) -> int:
    return Session.objects.of_person(person).live().count()


def _sign_ins(person: Person) -> list[Held]:
    count = _sessions(person.pk)
    if not count:
        return []
    return [
        Held(
            label="登录状态",
            category=Category.DEVICE,
            level=Level.GENERAL,
            purpose="保持您的登录",
            scene="每次登录时产生",
            count=count,
            last_at=person.last_login,
        )
    ]


def _challenges_of(person: Person) -> QuerySet[Challenge] | None:
    """Codes sent to their number in the last day; None when the number can no longer be read."""
    try:
        phone = person.phone.clear if person.phone else ""
    except KeyGone:
        return None
    return Challenge.objects.filter(number_hash=codes.number_hash(phone))


ALL: tuple[Holder, ...] = (AccountHolder(),)
