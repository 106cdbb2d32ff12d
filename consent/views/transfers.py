"""Notices of transfers: public pages for everybody, and the officers' page behind them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import staff_only
from consent import pages
from consent.actions import transfers
from consent.gate import open_to_all
from consent.models import ServiceEnding, TransferNotice
from consent.states import TransferState
from consent.transfer_forms import TransferForm

KINDS = {TransferState.DRAFT: "info", TransferState.PUBLISHED: "success"}


@open_to_all
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every transfer announced, also those in effect."""
    return render(request, "consent/transfers.html", {"notices": TransferNotice.objects.public()})


@open_to_all
@require_safe
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One transfer, whole, and what a person can do about it."""
    found = get_object_or_404(TransferNotice.objects.public(), pk=pk)
    context = {
        "found": found,
        "rows": _rows(found),
        "is_over": found.effect_date <= timezone.localdate(),
    }
    return render(request, "consent/transfer.html", context)


def _rows(found: TransferNotice) -> list[dict[str, Any]]:
    return [
        {"label": "原因", "value": found.get_why_display()},
        {"label": "接手方", "value": found.successor},
        {"label": "联系方式", "value": found.contact},
        {"label": "转移哪些信息", "value": found.passes},
        {"label": "转移日期", "value": f"{found.effect_date:%Y年%-m月%-d日}"},
        {"label": "用途有没有变", "value": found.new_purpose or "没有变，接手方按原来的承诺处理"},
    ]


@require_http_methods(["GET", "POST"])
@staff_only("officer")
def desk(request: HttpRequest) -> HttpResponse:
    """All notices, and the form of another; POST drafts it."""
    form = TransferForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        transfers.draft(by=pages.person(request), **form.cleaned_data)
        messages.success(request, "已起草。要由另一位负责人批准，才会公示。")
        return redirect("consent:transfers_desk")
    rows = TransferNotice.objects.select_related("drafted_by", "published_by")
    context = {
        "form": form,
        "rows": [_row(row, pages.person(request).pk) for row in rows.order_by("-drafted_at")],
        "earliest": transfers.earliest(),
        "ending": ServiceEnding.objects.live(),
    }
    return render(
        request, "consent/transfers_desk.html", context, status=422 if form.errors else 200
    )


def _row(found: TransferNotice, officer: UUID) -> dict[str, Any]:
    is_draft = found.state == TransferState.DRAFT
    is_coming = found.effect_date > timezone.localdate()
    return {
        "found": found,
        "kind": KINDS.get(TransferState(found.state), ""),
        "may_publish": is_draft and found.drafted_by_id != officer,
        "may_discard": is_draft,
        "may_withdraw": found.state == TransferState.PUBLISHED and is_coming,
    }


@require_POST
@staff_only("officer")
def act(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """Publish, discard or withdraw one."""
    found = get_object_or_404(TransferNotice, pk=pk)
    action, done = {
        "publish": (transfers.publish, "已公示：首页和商家的“我的”现在都能看到。"),
        "discard": (transfers.discard, "已放弃，没有公示过。"),
        "withdraw": (transfers.withdraw, "已撤回，不再公示。"),
    }[what]
    try:
        action(notice=found, by=pages.person(request))
    except transfers.SamePerson:
        messages.error(request, "起草的人不能批准，请另一位负责人批准。")
    except transfers.TooSoon as early:
        messages.error(request, early.message_zh)
    except transfers.NotWaiting:
        messages.error(request, "没有生效：已经有人处理过，或者已经到了转移日期。")
    else:
        messages.success(request, done)
    return redirect("consent:transfers_desk")
