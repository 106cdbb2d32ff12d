"""Every lifecycle of the middle floor on one page: states, moves, whose turn it is."""

from collections.abc import Mapping

from django.db.models import TextChoices


class PartnerState(TextChoices):
    """Whether data may go to a partner."""

    DRAFT = "draft", "未启用"
    ACTIVE = "active", "合作中"
    OFF = "off", "已停用"


PARTNER_MOVES: Mapping[str, frozenset[str]] = {
    PartnerState.DRAFT: frozenset({PartnerState.ACTIVE}),
    PartnerState.ACTIVE: frozenset({PartnerState.OFF}),
    PartnerState.OFF: frozenset({PartnerState.ACTIVE}),
}


class DeliveryState(TextChoices):
    """The transport axis: where a message is. No state means "given up"."""

    QUEUED = "queued", "等待发送"
    DELIVERED = "delivered", "对方已收到"
    CANCELLED = "cancelled", "未发送，已取消"


DELIVERY_MOVES: Mapping[str, frozenset[str]] = {
    DeliveryState.QUEUED: frozenset({DeliveryState.DELIVERED, DeliveryState.CANCELLED}),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.CANCELLED: frozenset(),
}


class ObligationState(TextChoices):
    """The outcome axis: what a partner did, by its own verified word."""

    OPEN = "open", "尚无回音"
    ACCEPTED = "accepted", "对方已受理"
    IN_PROGRESS = "in_progress", "对方处理中"
    REFUSED = "refused", "对方拒绝"
    FAILED = "failed", "对方处理失败"
    COMPLETED = "completed", "对方已删除"
    NO_MATCH = "no_match", "对方未持有"
    EXEMPT_LEGAL = "exempt_legal", "对方依法保留"
    EXEMPT_INDEPENDENT_CONSENT = "exempt_independent_consent", "对方另有您的授权"


OBLIGATION_SETTLED = frozenset(
    {
        ObligationState.COMPLETED,
        ObligationState.NO_MATCH,
        ObligationState.EXEMPT_LEGAL,
        ObligationState.EXEMPT_INDEPENDENT_CONSENT,
    }
)
_UNSATISFYING = frozenset({ObligationState.REFUSED, ObligationState.FAILED})

# Only forward: a late "in progress" after an end is recorded as a receipt and moves nothing.
OBLIGATION_MOVES: Mapping[str, frozenset[str]] = {
    ObligationState.OPEN: frozenset({ObligationState.ACCEPTED, ObligationState.IN_PROGRESS})
    | _UNSATISFYING
    | OBLIGATION_SETTLED,
    ObligationState.ACCEPTED: frozenset({ObligationState.IN_PROGRESS})
    | _UNSATISFYING
    | OBLIGATION_SETTLED,
    ObligationState.IN_PROGRESS: _UNSATISFYING | OBLIGATION_SETTLED,
    ObligationState.REFUSED: OBLIGATION_SETTLED,
    ObligationState.FAILED: OBLIGATION_SETTLED,
    ObligationState.COMPLETED: frozenset(),
    ObligationState.NO_MATCH: frozenset(),
    ObligationState.EXEMPT_LEGAL: frozenset(),
    ObligationState.EXEMPT_INDEPENDENT_CONSENT: frozenset(),
}

OBLIGATION_WAITS_FOR_COURIER = frozenset({ObligationState.OPEN})
OBLIGATION_WAITS_FOR_PARTNER = frozenset({ObligationState.ACCEPTED, ObligationState.IN_PROGRESS})
OBLIGATION_WAITS_FOR_OFFICER = _UNSATISFYING
OBLIGATION_OVER = OBLIGATION_SETTLED


class AssessmentState(TextChoices):
    """Where an impact assessment stands; approved is the end, a changed one is a new one."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待批准"
    SENT_BACK = "sent_back", "退回修改"
    APPROVED = "approved", "已批准"


ASSESSMENT_MOVES: Mapping[str, frozenset[str]] = {
    AssessmentState.DRAFT: frozenset({AssessmentState.SUBMITTED}),
    AssessmentState.SUBMITTED: frozenset({AssessmentState.APPROVED, AssessmentState.SENT_BACK}),
    AssessmentState.SENT_BACK: frozenset({AssessmentState.SUBMITTED}),
    AssessmentState.APPROVED: frozenset(),
}

ASSESSMENT_WAITS_FOR_AUTHOR = frozenset({AssessmentState.DRAFT, AssessmentState.SENT_BACK})
ASSESSMENT_WAITS_FOR_SECOND_OFFICER = frozenset({AssessmentState.SUBMITTED})
ASSESSMENT_OVER = frozenset({AssessmentState.APPROVED})


class PolicyDraftState(TextChoices):
    """A text on its way to becoming a version: written by one publisher, published by another."""

    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "等待审批"
    SENT_BACK = "sent_back", "已退回修改"
    PUBLISHED = "published", "已公布"
    DISCARDED = "discarded", "已放弃"


POLICY_DRAFT_MOVES: Mapping[str, frozenset[str]] = {
    PolicyDraftState.DRAFT: frozenset({PolicyDraftState.SUBMITTED, PolicyDraftState.DISCARDED}),
    PolicyDraftState.SUBMITTED: frozenset(
        {PolicyDraftState.PUBLISHED, PolicyDraftState.SENT_BACK, PolicyDraftState.DRAFT}
    ),
    PolicyDraftState.SENT_BACK: frozenset({PolicyDraftState.SUBMITTED, PolicyDraftState.DISCARDED}),
    PolicyDraftState.PUBLISHED: frozenset(),
    PolicyDraftState.DISCARDED: frozenset(),
}

POLICY_DRAFT_WAITS_FOR_AUTHOR = frozenset({PolicyDraftState.DRAFT, PolicyDraftState.SENT_BACK})
POLICY_DRAFT_WAITS_FOR_SECOND_PUBLISHER = frozenset({PolicyDraftState.SUBMITTED})
POLICY_DRAFT_OVER = frozenset({PolicyDraftState.PUBLISHED, PolicyDraftState.DISCARDED})


class AuthorityRequestState(TextChoices):
    """A demand of an authority for somebody's data: nothing leaves before two people agree."""

    REGISTERED = "registered", "待第一人审查"
    SECONDED = "seconded", "待第二人审查"
    GRANTED = "granted", "待移交"
    REFUSED = "refused", "已拒绝"
    HANDED = "handed", "已移交"
    VOID = "void", "当事人已注销，无可移交"


