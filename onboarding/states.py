"""Every lifecycle of the top floor on one page: its states, the moves allowed, whose turn it is."""

from collections.abc import Mapping

from django.db.models import TextChoices


class ApplicationState(TextChoices):
    """An application, from the choice of a role to its judgement."""

    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "审核中"
    SENT_BACK = "sent_back", "待修改"
    APPROVED = "approved", "已通过"
    WITHDRAWN = "withdrawn", "已撤回"


APPLICATION_MOVES: Mapping[str, frozenset[str]] = {
    ApplicationState.DRAFT: frozenset({ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN}),
    ApplicationState.SUBMITTED: frozenset(
        {ApplicationState.APPROVED, ApplicationState.SENT_BACK, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.SENT_BACK: frozenset({ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN}),
    ApplicationState.APPROVED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}

# Whose turn it is, disjoint and complete (a test holds them to it).
APPLICATION_WAITS_FOR_MERCHANT = frozenset({ApplicationState.DRAFT, ApplicationState.SENT_BACK})
APPLICATION_WAITS_FOR_US = frozenset({ApplicationState.SUBMITTED})
APPLICATION_OVER = frozenset({ApplicationState.APPROVED, ApplicationState.WITHDRAWN})


class RealNameState(TextChoices):
    """Asking a verifier whether a name and an ID number belong together, for one submission."""

    PLANNED = "planned", "等待核验"
    RUNNING = "running", "正在核验"
    DONE = "done", "已核验"
    UNAVAILABLE = "unavailable", "没有核验"


REAL_NAME_MOVES: Mapping[str, frozenset[str]] = {
    RealNameState.PLANNED: frozenset({RealNameState.RUNNING, RealNameState.UNAVAILABLE}),
    RealNameState.RUNNING: frozenset(
        {RealNameState.PLANNED, RealNameState.DONE, RealNameState.UNAVAILABLE}
    ),
    RealNameState.DONE: frozenset(),
    RealNameState.UNAVAILABLE: frozenset(),
}

# Whose turn it is. Nobody waits for it: a review goes on meanwhile, and without.
REAL_NAME_WAITS_FOR_US = frozenset({RealNameState.PLANNED, RealNameState.RUNNING})
REAL_NAME_OVER = frozenset({RealNameState.DONE, RealNameState.UNAVAILABLE})
