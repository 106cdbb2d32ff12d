"""What a partner did with an obligation, as one value that only ever moves forward.

OpenDSR knows four states; the outcome kept here comes from them and from the partner's extension.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """A partner's own account, taken only from a message whose signature was verified."""

    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    REFUSED = "refused"
    FAILED = "failed"
    COMPLETED = "completed"
    NO_MATCH = "no_match"
    EXEMPT_LEGAL = "exempt_legal"
    EXEMPT_INDEPENDENT_CONSENT = "exempt_independent_consent"


# The partner holds nothing of this person any longer, or has named why it lawfully may.
SETTLED = frozenset(
    {
        Outcome.COMPLETED,
        Outcome.NO_MATCH,
        Outcome.EXEMPT_LEGAL,
        Outcome.EXEMPT_INDEPENDENT_CONSENT,
    }
)
# The partner has given its last word, though not a satisfactory one.
UNSETTLED = frozenset({Outcome.REFUSED, Outcome.FAILED})
TERMINAL = SETTLED | UNSETTLED


def rank(outcome: Outcome | None) -> int:
    """0 nothing heard, 1 accepted, 2 in progress, 3 refused or failed, 4 settled."""
    if outcome is None:
        return 0
    if outcome in SETTLED:
        return 4
    if outcome in UNSETTLED:
        return 3
    return 2 if outcome is Outcome.IN_PROGRESS else 1


def advance(current: Outcome | None, reported: Outcome) -> Outcome:
    """The outcome to keep after `reported`: only a higher rank replaces what is known.

    A partner that failed may still succeed later; one that has settled cannot take it back, and
    between two answers of the same rank the first one stays.
    """
    if current is not None and rank(reported) <= rank(current):
        return current
    return reported
