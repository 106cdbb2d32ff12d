"""The reviewers' desk: queue, application, papers; masked until a reason is given."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import staff_only
from accounts.views.signed_in import SignedIn
from consent.actions import consents
from onboarding import grants, permissions, real_name_words, steps
from onboarding.actions import review, risk
from onboarding.desk_forms import ApproveForm, RevealForm, SendBackForm
from onboarding.models import Application, Paper, Remark
from onboarding.permissions import NotAllowed
from onboarding.roles import ID_PHOTOS, PaperKind
from onboarding.states import ApplicationState
from onboarding.summary import ON_PAPER, STATE_KINDS, label_of
from onboarding.views import desk_risk
from onboarding.views.papers import picture

PAGE = 20
INCOMPLETE = "资料已不完整：商家撤回了一项授权，相关内容已删除。请退回修改，请商家补齐。"
TO_CHECK_NOW = "刚刚有了要重点核实的提示：请先看，写明怎样核实，再通过。"
IN_PERSON_NOW = "商家改成了当面核验：当面核对身份证原件以后，勾选再通过。"
SHOWN = (ApplicationState.SUBMITTED, ApplicationState.SENT_BACK, ApplicationState.APPROVED)


@require_safe
@staff_only("reviewer")
def desk(request: SignedIn) -> HttpResponse:
    """The queue in one state, longest waiting first."""
    state = request.GET.get("state", ApplicationState.SUBMITTED)
    if state not in SHOWN:
        raise Http404
    context = _queue(state, _position(request)) | {
        "counts": _counts(state),
        "asked": desk_risk.asked(),
    }
    return render(request, "onboarding/desk.html", context)


def _counts(current: str) -> list[dict[str, Any]]:
    return [
        {
            "state": state.value,
            "label": state.label,
            "count": Application.objects.count_of(state),
            "is_current": state == current,
        }
        for state in SHOWN
    ]


def _queue(state: str, after: tuple[datetime, UUID] | None = None) -> dict[str, Any]:
    rows = list(Application.objects.queue(state, after)[: PAGE + 1])
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return {
        "rows": rows[:PAGE],
        "state": ApplicationState(state),
        "kind": STATE_KINDS[state],
        "is_first_page": after is None,
        "more": f"{more.submitted_at.isoformat()}_{more.pk}" if more else "",
    }


def _position(request: HttpRequest) -> tuple[datetime, UUID] | None:
    """Where the page before ended; a made-up position is the beginning."""
    at, _, pk = request.GET.get("after", "").partition("_")
    try:
        moment, row = parse_datetime(at), UUID(pk)
        return (moment.astimezone(UTC), row) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _found(pk: UUID) -> Application:
    found: Application = get_object_or_404(
        Application.objects.select_related("decided_by", "person"), pk=pk, state__in=SHOWN
    )
    return found


@require_safe
@staff_only("reviewer")
def application(request: SignedIn, pk: UUID) -> HttpResponse:
    """One application beside the queue and its papers."""
    return _shown(request, _found(pk))


def _shown(
    request: SignedIn,
    application: Application,
    *,
    status: int = 200,
    typed: str = "",
    **extra: Any,
) -> HttpResponse:
    """The page; `typed` is how something was checked, kept in its box whatever went wrong."""
    open_now = grants.of(request.session, application.pk)
    is_open = permissions.can_look_into(request.user, application)
    risks = desk_risk.panel(application, is_open=is_open)
    context = _queue(ApplicationState.SUBMITTED) | {
        "application": application,
        "tag": STATE_KINDS[application.state],
        "groups": _groups(application, open_now if is_open else frozenset()),
        "papers": _papers(application, open_now),
        "is_open": is_open,
        "real_name": real_name_words.standing(application),
        "remarks": _remarks(application),
        "reveal_form": RevealForm(
            may_be_called=permissions.may_be_called(application),
            initial={"reason": grants.last_reason(request.session, application.pk)},
        ),
        "risk": risks,
        "typed": typed,
        "approve_form": ApproveForm(
            is_in_person=application.is_checked_in_person,
            must_check=risks["must_check"],
            initial={"seen_round": application.round, "how_checked": typed},
        ),
    }
    return render(request, "onboarding/application.html", context | extra, status=status)


def _groups(application: Application, open_now: frozenset[str]) -> list[dict[str, Any]]:
    declined = consents.declined(application.person_id, steps.ON_PAPER)
    return [
        {
            "heading": step.title,
            "rows": [_row(application, field, open_now) for field in step.asks(application.role)],
            "on_paper": ON_PAPER if steps.is_given_on_paper(step, declined) else "",
            "changed_at": application.contact_changed_at if step.code == steps.CONTACT else None,
        }
        for step in steps.of_role(application.role)
        if not step.paper
    ]


def _row(application: Application, field: str, open_now: frozenset[str]) -> dict[str, Any]:
    value = getattr(application, field)
    masked = str(value or "")
    is_whole = field in open_now
    return {
        "field": field,
        "label": label_of(application, field),
        "value": value.clear if value and is_whole else masked,
        "is_masked": "*" in masked and not is_whole,
        "is_whole": is_whole,
    }


def _papers(application: Application, open_now: frozenset[str]) -> list[dict[str, Any]]:
    rows = Paper.objects.filter(application=application).order_by("created_at")
    return [
        {
            "paper": paper,
            "label": paper.get_kind_display(),
            "is_shown": _is_shown(paper, open_now),
        }
        for paper in rows
    ]


def _is_shown(paper: Paper, open_now: frozenset[str]) -> bool:
    """A licence hangs in every shop; an ID photo is shown for a stated reason only."""
    return paper.kind not in ID_PHOTOS or paper.kind in open_now


def _remarks(application: Application) -> list[dict[str, str]]:
    rows = Remark.objects.filter(application=application, round=application.round)
    return [
        {
            "label": _item_label(application, row.field),
            "reason": row.get_reason_display(),
            "note": row.note.clear if row.note else "",
        }
        for row in rows.order_by("created_at", "id")
    ]


def _item_label(application: Application, item: str) -> str:
    return str(PaperKind(item).label) if item in PaperKind else label_of(application, item)


@require_POST
@staff_only("reviewer")
def reveal(request: SignedIn, pk: UUID) -> HttpResponse:
    """Show one whole value or one ID photo, for a reason, for the next minutes."""
    found = _found(pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, status=422, reveal_form=form)
    item, reason = form.cleaned_data["field"], form.cleaned_data["reason"]
    try:
        _reveal(request, found, item, reason)
    except NotAllowed as refused:
        return _shown(request, found, status=409, conflict=refused.reason_zh)
    grants.give(request.session, found.pk, item, reason)
    anchor = "papers" if item in PaperKind else f"row-{item}"
    return redirect(f"{request.path.removesuffix('reveal/')}#{anchor}")


def _reveal(request: SignedIn, application: Application, item: str, reason: str) -> None:
    if item in PaperKind:
        paper = get_object_or_404(Paper, application=application, kind=item)
        review.reveal_paper(paper=paper, reason=reason, by=request.user)
    elif steps.asking(application.role, item):
        review.reveal_field(application=application, field=item, reason=reason, by=request.user)
    else:
        raise Http404


@require_safe
@staff_only("reviewer")
def paper(request: SignedIn, pk: UUID, paper: UUID) -> HttpResponse:
    """A paper of an application in review; an ID photo only after a reason was given."""
    found = get_object_or_404(Paper.objects.select_related("application"), pk=paper, application=pk)
    if not _is_shown(found, grants.of(request.session, pk)):
        raise Http404
    return picture(found, request.user)


@require_POST
@staff_only("reviewer")
def approve(request: SignedIn, pk: UUID) -> HttpResponse:
    """Approve; 409 and who it was when somebody was faster."""
    found = _found(pk)
    risks = desk_risk.panel(found, is_open=permissions.can_look_into(request.user, found))
    form = ApproveForm(
        request.POST,
        is_in_person=found.is_checked_in_person,
        must_check=risks["must_check"],
    )
    if not form.is_valid():
        return _shown(request, found, status=422, approve_form=form)
    conflict = _approve(request, found, form)
    if conflict:
        typed = request.POST.get("how_checked", "").strip()
        return _shown(request, _found(pk), status=409, conflict=conflict, typed=typed)
    return redirect("onboarding:desk_application", pk=pk)


def _approve(request: SignedIn, application: Application, form: ApproveForm) -> str:
    """Approve; what to tell the reviewer when that did not work, else ""."""
    try:
        review.approve(
            application=application,
            seen_round=form.cleaned_data["seen_round"],
            saw_originals=form.cleaned_data.get("saw_originals", False),
            how_checked=form.cleaned_data.get("how_checked", ""),
            by=request.user,
        )
    except review.AlreadyJudged as lost:
        return lost.message_zh
    except review.NoLongerComplete:
        return INCOMPLETE
    except review.OriginalsNotSeen:
        return IN_PERSON_NOW
    except risk.NotChecked:
        return TO_CHECK_NOW
    except NotAllowed as refused:
        return refused.reason_zh
    return ""


@staff_only("reviewer")
def send_back(request: SignedIn, pk: UUID) -> HttpResponse:
    """Choose what must change, item by item; POST sends it back."""
    found = _found(pk)
    items = [
        (item, _item_label(found, item))
        for step in steps.of_role(found.role)
        if not steps.is_done_in_person(step, found)
        for item in step.asks(found.role)
    ]
    form = SendBackForm(
        request.POST if request.method == "POST" else None,
        items=items,
        initial={"seen_round": found.round},
    )
    if request.method == "POST" and form.is_valid():
        try:
            review.send_back(
                application=found,
                seen_round=form.cleaned_data["seen_round"],
                remarks=form.remarks(),
                by=request.user,
            )
        except review.AlreadyJudged as lost:
            return _shown(request, _found(pk), status=409, conflict=lost.message_zh)
        except NotAllowed as refused:
            return _shown(request, _found(pk), status=409, conflict=refused.reason_zh)
        return redirect("onboarding:desk_application", pk=pk)
    context = {"application": found, "form": form}
    return render(request, "onboarding/send_back.html", context, status=422 if form.errors else 200)
