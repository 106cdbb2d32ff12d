"""我的 - 我的资料: masked, whole for some minutes after a code, and the contact corrected here.

Identity and bank fields stay locked once handed in; the page says what to do about each.
"""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.gate import merchant_only
from accounts.models import Challenge
from accounts.views.signed_in import SignedIn
from accounts.views.step_up import StepUp
from consent.actions import sharing as disclosures
from consent.actions.declarations import OthersNotTold
from consent.gate import open_to_all
from consent.models import Partner
from onboarding import permissions, steps
from onboarding.actions import application as applications
from onboarding.actions import sharing
from onboarding.forms import ContactForm
from onboarding.models import Application
from onboarding.permissions import NotAllowed
from onboarding.summary import profile_groups
from onboarding.views.turned_away import turned_away

STEP_UP: Final = StepUp(Challenge.Purpose.STEP_UP, "profile", app="onboarding")


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def profile(request: SignedIn) -> HttpResponse:
    """What we hold of the account and the application; POST sends the code that shows it whole."""
    if "hide" in request.POST:
        STEP_UP.spend(request)
        return redirect("onboarding:profile")
    failure = STEP_UP.send(request) if request.method == "POST" else None
    if request.method == "POST" and failure is None:
        return redirect("onboarding:profile_code")
    application = Application.objects.of_person(request.user)
    is_whole = STEP_UP.is_proven(request)
    context: dict[str, Any] = {
        "failure": failure,
        "is_whole": is_whole,
        "phone": request.user.phone.clear if is_whole else request.user.phone,
        "application": application,
    }
    if application is not None:
        context |= {
            "groups": profile_groups(application, whole=is_whole),
            "can_edit": permissions.can_edit(request.user, application),
            "can_correct": permissions.can_correct(request.user, application),
            "outdated": sharing.outdated(application),
        }
    return render(request, "onboarding/profile.html", context, status=429 if failure else 200)


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def code(request: SignedIn) -> HttpResponse:
    """Prove that the phone is at hand before anything is shown whole."""
    return STEP_UP.code_page(request, "onboarding/profile_code.html", "onboarding:profile")


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def contact(request: SignedIn) -> HttpResponse:
    """Correct whom we call, also after the application was handed in or approved."""
    application = Application.objects.of_person(request.user)
    if application is None:
        raise Http404
    if not STEP_UP.is_proven(request):
        messages.warning(request, "请先验证是您本人，再修改联系人。")
        return redirect("onboarding:profile")
    step = _contact_step(application)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        application=application,
        step=step,
        today=timezone.localdate(),
    )
    try:
        permissions.check_can_correct(request.user, application)
        if request.method == "POST" and form.is_valid():
            is_new = applications.correct_contact(
                application=application,
                values=form.accepted(),
                by=request.user,
                told=form.told(),
                address=client_address(request),
            )
            messages.success(request, "联系人已更正。" if is_new else "和原来一样，没有改动。")
            return redirect("onboarding:profile")
    except OthersNotTold:
        form.refuse_untold()
    except NotAllowed as refused:
        return turned_away(request, refused)
    context = {"form": form, "application": application}
    status = 422 if form.errors else 200
    return render(request, "onboarding/profile_contact.html", context, status=status)


def _contact_step(application: Application) -> steps.Step:
    step = steps.named(application.role, steps.CONTACT)
    if step is None:
        raise Http404
    return step


@require_POST
@merchant_only
def renew(request: SignedIn, slug: str) -> HttpResponse:
    """Send the corrected contact to a partner that holds the old one, under the same consent."""
    partner = get_object_or_404(Partner.objects.active(), slug=slug)
    application = Application.objects.of_person(request.user)
    if application is None:
        raise Http404
    try:
        sharing.renew_contact(application=application, partner=partner, by=request.user)
    except NotAllowed as refused:
        return turned_away(request, refused)
    except disclosures.Refused:
        messages.error(request, "没有发送：授权已经撤回，或这家合作方暂停了合作。")
    else:
        messages.success(request, f"新的联系方式正在发给{partner.legal_name}，提供记录可以查看。")
    return redirect("onboarding:profile")
