"""影响评估 at the desk: what is covered until when, and the papers on their way to it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gate import staff_only
from accounts.models import Person
from accounts.transitions import MoveRefused
from accounts.views.signed_in import SignedIn
from consent import assessmenttext, purposes
from consent.actions import assessments
from consent.assessment_forms import AssessmentForm, VerdictForm
from consent.models import ImpactAssessment
from consent.models.assessments import CONTENTS
from consent.states import ASSESSMENT_WAITS_FOR_AUTHOR, AssessmentState

MAY_LOOK = ("officer", "ops", "auditor")
SHOWN = 50
SOON = timedelta(days=30)
KINDS = {
    AssessmentState.DRAFT: "",
    AssessmentState.SUBMITTED: "info",
    AssessmentState.SENT_BACK: "warn",
    AssessmentState.APPROVED: "success",
}


@require_safe
@staff_only(*MAY_LOOK)
def assessments_list(request: SignedIn) -> HttpResponse:
    """Every purpose that must be assessed and until when it is; then the papers, newest first."""
    labels = assessments.labels()
    papers = list(ImpactAssessment.objects.newest_first()[:SHOWN])
    names = _names(papers)
    context = {
        "standings": _standings(labels),
        "papers": [_paper(paper, labels, names) for paper in papers],
        "may_write": request.user.is_in("officer"),
    }
    return render(request, "consent/assessments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def write(request: SignedIn, purpose: str) -> HttpResponse:
    """A new assessment of one purpose."""
    label = assessments.labels().get(purpose)
    if label is None:
        raise Http404(purpose)
    form = AssessmentForm(request.POST or None, initial=_to_begin_with(purpose))
    if request.method == "POST" and form.is_valid():
        paper = assessments.write(purpose=purpose, by=request.user, contents=form.cleaned_data)
        return redirect("consent:assessment", pk=paper.pk)
    return _form_page(request, form, label, purpose)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def rewrite(request: SignedIn, pk: UUID) -> HttpResponse:
    """Its author changes a draft, or what was sent back."""
    paper = get_object_or_404(
        ImpactAssessment, pk=pk, author=request.user.pk, state__in=ASSESSMENT_WAITS_FOR_AUTHOR
    )
    stored = {name: getattr(paper, name) for name in (*CONTENTS, "valid_until")}
    stored["is_high_risk"] = "yes" if paper.is_high_risk else "no"
    form = AssessmentForm(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        try:
            assessments.rewrite(assessment=paper, by=request.user, contents=form.cleaned_data)
        except assessments.NotYours:
            messages.error(request, "没有保存：这份评估刚刚已经提交。")
        return redirect("consent:assessment", pk=pk)
    return _form_page(request, form, _label(paper), paper.purpose, paper)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*MAY_LOOK)
def assessment(request: SignedIn, pk: UUID) -> HttpResponse:
    """One assessment to read; POST is its author handing it in, or a second officer's word."""
    paper = get_object_or_404(ImpactAssessment, pk=pk)
    form = VerdictForm(request.POST or None)
    if request.method == "POST":
        if not request.user.is_in("officer"):
            return HttpResponse(status=403)
        if form.is_valid():
            return _take(request, paper, form.cleaned_data)
    is_author = paper.is_by(request.user.pk)
    is_officer = request.user.is_in("officer")
    context = {
        "paper": paper,
        "label": _label(paper),
        "rows": _facts(paper),
        "kind": KINDS[AssessmentState(paper.state)],
        "form": form,
        "can_write": is_author and is_officer and paper.state in ASSESSMENT_WAITS_FOR_AUTHOR,
        "can_judge": not is_author and is_officer and paper.state == AssessmentState.SUBMITTED,
        "waits_for_other": is_author and paper.state == AssessmentState.SUBMITTED,
    }
    return render(request, "consent/assessment.html", context)


def _to_begin_with(purpose: str) -> dict[str, Any]:
    """What ships about this purpose, for its author to read, mend and answer for."""
    written = assessmenttext.shipped_for(purpose)
    words = {name: getattr(written, name) for name in CONTENTS} if written else {}
    return words | {"valid_until": assessments.latest_day()}


