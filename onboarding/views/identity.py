"""The other way to be checked: the ID is looked at face to face, and no photo of it is kept."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.gate import merchant_only
from accounts.views.signed_in import SignedIn
from consent import notices
from onboarding import permissions
from onboarding.actions import application as applications
from onboarding.models import Application, IdentityCheck
from onboarding.paper_forms import IdentityCheckForm
from onboarding.permissions import NotAllowed


@merchant_only
def in_person(request: SignedIn) -> HttpResponse:
    """How a check in person goes; POST chooses it, or goes back to photos."""
    application = Application.objects.of_person(request.user)
    if application is None:
        return redirect("onboarding:role")
    form = IdentityCheckForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        can_edit = permissions.can_edit(request.user, application)
        context = {"application": application, "can_edit": can_edit, "place": notices.ADDRESS}
        status = 400 if form.is_bound else 200
        return render(request, "onboarding/in_person.html", context, status=status)
    return _choose(request, application, form.cleaned_data["way"])


def _choose(request: SignedIn, application: Application, way: str) -> HttpResponse:
    try:
        applications.choose_identity_check(application=application, way=way, by=request.user)
    except NotAllowed as refused:
        messages.info(request, refused.reason_zh)
        return redirect("onboarding:me")
    if way == IdentityCheck.PHOTOS:
        return redirect("onboarding:step", code="id-front")
    messages.success(request, "已改为当面核对证件，不用上传身份证照片。审核的顺序和快慢一样。")
    return redirect("onboarding:in_person")
