"""The front page: what the portal is and how to join, for anybody, without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consent.gate import open_to_all
from onboarding.roles import REQUIREMENTS, Role


@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Public; asks nothing and stores nothing."""
    roles = [{"label": Role(code).label, "needs": needs} for code, needs in REQUIREMENTS.items()]
    return render(request, "onboarding/home.html", {"roles": roles})
