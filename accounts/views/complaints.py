"""投诉与举报: sent by anybody, answered on a page of its own code, heard again once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import complaints
from accounts.addresses import client_address
from accounts.forms import AppealForm, ComplaintForm
from accounts.models import Complaint, Person
from accounts.personal import KeyGone
from accounts.states import ComplaintState
from accounts.views.dates import day, minute
from accounts.views.receipts import unlisted

KINDS = {
    ComplaintState.RECEIVED: "info",
    ComplaintState.ANSWERED: "success",
    ComplaintState.APPEALED: "warn",
    ComplaintState.CLOSED: "success",
    ComplaintState.DROPPED: "",
}
HEADINGS = {Complaint.Topic.HUMAN_LOOK: "人工复核的进度"}
REACHED = {
    ComplaintState.RECEIVED: 0,
    ComplaintState.ANSWERED: 1,
    ComplaintState.APPEALED: 2,
    ComplaintState.CLOSED: 3,
}


@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest) -> HttpResponse:
    """Where to complain, to us and over our heads; POST sends one. Open to everybody."""
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = complaints.take_in(
                **form.cleaned_data, address=client_address(request), by=_merchant(request)
            )
        except complaints.TooMany:
            form.add_error(None, "这里刚刚收到了好几份，请一小时后再提交；急事请拨打电话。")
        else:
            return redirect("accounts:complaint", code=taken.code)
    status = 422 if form.errors else 200
    return render(request, "accounts/complain.html", {"form": form}, status=status)


def _merchant(request: HttpRequest) -> Person | None:
    user = request.user
    return user if isinstance(user, Person) and user.is_merchant else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complaint(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is and what we answered, for whoever holds the code; POST appeals, once."""
    found = get_object_or_404(Complaint, code=code)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            complaints.appeal(complaint=found, words=words, by=_merchant(request))
        except complaints.AlreadyAnswered:
            messages.error(request, "现在不能申诉：申诉只能提出一次，请看最新进度。")
        return redirect("accounts:complaint", code=code)
    page = render(
        request,
        "accounts/complaint.html",
        _shown(found) | {"form": form},
        status=422 if form.errors else 200,
    )
    return unlisted(page)


def _shown(found: Complaint) -> dict[str, Any]:
    try:
        answers = [
            (heading, value.clear)
            for heading, value in (("答复", found.answer), ("对申诉的答复", found.appeal_answer))
            if value
        ]
    except KeyGone as gone:
        raise Http404 from gone
    return {
        "complaint": found,
        "heading": HEADINGS.get(Complaint.Topic(found.topic), "投诉与举报的进度"),
        "kind": KINDS[ComplaintState(found.state)],
        "rows": [
            {"label": "类别", "value": found.get_topic_display()},
            {"label": "提交时间", "value": minute(found.received_at)},
            {"label": "最迟答复", "value": day(found.due_at)},
        ],
        "answers": answers,
        "events": _events(found),
        "is_late": found.is_late(timezone.now()),
        "may_appeal": found.state == ComplaintState.ANSWERED,
        "is_leak": found.topic == Complaint.Topic.LEAK,
    }


def _events(found: Complaint) -> list[dict[str, Any]]:
    taken = {"title": "收到", "at": found.received_at, "state": "done"}
    if found.state == ComplaintState.DROPPED:
        return [taken, {"title": "账号已注销，内容已删除", "state": "stopped"}]
    reached = REACHED[ComplaintState(found.state)]
    first = {"title": "答复", "at": found.answered_at, "state": "done" if reached else "current"}
    if reached < REACHED[ComplaintState.APPEALED]:
        return [taken, first]
    again = {"title": "提出申诉，换人重新核实", "at": found.appealed_at, "state": "done"}
    is_over = found.state == ComplaintState.CLOSED
    last = {
        "title": "答复申诉",
        "at": found.closed_at,
        "state": "done" if is_over else "current",
    }
    return [taken, first, again, last]
