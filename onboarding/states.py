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
