"""Binding a WeChat account to a person, and letting it go: one account, one person.

Who is bound was proven twice: by WeChat, and by the code sent to the person's own number.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import Person, WechatBinding


class BoundElsewhere(Exception):
    """This WeChat account signs another person in."""


class HasAnother(Exception):
    """This person is signed in by another WeChat account already."""


def person_of(openid: str) -> Person | None:
    """Whom this WeChat account signs in, held until the transaction ends; raises BeingErased."""
    known = WechatBinding.objects.with_openid(openid)
    binding = known.first()
    if binding is None:
        return None
    person = Person.objects.hold(binding.person_id)
    # It may have been let go of while we waited.
    return person if known.filter(person=person).exists() else None


def bind(*, person: Person, app: str, openid: str, now: datetime | None = None) -> None:
    """From now on this WeChat account signs `person` in; changes nothing when it does already.

    Raises BoundElsewhere, HasAnother, BeingErased, and ConsentMissing without the consent to it.
    """
    at = now or timezone.now()
    try:
        with transaction.atomic():
            Person.objects.hold(person.pk)
            binding = WechatBinding(person=person, app=app, openid=openid, bound_at=at)
            binding.save(force_insert=True)
            ledger.append("wechat_bound", stream=person.pk, by=person.pk, body={"app": app}, now=at)
    except IntegrityError:
        bound = WechatBinding.objects.with_openid(openid).first()
        if bound is None:
            raise HasAnother from None
        if bound.person_id != person.pk:
            raise BoundElsewhere from None


def note_sign_in(*, person: Person, app: str, now: datetime | None = None) -> None:
    """Write down that somebody came in by WeChat alone."""
    ledger.append("signed_in_by_wechat", stream=person.pk, by=person.pk, body={"app": app}, now=now)


@transaction.atomic
def unbind(person_id: UUID, *, by: UUID | None = None) -> int:
    """Forget every WeChat account of this person; returns how many there were."""
    gone, _per_model = WechatBinding.objects.filter(person_id=person_id).delete()
    if gone:
        ledger.append("wechat_unbound", stream=person_id, by=by, body={"n": gone})
    return gone
