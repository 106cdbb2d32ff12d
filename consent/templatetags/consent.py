"""{% policy_popup %}: what a visitor has not been told yet; for the home and sign-in pages."""

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from consent import pages
from consent.actions import policies
from consent.models import Asking
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
