"""Giving contact data to one partner: the notice and the separate consent first, then the act."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.gate import merchant_only
from accounts.views.signed_in import SignedIn
from consent import gate
from consent.actions import partners
from consent.actions import sharing as disclosures
from consent.models import Partner
from onboarding import permissions
from onboarding.actions import sharing
from onboarding.models import Application
from onboarding.permissions import NotAllowed
from onboarding.summary import label_of
from onboarding.views.turned_away import turned_away


@merchant_only
def share(request: SignedIn, slug: str) -> HttpResponse:
    """What would be given to this partner; POST gives it, once."""
    partner = get_object_or_404(Partner.objects.active().given_contact(), slug=slug)
    application = Application.objects.of_person(request.user)
    if application is None:
        raise Http404
    view = gate.needs(partners.consent_code(partner))(_share)
    try:
        permissions.check_can_share(request.user, application)
        return view(request, application, partner)
    except NotAllowed as refused:
        return turned_away(request, refused)


def _share(request: SignedIn, application: Application, partner: Partner) -> HttpResponse:
    if request.method != "POST":
        context = {
            "partner": partner,
            "given": sharing.already_given(application, partner),
            "rows": _rows(application, partner),
            "recipient": [
                {"label": "名称", "value": partner.legal_name},
                {"label": "联系方式", "value": partner.contact},
                {"label": "用来做什么", "value": partner.purpose},
                {"label": "怎么传送", "value": partner.method},
            ],
        }
        return render(request, "onboarding/share.html", context)
    try:
        sharing.share_contact(application=application, partner=partner, by=request.user)
    except disclosures.Refused:
        messages.error(request, "没有提供：授权已经撤回，或这家合作方暂停了合作。")
    else:
        messages.success(request, f"已把联系方式提供给{partner.legal_name}，提供记录可以随时查看。")
    return redirect("onboarding:me")


def _rows(application: Application, partner: Partner) -> list[dict[str, str]]:
    return [
        {"label": label_of(application, sharing.SHARED_FIELDS[name]), "value": str(value)}
        for name, value in sharing.to_share(application, partner).items()
    ]
