"""What a partner did with an obligation, as it says itself.

OpenDSR knows four states; the outcome comes from them and from the partner's extension. Whether it
replaces an earlier one is decided where obligations are kept.
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
