"""客服: how to reach us, a code that proves on the phone who calls, and what was said before."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import callers, codes
from accounts.gate import merchant_only
from accounts.models import SupportContact
from accounts.views.contacts import additions, facts, told
from accounts.views.dates import minute
from accounts.views.signed_in import SignedIn

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def support(request: SignedIn) -> HttpResponse:
    """Every conversation with its words; POST shows a code to read out."""
    context: dict[str, object] = {"contacts": _conversations(request)}
    status = 200
    if request.method == "POST":
        try:
            context["code"], context["phrase"] = callers.show_code(person=request.user)
        except codes.TooMany as refused:
            context["failure"], status = str(refused), 429
    return render(request, "accounts/support.html", context, status=status)


def _conversations(request: SignedIn) -> list[dict[str, object]]:
    rows = SupportContact.objects.of(request.user.pk).select_related("complaint", "evidence")
    return [
        {
            "contact": row,
            "rows": [*facts(row), *_words(row)],
            "evidence": getattr(row, "evidence", None),
        }
        for row in rows.prefetch_related("additions")[:SHOWN]
    ]


def _words(row: SupportContact) -> list[dict[str, str]]:
    later = [(f"{minute(at)} 补充", words) for at, words in additions(row)]
    return [{"label": label, "value": words} for label, words in (*told(row), *later)]
