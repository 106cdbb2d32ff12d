"""A picture of a paper as an answer: opened in memory, kept by no cache, named after nothing."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.gate import merchant_only
from accounts.models import Person
from accounts.personal import KeyGone
from accounts.views.signed_in import SignedIn
from consent.gate import open_to_all
from onboarding.actions import papers
from onboarding.models import Paper
from onboarding.permissions import NotAllowed
from onboarding.ports.storage import NotStored


@open_to_all
@require_safe
@merchant_only
def paper(request: SignedIn, paper: UUID) -> HttpResponse:
    """A merchant's own paper; for anybody else there is nothing at this address."""
    found = get_object_or_404(Paper.objects.select_related("application"), pk=paper)
    if found.person_id != request.user.pk:
        raise Http404
    return picture(found, request.user)


def picture(paper: Paper, by: Person) -> HttpResponse:
    """The JPEG; 404 where it may not be seen or no longer exists."""
    try:
        jpeg = papers.open_for(paper=paper, by=by)
    except (NotAllowed, NotStored, KeyGone):
        raise Http404 from None
    return HttpResponse(
        jpeg,
        content_type="image/jpeg",
        headers={
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f'inline; filename="{paper.pk.hex}.jpg"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