AUTHORITY_REQUEST_MOVES: Mapping[str, frozenset[str]] = {
    AuthorityRequestState.REGISTERED: frozenset(
        {
            AuthorityRequestState.SECONDED,
            AuthorityRequestState.REFUSED,
            AuthorityRequestState.VOID,
        }
    ),
    AuthorityRequestState.SECONDED: frozenset(
        {
            AuthorityRequestState.GRANTED,
            AuthorityRequestState.REFUSED,
            AuthorityRequestState.VOID,
        }
    ),
    AuthorityRequestState.GRANTED: frozenset(
        {AuthorityRequestState.HANDED, AuthorityRequestState.VOID}
    ),
    AuthorityRequestState.REFUSED: frozenset(),
    AuthorityRequestState.HANDED: frozenset(),
    AuthorityRequestState.VOID: frozenset(),
}

AUTHORITY_REQUEST_WAITS_FOR_REVIEW = frozenset(
    {AuthorityRequestState.REGISTERED, AuthorityRequestState.SECONDED}
)
AUTHORITY_REQUEST_WAITS_FOR_HANDING_OVER = frozenset({AuthorityRequestState.GRANTED})
AUTHORITY_REQUEST_OVER = frozenset(
    {
        AuthorityRequestState.REFUSED,
        AuthorityRequestState.HANDED,
        AuthorityRequestState.VOID,
    }
)


class TransferState(TextChoices):
    """A notice that somebody else takes over; once public it stays so, or is taken back."""

    DRAFT = "draft", "待第二人批准"
    PUBLISHED = "published", "公示中"
    DISCARDED = "discarded", "未公布，已放弃"
    WITHDRAWN = "withdrawn", "已撤回"


TRANSFER_MOVES: Mapping[str, frozenset[str]] = {
    TransferState.DRAFT: frozenset({TransferState.PUBLISHED, TransferState.DISCARDED}),
    TransferState.PUBLISHED: frozenset({TransferState.WITHDRAWN}),
    TransferState.DISCARDED: frozenset(),
    TransferState.WITHDRAWN: frozenset(),
}

TRANSFER_WAITS_FOR_SECOND_OFFICER = frozenset({TransferState.DRAFT})
TRANSFER_WAITS_FOR_EFFECT = frozenset({TransferState.PUBLISHED})
TRANSFER_OVER = frozenset({TransferState.DISCARDED, TransferState.WITHDRAWN})


class EndingState(TextChoices):
    """The end of the service: said by one, announced by another, taken back by either."""

    PROPOSED = "proposed", "待第二人批准"
    ANNOUNCED = "announced", "已公告"
    REVOKED = "revoked", "已撤销"


ENDING_MOVES: Mapping[str, frozenset[str]] = {
    EndingState.PROPOSED: frozenset({EndingState.ANNOUNCED, EndingState.REVOKED}),
    EndingState.ANNOUNCED: frozenset({EndingState.REVOKED}),
    EndingState.REVOKED: frozenset(),
}

ENDING_WAITS_FOR_SECOND_OFFICER = frozenset({EndingState.PROPOSED})
ENDING_WAITS_FOR_ITS_DAYS = frozenset({EndingState.ANNOUNCED})
ENDING_OVER = frozenset({EndingState.REVOKED})


class AttestationState(TextChoices):
    """What people did by hand: recorded by one, confirmed or not by another."""

    RECORDED = "recorded", "待另一人核实"
    ATTESTED = "attested", "两人核实"
    REJECTED = "rejected", "不予认可"


ATTESTATION_MOVES: Mapping[str, frozenset[str]] = {
    AttestationState.RECORDED: frozenset({AttestationState.ATTESTED, AttestationState.REJECTED}),
    AttestationState.ATTESTED: frozenset(),
    AttestationState.REJECTED: frozenset(),
}

ATTESTATION_WAITS_FOR_SECOND_PERSON = frozenset({AttestationState.RECORDED})
ATTESTATION_OVER = frozenset({AttestationState.ATTESTED, AttestationState.REJECTED})
