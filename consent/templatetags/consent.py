"""What everybody must be told: {% policy_popup %} once, {% announcements %} until it is over."""

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from consent import pages
from consent.actions import policies
from consent.models import Asking, PolicyVersion, ServiceEnding, TransferNotice
from consent.popups import popup_for

register = template.Library()


@register.simple_tag(takes_context=True)
def policy_popup(context: Context) -> SafeString:
    """The first-visit notice or the coming policy as a dialog; nothing once it was closed."""
    request: HttpRequest = context["request"]
    popup = popup_for(request) if request.method == "GET" else None
    if popup is None:
        return SafeString()
    if popup.version:
        pages.served(request, policies.question(popup.version), Asking.POPUP)
    told = {"popup": popup, "back": request.get_full_path()}
    return render_to_string("consent/_popup.html", told)


@register.inclusion_tag("consent/_announcements.html")
def announcements() -> dict[str, object]:
    """The transfers that are coming and the end of the service, standing on the page."""
    return {
        "transfers": TransferNotice.objects.coming(),
        "ending": ServiceEnding.objects.announced(),
    }


@register.inclusion_tag("consent/_agreements.html", takes_context=True)
def agreement_changes(context: Context) -> dict[str, object]:
    """Agreements the signed-in merchant concluded that changed, or will."""
    request: HttpRequest = context["request"]
    mine = pages.person(request).pk
    return {
        "changed": PolicyVersion.objects.changed_agreements(mine),
        "coming": PolicyVersion.objects.coming_agreements(mine),
    }
