"""What the ground floor holds on a person: the account itself, which every erasure takes last."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import codes, complaints, contacts
from accounts.models import Challenge, Complaint, Person, Session, SupportContact
from accounts.models.contacts import ContactAddition, ContactEvidence
from accounts.notification_holder import Notifications
from accounts.personal import KeyGone
from accounts.personal.classes import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Holder, Item, Outcome, declared
from accounts.wechat_holder import WechatSignIn


class AccountHolder:
    """The person, where they are signed in, the codes sent to their number, a second factor."""

    name = "account"
    label = "账号与登录"
    finds_by: Mapping[str, str] = {"phone": "登录手机号"}

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
        return values | {"注册时间": _moment(found.joined_at), "登录中的设备数": _sessions(person)}

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

    def find(self, by: str, value: str) -> set[UUID]:
        return set(Person.objects.with_phone(value).values_list("pk", flat=True))

    def items(self) -> list[Item]:
        declared = [
            Item(field.name, str(field.verbose_name), field.category, field.level)
            for field in Person.personal_fields()
        ]
        return [*declared, Item("joined_at", "注册时间", Category.ACCOUNT, Level.GENERAL)]

    def produce(self, person: UUID, names: Collection[str]) -> dict[str, str]:
        found = Person.objects.filter(pk=person).first()
        if found is None:
            return {}
        declared = [field.name for field in Person.personal_fields() if field.name in names]
        values = {name: value.clear for name in declared if (value := getattr(found, name))}
        if "joined_at" in names:
            values["joined_at"] = f"{timezone.localtime(found.joined_at):%Y-%m-%d %H:%M}"
        return values


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


class Complaints:
    """What somebody complained of or reported while signed in, and what we answered."""

    name = "complaints"
    label = "投诉、举报和我们的答复"

    def models(self) -> tuple[str, ...]:
        return ("accounts.Complaint", "accounts.GuardianClaim")

    def inventory(self, person: UUID) -> list[Held]:
        return declared(Complaint.objects.of(person), lambda row: row.received_at)

    def export(self, person: UUID) -> Mapping[str, object]:
        return {
            "complaints": [
                {"类别": row.get_topic_display(), "时间": _moment(row.received_at)}
                | {
                    str(field.verbose_name): getattr(row, field.name).clear
                    for field in Complaint.personal_fields()
                    if getattr(row, field.name)
                }
                for row in Complaint.objects.of(person)
            ]
        }

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        """Words and numbers go; that there was a complaint, and whether in time, stays."""
        count = complaints.drop(person)
        if not count:
            return Outcome(Fate.NOTHING, 0)
        note = "内容和号码已删除，只留类别和处理时间，不再能对应到您"
        return Outcome(Fate.ANONYMISED, count, note=note)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


class Contacts:
    """What was said with our staff by phone or in person, and the documents brought for it."""

    name = "contacts"
    label = "和客服的联系记录"

    def models(self) -> tuple[str, ...]:
        return (
            "accounts.CallerCheck",
            "accounts.SupportContact",
            "accounts.ContactAddition",
            "accounts.ContactEvidence",
        )

    def inventory(self, person: UUID) -> list[Held]:
        additions = ContactAddition.objects.filter(person=person)
        return [
            *declared(SupportContact.objects.of(person), at=lambda row: row.at),
            *declared(additions, at=lambda row: row.at),
            *_documents(person),
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        rows = SupportContact.objects.of(person).prefetch_related("additions")
        return {"support_contacts": [_contact(row) for row in rows]}

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        count = contacts.drop(person)
        return Outcome(Fate.ERASED if count else Fate.NOTHING, count)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        return []


def _documents(person: UUID) -> list[Held]:
    given = list(ContactEvidence.objects.filter(person=person).values_list("at", flat=True))
    if not given:
        return []
    return [
        Held(
            label="您交给客服的材料",
            category=Category.MESSAGES,
            level=Level.GENERAL,
            purpose="证明您提出的请求，争议时说得清楚",
            scene="您和客服联系时自己交来",
            count=len(given),
            last_at=max(given),
        )
    ]


def _contact(row: SupportContact) -> dict[str, object]:
    said = {
        str(field.verbose_name): getattr(row, field.name).clear
        for field in SupportContact.personal_fields()
        if getattr(row, field.name)
    }
    return {
        "时间": _moment(row.at),
        "方式": row.get_channel_display(),
        "事项": row.get_subject_display(),
        "怎样核验的身份": row.get_way_display(),
        **said,
        "补充": [
            {"时间": _moment(one.at), "内容": one.words.clear}
            for one in row.additions.all()
            if one.words
        ],
    }


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


ALL: tuple[Holder, ...] = (
    AccountHolder(),
    WechatSignIn(),
    Complaints(),
    Contacts(),
    Notifications(),
)
