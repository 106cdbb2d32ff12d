"""The last page of ours: another site is next, and our policy does not apply there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent import leaving
from consent.gate import open_to_all


@open_to_all
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Name the site; going there is one more tap. 404 for what we never linked to."""
    try:
        found = leaving.destination(request.GET.get("to", ""))
    except leaving.NotOurs as refused:
        raise Http404 from refused
    return render(request, "consent/leave.html", {"found": found})
