"""投诉 at the desk: what waits for an answer, the nearest deadline first; reading one is noted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import complaints
from accounts.forms import AnswerForm
from accounts.gate import staff_only
from accounts.models import Complaint, GuardianClaim
from accounts.personal import KeyGone
from accounts.states import ClaimState, ComplaintState
from accounts.views.complaints import KINDS
from accounts.views.signed_in import SignedIn

PER_PAGE = 50
ANSWERED_TOO = "已经有人答复过了，您写的没有保存。请看最新的答复。"
NOT_BY_THE_SAME = "要由另一位同事答复：先前的决定或者答复是您作出的。"


@require_safe
@staff_only("officer")
def complaints_list(request: SignedIn) -> HttpResponse:
    """What waits for us; everything on request."""
    show_all = request.GET.get("show") == "all"
    rows = Complaint.objects.order_by("-received_at") if show_all else Complaint.objects.waiting()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    late = Complaint.objects.waiting().filter(due_at__lt=now).count()
    context = {
        "page": page,
        "show_all": show_all,
        "rows": [
            {
                "complaint": row,
                "kind": KINDS[ComplaintState(row.state)],
                "is_late": row.is_late(now),
                "is_urgent": row.topic == Complaint.Topic.LEAK and row.is_owed,
            }
            for row in page
        ],
        "late": late,
        "late_words": f"{late} 份已超过承诺时间",
    }
    return render(request, "accounts/complaints_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def complaint_desk(request: SignedIn, pk: UUID) -> HttpResponse:
    """Read one, and answer it."""
    found = get_object_or_404(Complaint, pk=pk)
    # Once granted, an appeal is about the answer alone, and answered here.
    claims = GuardianClaim.objects.exclude(state=ClaimState.GRANTED)
    claim = claims.filter(complaint=found).first()
    if claim is not None:
        return redirect("accounts:guardian_claim", pk=claim.pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        problem = _answer(request, found, form.cleaned_data["words"])
        if not problem:
            messages.success(request, "已答复。对方会收到短信，也可以凭编号查看。")
            return redirect("accounts:complaints_desk")
        form.add_error(None, problem)
        found = get_object_or_404(Complaint, pk=pk)
    complaints.open_for(complaint=found, by=request.user)
    context = _context(found) | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "accounts/complaint_desk.html", context, status=status)


def _answer(request: SignedIn, found: Complaint, words: str) -> str:
    """Answer it; what to tell the member of staff when that did not work, else ""."""
    try:
        complaints.answer(complaint=found, words=words, by=request.user)
    except complaints.AlreadyAnswered:
        return ANSWERED_TOO
    except complaints.NotYours:
        return NOT_BY_THE_SAME
    return ""


def _context(found: Complaint) -> dict[str, Any]:
    try:
        told = [
            (str(field.verbose_name), value.clear)
            for field in Complaint.personal_fields()
            if (value := getattr(found, field.name))
        ]
    except KeyGone:
        told = []
    return {
        "complaint": found,
        "kind": KINDS[ComplaintState(found.state)],
        "told": told,
        "may_answer": found.is_owed,
        "is_late": found.is_late(timezone.now()),
    }
