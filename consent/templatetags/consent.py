"""Tags for pages of any floor: what everybody must be told, and the button beside a code."""

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from consent import pages
from consent.actions import consents
from consent.models import Asking, PolicyVersion, ServiceEnding, TransferNotice
from consent.notices import SMS_AUTOFILL
from consent.popups import popup_for

register = template.Library()


@register.simple_tag(takes_context=True)
def policy_popup(context: Context) -> SafeString:
    """What is to be told first, as a dialog, and the proof of it; nothing once all is closed."""
    request: HttpRequest = context["request"]
    popup = popup_for(request) if request.method == "GET" else None
    if popup is None:
        return SafeString()
    if popup.question:
        pages.served(request, popup.question, Asking.POPUP)
    told = {"popup": popup, "back": request.get_full_path()}
    return render_to_string("consent/_popup.html", told)


@register.inclusion_tag("consent/_announcements.html")
def announcements() -> dict[str, object]:
    """The transfers that are coming and the end of the service, standing on the page."""
    return {
        "transfers": TransferNotice.objects.coming(),
        "ending": ServiceEnding.objects.announced(),
    }


@register.simple_tag(takes_context=True)
def code_autofill(context: Context, field: BoundField) -> SafeString:
    """The button 自动填入 of a code's field, asked for first; of strangers nothing is recorded."""
    request: HttpRequest = context["request"]
    user = request.user
    is_known = user.is_authenticated and user.is_merchant
    told = {
        "field": field,
        "notice": SMS_AUTOFILL,
        "is_live": is_known and consents.is_live(pages.person(request).pk, SMS_AUTOFILL.code),
        "on_device": not is_known,
        "back": request.get_full_path(),
        "csrf_token": context["csrf_token"],
    }
    return render_to_string("consent/_autofill.html", told)


@register.inclusion_tag("consent/_agreements.html", takes_context=True)
def agreement_changes(context: Context) -> dict[str, object]:
    """Agreements the signed-in merchant concluded that changed, or will."""
    request: HttpRequest = context["request"]
    mine = pages.person(request).pk
    return {
        "changed": PolicyVersion.objects.changed_agreements(mine),
        "coming": PolicyVersion.objects.coming_agreements(mine),
    }
