"""What can come of asking a verifier about a name and an ID number."""

from django.db.models import TextChoices


class Verdict(TextChoices):
    """Three answers, and three ways to get none."""

    MATCH = "match", "一致"
    MISMATCH = "mismatch", "不一致"
    NOT_FOUND = "not_found", "查无此号"
    UNAVAILABLE = "unavailable", "核验机构没有答复"
    OVER_QUOTA = "over_quota", "核验次数已用完"
    REFUSED = "refused", "核验机构没有受理"


ANSWERS = frozenset({Verdict.MATCH, Verdict.MISMATCH, Verdict.NOT_FOUND})