def _take(request: SignedIn, paper: ImpactAssessment, said: Mapping[str, Any]) -> HttpResponse:
    here = redirect("consent:assessment", pk=paper.pk)
    try:
        words = _act(request.user, paper, said)
    except assessments.Incomplete as incomplete:
        messages.error(request, f"还不能提交，缺少：{'、'.join(incomplete.missing)}。")
    except assessments.SamePerson:
        messages.error(request, "自己写的评估要由另一位负责人批准。")
    except (assessments.NotYours, assessments.WrongText, MoveRefused):
        messages.error(request, "没有办成：这份评估刚刚有变化，请重新看过再决定。")
    else:
        messages.success(request, words)
        return redirect("consent:assessments") if said["verdict"] == "approve" else here
    return here


def _act(by: Person, paper: ImpactAssessment, said: Mapping[str, Any]) -> str:
    if said["verdict"] == "submit":
        assessments.submit(assessment=paper, by=by)
        return "已提交，等另一位负责人批准。"
    if said["verdict"] == "approve":
        assessments.approve(assessment=paper, seen_sha256=said["sha256"], by=by)
        return f"已批准，{_label(paper)}在有效期内可以进行。"
    assessments.send_back(assessment=paper, remark=said["remark"], by=by)
    return "已退回，作者会看到您的说明。"


def _form_page(
    request: SignedIn,
    form: AssessmentForm,
    label: str,
    purpose: str,
    paper: ImpactAssessment | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "label": label,
        "reasons": [reason.label for reason in purposes.reasons(purpose)],
        "paper": paper,
    }
    return render(request, "consent/assessment_form.html", context)


def _label(paper: ImpactAssessment) -> str:
    return assessments.labels().get(paper.purpose, paper.purpose)


def _names(papers: Iterable[ImpactAssessment]) -> dict[UUID, str]:
    """Account names of whoever wrote or approved these."""
    people = {paper.author for paper in papers} | {p.approver for p in papers if p.approver}
    return dict(Person.objects.filter(pk__in=people).values_list("pk", "username"))


def _standings(labels: Mapping[str, str]) -> list[dict[str, Any]]:
    days = ImpactAssessment.objects.valid_until(labels)
    today = timezone.localdate()
    return [
        {
            "code": code,
            "label": label,
            "reasons": "、".join(reason.label for reason in purposes.reasons(code)),
            **_standing(days.get(code), today),
        }
        for code, label in labels.items()
    ]


def _standing(until: date | None, today: date) -> dict[str, Any]:
    """Tag and last day of one purpose: nothing, red once overdue, yellow in its last month."""
    if until is None:
        return {"tag": "未评估，未开放", "kind": "", "until": None}
    if until < today:
        return {"tag": "已到期，已停止", "kind": "error", "until": until}
    if until - today <= SOON:
        return {"tag": "快到期", "kind": "warn", "until": until}
    return {"tag": "有效", "kind": "success", "until": until}


def _paper(
    paper: ImpactAssessment, labels: Mapping[str, str], names: Mapping[UUID, str]
) -> dict[str, Any]:
    return {
        "paper": paper,
        "label": labels.get(paper.purpose, paper.purpose),
        "kind": KINDS[AssessmentState(paper.state)],
        "author": names.get(paper.author, "–"),
        "approver": names.get(paper.approver, "–") if paper.approver else "–",
    }


def _facts(paper: ImpactAssessment) -> list[dict[str, str]]:
    names = _names([paper])
    reasons = [reason.label for reason in purposes.reasons(paper.purpose)]
    facts = {
        "为什么要评估": "；".join(reasons),
        "风险程度": "高风险" if paper.is_high_risk else "一般风险",
        "有效期至": f"{paper.valid_until:%Y-%m-%d}",
        "编写": names.get(paper.author, "–"),
    }
    if paper.approved_at and paper.approver:
        at = timezone.localtime(paper.approved_at)
        facts["批准"] = f"{names.get(paper.approver, '–')}，{at:%Y-%m-%d %H:%M}"
        facts["至少保存到"] = f"{timezone.localtime(paper.kept_until):%Y-%m-%d}"
    if paper.sha256:
        facts["文本指纹"] = paper.sha256
    return [{"label": label, "value": value} for label, value in facts.items()]
