"""注销进度 for operations and the privacy officer: what runs, what is late, start one now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.actions import erasure as erasures
from accounts.clocks import missing_year_warning
from accounts.gate import staff_only
from accounts.models import Erasure
from accounts.states import ErasureState
from accounts.views.signed_in import SignedIn

PER_PAGE = 50
KINDS = {
    ErasureState.SCHEDULED: "",
    ErasureState.RUNNING: "info",
    ErasureState.AWAITING: "warn",
    ErasureState.COMPLETED: "success",
    ErasureState.CANCELLED: "",
}


@require_GET
@staff_only("ops", "officer", "auditor")
def erasures_list(request: SignedIn) -> HttpResponse:
    """Every deactivation not over, the most urgent first; all of them on request."""
    show_all = request.GET.get("show") == "all"
    rows = Erasure.objects.with_progress()
    rows = rows.order_by("-requested_at") if show_all else rows.live().order_by("due_at")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    late = Erasure.objects.late(now).count()
    context = {
        "page": page,
        "show_all": show_all,
        "may_start": request.user.is_in("ops", "officer"),
        "rows": [_row(found, now) for found in page],
        "late": late,
        "calendar": missing_year_warning(timezone.localdate()),
        "late_words": f"{late} 条已超过承诺时间",
    }
    return render(request, "accounts/erasures.html", context)


@require_POST
@staff_only("ops", "officer")
def start(request: SignedIn, pk: UUID) -> HttpResponse:
    """Start one now, or hurry one that waits for its worker."""
    found = get_object_or_404(Erasure, pk=pk)
    try:
        erasures.start_now(erasure=found, by=request.user)
    except erasures.AlreadyStopped:
        messages.error(request, "这条注销已经结束或已撤回，没有可开始的工作")
    else:
        messages.success(request, "已通知后台立即处理，请稍后刷新查看进度")
    return redirect("accounts:erasures")


def _row(found: Any, now: datetime) -> dict[str, Any]:
    return {
        "erasure": found,
        "kind": KINDS[ErasureState(found.state)],
        "is_late": found.is_late(now),
        "progress": f"{found.steps_done} / {found.steps_all}" if found.steps_all else "",
        "can_start": found.state in (ErasureState.SCHEDULED, ErasureState.RUNNING),
        "is_early": found.state == ErasureState.SCHEDULED and found.starts_at > now,
    }
