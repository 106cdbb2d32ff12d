"""The merchant's pages: where things stand, and the application around its screens."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.addresses import client_address
from accounts.gate import merchant_only
from accounts.models import Person
from accounts.transitions import MoveRefused
from accounts.views.signed_in import SignedIn
from consent.actions import consents, policies
from consent.models import Partner
from onboarding import permissions, steps, timeline
from onboarding.actions import application as applications
from onboarding.forms import RoleForm, SubmitForm
from onboarding.models import Application, Remark
from onboarding.permissions import NotAllowed
from onboarding.roles import REQUIREMENTS, Role
from onboarding.steps import Step
from onboarding.summary import STATE_KINDS, groups
from onboarding.views.turned_away import turned_away


@merchant_only
def me(request: SignedIn) -> HttpResponse:
    """Where the application stands, what is next, and the way to every right and setting."""
    application = Application.objects.of_person(request.user)
    context: dict[str, Any] = {"application": application}
    if application is not None:
        left = applications.missing(application) if application.waits_for_merchant else []
        context |= {
            "kind": STATE_KINDS[application.state],
            "events": timeline.events(application, [step.title for step in left]),
            "can_edit": permissions.can_edit(request.user, application),
            "can_withdraw": permissions.can_withdraw(request.user, application),
            "partners": _partners(request.user, application),
            "left": len(left),
        }
    return render(request, "onboarding/me.html", context)


def _partners(person: Person, application: Application) -> list[Partner]:
    can_share = permissions.can_share(person, application)
    return list(Partner.objects.active().given_contact()) if can_share else []


@merchant_only
def role(request: SignedIn) -> HttpResponse:
    """Choose a role; it may be changed until the application is handed in."""
    current = Application.objects.of_person(request.user)
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        initial={"role": current.role if current else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            applications.start(person=request.user, role=form.cleaned_data["role"])
        except NotAllowed as refused:
            return turned_away(request, refused)
        return redirect("onboarding:apply")
    choices = [{"code": code, "needs": REQUIREMENTS[code]} for code in Role.values]
    return render(
        request,
        "onboarding/role.html",
        {"form": form, "choices": choices, "current": current},
        status=422 if form.errors else 200,
    )


@merchant_only
def apply(request: SignedIn) -> HttpResponse:
    """The task list: everything to supply and how far it is; the place to resume from."""
    application = Application.objects.of_person(request.user)
    if application is None:
        return redirect("onboarding:role")
    if not permissions.can_edit(request.user, application):
        return redirect("onboarding:me")
    left = applications.missing(application)
    remarked = set(Remark.objects.open_on(application).values_list("field", flat=True))
    declined = consents.declined(application.person_id, steps.ON_PAPER)
    sections: dict[str, list[dict[str, str]]] = {}
    for step in steps.of_role(application.role):
        sections.setdefault(step.section, []).append(
            _task(application, step, left, remarked, declined)
        )
    total = len(steps.of_role(application.role))
    context = {
        "application": application,
        "sections": sections,
        "left": len(left),
        "done": total - len(left),
        "total": total,
        "progress": f"{total - len(left)} / {total} 项",
        "next": left[0] if left else None,
    }
    return render(request, "onboarding/apply.html", context)


def _task(
    application: Application,
    step: Step,
    left: list[Step],
    remarked: set[str],
    declined: frozenset[str],
) -> dict[str, str]:
    if remarked & set(step.asks(application.role)):
        status, kind = "需修改", "warn"
    elif steps.is_done_in_person(step, application):
        status, kind = "当面核对", "info"
    elif steps.is_given_on_paper(step, declined):
        status, kind = "签约时提供", "info"
    elif step in left:
        status, kind = "未完成", ""
    else:
        status, kind = "已完成", "success"
    href = reverse("onboarding:step", args=[step.code])
    if steps.is_done_in_person(step, application):
        href = reverse("onboarding:in_person")
    return {"title": step.title, "status": status, "kind": kind, "href": href}


@merchant_only
def check(request: SignedIn) -> HttpResponse:
    """Everything as it was filled in: to be checked before handing in, masked afterwards."""
    application = Application.objects.of_person(request.user)
    if application is None:
        return redirect("onboarding:role")
    is_open = permissions.can_edit(request.user, application)
    context = {
        "application": application,
        "groups": groups(
            application,
            list(application.papers.all()),
            whole=is_open,
            declined=consents.declined(application.person_id, steps.ON_PAPER),
        ),
        "is_open": is_open,
        "left": applications.missing(application) if is_open else [],
    }
    return render(request, "onboarding/check.html", context)


@merchant_only
def submit(request: SignedIn) -> HttpResponse:
    """State one's own will, agree to the agreement, hand in. A second press changes nothing."""
    application = Application.objects.of_person(request.user)
    if application is None:
        return redirect("onboarding:role")
    if not permissions.can_edit(request.user, application):
        return redirect("onboarding:me")
    if applications.missing(application):
        messages.warning(request, "还有内容没有完成，补齐以后就能提交。")
        return redirect("onboarding:apply")
    agreement = policies.in_force(REQUIREMENTS[application.role].agreement)
    form = SubmitForm(
        request.POST if request.method == "POST" else None,
        agreement=f"《{agreement.title}》（{agreement.number} 版）",
        initial={"sha256": agreement.sha256},
    )
    if request.method == "POST" and form.is_valid() and _hand_in(request, application, form):
        return redirect("onboarding:me")
    context = {"form": form, "application": application, "agreement": agreement}
    return render(request, "onboarding/submit.html", context, status=422 if form.errors else 200)


def _hand_in(request: SignedIn, application: Application, form: SubmitForm) -> bool:
    """Whether the merchant is done here; else the form says what to do."""
    try:
        applications.submit(
            application=application,
            agreement_sha256=form.cleaned_data["sha256"],
            by=request.user,
            address=client_address(request),
        )
    except policies.WrongVersion as changed:
        form.show_anew(changed.current.sha256 if changed.current else "")
        return False
    except (applications.Incomplete, NotAllowed, MoveRefused):
        # A press in another window was faster: its page says how things stand.
        return True
    messages.success(request, "申请已提交。审核一般 1 至 3 个工作日，结果会显示在这里。")
    return True


@merchant_only
def withdraw(request: SignedIn) -> HttpResponse:
    """Take the application back: what goes, said first; then it is gone."""
    application = Application.objects.of_person(request.user)
    if application is None or not permissions.can_withdraw(request.user, application):
        return redirect("onboarding:me")
    if request.method != "POST":
        return render(request, "onboarding/withdraw.html", {"application": application})
    try:
        applications.withdraw(application=application, by=request.user)
    except (NotAllowed, MoveRefused):
        messages.warning(request, "申请刚刚有了结果，没有撤回。请看最新进度。")
    else:
        messages.success(request, "申请已撤回，填写的内容已经删除，照片随即删除。")
    return redirect("onboarding:me")
