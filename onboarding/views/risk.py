"""自动评估说明: which rules a program held an application against, what came out, who decides."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import merchant_only
from accounts.personal import KeyGone
from accounts.views.dates import day
from accounts.views.signed_in import SignedIn
from onboarding import explanation
from onboarding.actions import risk
from onboarding.models import Application, RiskLook
from onboarding.risk import RULESET
from onboarding.risk_forms import AskForm

NOT_YET = "您还没有提交申请。提交以后，程序才按下面的规则对照一次。"
NOT_ASSESSED = "影响评估还没有批准，或者已经到期。程序没有对照您的资料，由工作人员直接审核。"
UNDER_WAY = "您的申请已经提交，程序正在对照，稍后刷新就能看到结果。审核不用等它。"
TOO_LATE = "工作人员在程序对照之前就作出了决定，程序没有对照您的资料。"


@require_safe
@merchant_only
def explanation_page(request: SignedIn) -> HttpResponse:
    """The whole explanation; open before handing in too, for the rules are no secret."""
    return _page(request, AskForm())


@require_POST
@merchant_only
def ask(request: SignedIn) -> HttpResponse:
    """Have another person look: one tap, words only if one likes."""
    application = Application.objects.of_person(request.user)
    if application is None:
        raise Http404
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        made = risk.ask_a_person(
            application=application, by=request.user, words=form.cleaned_data["words"]
        )
    except risk.NothingToLookAt:
        messages.info(request, "这次提交已经请过人工复核，或者还没有提交，没有重复登记。")
    else:
        words = f"已登记。另一位工作人员最迟 {day(made.due_at)}答复您，有了答复发短信。"
        messages.success(request, words)
    return redirect("onboarding:risk")


def _page(request: SignedIn, form: AskForm) -> HttpResponse:
    application = Application.objects.of_person(request.user)
    look = RiskLook.objects.of_round(application) if application else None
    try:
        groups = explanation.groups(look, application.role if application else "")
    except KeyGone as gone:
        raise Http404 from gone
    context: dict[str, Any] = {
        "application": application,
        "look": look,
        "groups": groups,
        "withheld": explanation.WITHHELD,
        "why_withheld": explanation.WHY_WITHHELD,
        "standing": _standing(application, look),
        "ruleset": RULESET,
        "asked": look.request if look else None,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "onboarding/risk.html", context, status=status)


def _standing(application: Application | None, look: RiskLook | None) -> str:
    """Why there is no result, in words; "" when there is one."""
    if application is None or look is None:
        return NOT_YET
    if look.looked_at is not None:
        return ""
    if not application.waits_for_us:
        return TOO_LATE
    return UNDER_WAY if risk.is_open() else NOT_ASSESSED
