"""What a merchant is told who may not do this now, or not any more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.states import PersonState
from accounts.views.signed_in import SignedIn
from onboarding.permissions import NotAllowed


def turned_away(request: SignedIn, refused: NotAllowed) -> HttpResponse:
    """Back to 我的 with the reason; that page itself says that an account is closing."""
    if request.user.state == PersonState.OPEN:
        messages.info(request, refused.reason_zh)
    return redirect("onboarding:me")
