"""Every lifecycle of the ground floor on one page: states, moves, whose turn it is."""

from collections.abc import Mapping

from django.db.models import TextChoices


class PersonState(TextChoices):
    """An account, from registration to the day it is gone."""

    OPEN = "open", "正常"
    CLOSING = "closing", "注销中"


PERSON_MOVES: Mapping[str, frozenset[str]] = {
    PersonState.OPEN: frozenset({PersonState.CLOSING}),
    PersonState.CLOSING: frozenset({PersonState.OPEN}),
}


class ErasureState(TextChoices):
    """A deactivation: asked for, running through the holders, waiting for partners, proven."""

    SCHEDULED = "scheduled", "已申请"
    RUNNING = "running", "正在删除"
    AWAITING = "awaiting", "等待合作方回执"
    COMPLETED = "completed", "已完成"
    CANCELLED = "cancelled", "已撤回"


ERASURE_MOVES: Mapping[str, frozenset[str]] = {
    ErasureState.SCHEDULED: frozenset({ErasureState.RUNNING, ErasureState.CANCELLED}),
    ErasureState.RUNNING: frozenset({ErasureState.AWAITING}),
    ErasureState.AWAITING: frozenset({ErasureState.COMPLETED}),
    ErasureState.COMPLETED: frozenset(),
    ErasureState.CANCELLED: frozenset(),
}

# Whose turn it is, disjoint and complete (a test holds them to it).
ERASURE_WAITS_FOR_PERSON = frozenset({ErasureState.SCHEDULED})
ERASURE_WAITS_FOR_US = frozenset({ErasureState.RUNNING})
ERASURE_WAITS_FOR_PARTNERS = frozenset({ErasureState.AWAITING})
ERASURE_OVER = frozenset({ErasureState.COMPLETED, ErasureState.CANCELLED})


class StepState(TextChoices):
    """One holder's part of an erasure."""

    WAITING = "waiting", "等待"
    DONE = "done", "已完成"


STEP_MOVES: Mapping[str, frozenset[str]] = {
    StepState.WAITING: frozenset({StepState.DONE}),
    StepState.DONE: frozenset(),
}


class ComplaintState(TextChoices):
    """A complaint or report: taken in, answered, appealed against once, closed."""

    RECEIVED = "received", "等待答复"
    ANSWERED = "answered", "已答复"
    APPEALED = "appealed", "申诉中"
    CLOSED = "closed", "申诉已答复"
    DROPPED = "dropped", "已随账号注销结束"


COMPLAINT_MOVES: Mapping[str, frozenset[str]] = {
    ComplaintState.RECEIVED: frozenset({ComplaintState.ANSWERED, ComplaintState.DROPPED}),
    ComplaintState.ANSWERED: frozenset({ComplaintState.APPEALED, ComplaintState.DROPPED}),
    ComplaintState.APPEALED: frozenset({ComplaintState.CLOSED, ComplaintState.DROPPED}),
    ComplaintState.CLOSED: frozenset(),
    ComplaintState.DROPPED: frozenset(),
}

COMPLAINT_WAITS_FOR_US = frozenset({ComplaintState.RECEIVED, ComplaintState.APPEALED})
COMPLAINT_WAITS_FOR_PERSON = frozenset({ComplaintState.ANSWERED})
COMPLAINT_OVER = frozenset({ComplaintState.CLOSED, ComplaintState.DROPPED})


class ClaimState(TextChoices):
    """A guardian's request: verified by one officer, granted by another, or refused."""

    RECEIVED = "received", "等待核对"
    VERIFIED = "verified", "核对过一道，等另一人同意"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "没有办理"


# Refused, it is heard again after an appeal, and may be refused again.
CLAIM_MOVES: Mapping[str, frozenset[str]] = {
    ClaimState.RECEIVED: frozenset({ClaimState.VERIFIED, ClaimState.REFUSED}),
    ClaimState.VERIFIED: frozenset({ClaimState.GRANTED, ClaimState.REFUSED}),
    ClaimState.REFUSED: frozenset({ClaimState.VERIFIED, ClaimState.REFUSED}),
    ClaimState.GRANTED: frozenset(),
}

CLAIM_WAITS_FOR_US = frozenset({ClaimState.RECEIVED, ClaimState.VERIFIED})
CLAIM_WAITS_FOR_PERSON = frozenset({ClaimState.REFUSED})
CLAIM_OVER = frozenset({ClaimState.GRANTED})


class NotificationState(TextChoices):
    """A text message about an event: sent once, or not, and then for one of two reasons."""

    QUEUED = "queued", "待发送"
    SENT = "sent", "已发送"
    OFF = "off", "您关闭了，没有发送"
    FAILED = "failed", "没有发成"


NOTIFICATION_MOVES: Mapping[str, frozenset[str]] = {
    NotificationState.QUEUED: frozenset(
        {NotificationState.SENT, NotificationState.OFF, NotificationState.FAILED}
    ),
    NotificationState.SENT: frozenset(),
    NotificationState.OFF: frozenset(),
    NotificationState.FAILED: frozenset(),
}

NOTIFICATION_WAITS_FOR_US = frozenset({NotificationState.QUEUED})
NOTIFICATION_OVER = frozenset(
    {NotificationState.SENT, NotificationState.OFF, NotificationState.FAILED}
)
