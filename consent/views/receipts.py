"""Receipts of answers: read, printed, or taken away as ISO/IEC TS 27560 JSON-LD."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import merchant_only
from accounts.views.dates import minute
from consent import pages, receipts
from consent.gate import open_to_all
from consent.models import ConsentEvent

HEADS = {
    ConsentEvent.Decision.AGREED: ("您同意了", "success"),
    ConsentEvent.Decision.REFUSED: ("您没有同意", "info"),
    ConsentEvent.Decision.WITHDRAWN: ("您撤回了同意", "info"),
}


@open_to_all
@require_safe
@merchant_only
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer in words: what was asked, how, when, and the very text that was answered."""
    event = _mine(request, pk)
    title, kind = HEADS[ConsentEvent.Decision(event.decision)]
    words = receipts.words_of(event)
    context = {
        "event": event,
        "title": title,
        "kind": kind,
        "words": words,
        "rows": _rows(event, words),
        "events": [_step(one, event) for one in receipts.history(event)],
    }
    return render(request, "consent/receipt.html", context)


@open_to_all
@require_safe
@merchant_only
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a file for machines."""
    event = _mine(request, pk)
    response = HttpResponse(
        receipts.document(event, timezone.now()), content_type="application/ld+json; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="51che-consent-{event.pk}.jsonld"'
    return response


def _mine(request: HttpRequest, pk: int) -> ConsentEvent:
    return get_object_or_404(ConsentEvent, pk=pk, person=pages.person(request).pk)


def _rows(event: ConsentEvent, words: receipts.Words) -> list[dict[str, str]]:
    rows = {
        "问的是": words.title,
        "您的回答": event.get_decision_display(),
        "时间": minute(event.at),
        "怎么问的": event.get_asking_display(),
        "怎么答的": event.get_way_display(),
        "说明的版本": f"{event.version} 版",
        "从哪个网络": event.address_prefix,
    }
    return [{"label": label, "value": value} for label, value in rows.items() if value]


def _step(one: ConsentEvent, event: ConsentEvent) -> dict[str, object]:
    return {
        "title": one.get_decision_display(),
        "at": one.at,
        "state": "current" if one.pk == event.pk else "done",
        "detail": f"{one.version} 版",
    }
