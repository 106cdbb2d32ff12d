"""A guardian's request and the two officers, as they act."""

from accounts.actions import guardians
from accounts.actions.guardians import Claimed
from accounts.models import GuardianClaim

CHILD_PHONE = "13800138000"
OWN_PHONE = "13600136000"
WORDS = "孩子十二岁，拿我的旧手机注册了你们的账号，请删除。"
PDF = b"%PDF-1.7\nhousehold register"
FORM = {
    "relation": "parent",
    "age": "under_14",
    "child_phone": CHILD_PHONE,
    "words": WORDS,
    "contact": OWN_PHONE,
}


def claimed(**changes):
    return Claimed(**(FORM | changes))


def taken_in(address="203.0.113.9", now=None, **changes) -> GuardianClaim:
    """A request that waits for the first officer."""
    complaint = guardians.take_in(claimed=claimed(**changes), address=address, now=now)
    return GuardianClaim.objects.get(complaint=complaint)


def verified(by, **changes) -> GuardianClaim:
    """A request the first officer is satisfied with."""
    claim = taken_in(**changes)
    guardians.verify(claim=claim, seen="in_person", by=by)
    return GuardianClaim.objects.select_related("complaint").get(pk=claim.pk)


def again(claim) -> GuardianClaim:
    """The row as it is now."""
    return GuardianClaim.objects.select_related("complaint").get(pk=claim.pk)
