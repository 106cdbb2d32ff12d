"""One screen of the application at a time. What was typed right is kept, whatever was wrong."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.addresses import client_address
from accounts.gate import merchant_only
from accounts.views.signed_in import SignedIn
from consent import gate, question
from consent.actions import consents
from consent.actions.declarations import OthersNotTold
from onboarding import permissions, steps
from onboarding.actions import application as applications
from onboarding.actions import papers, real_names
from onboarding.forms import STEP_FORMS
from onboarding.models import Application, Paper, PaperKind, Remark
from onboarding.paper_forms import PaperForm
from onboarding.permissions import NotAllowed
from onboarding.pictures import MAX_BYTES, WARNINGS, PictureRefused
from onboarding.steps import Step
from onboarding.uploads import is_too_big
from onboarding.views.turned_away import turned_away

TOO_BIG = f"照片不能超过{MAX_BYTES // 1024 // 1024}MB，请用手机直接拍照上传，或压缩后再上传。"
# Ways of choosing a photo that need a permission; the plain choice of a file needs none.
WAYS = (("camera", "拍照", "environment"), ("album", "从相册选", ""))
ID_NUMBERS = frozenset({"id_number", "legal_id_number"})
TIPS = {
    PaperKind.LICENCE: ["四个角都拍全", "文字和红章清晰", "没有反光和遮挡"],
    PaperKind.ID_FRONT: ["四个角都拍全", "号码清晰", "没有反光和遮挡"],
    PaperKind.ID_BACK: ["四个角都拍全", "有效期限清晰", "没有反光和遮挡"],
}


@merchant_only
def step(request: SignedIn, code: str) -> HttpResponse:
    """One screen. Where it needs a separate consent, nothing is taken before that was given."""
    application = Application.objects.of_person(request.user)
    if application is None:
        return redirect("onboarding:role")
    found = steps.named(application.role, code)
    if found is None:
        raise Http404
    view = _photograph if found.paper else _ask
    if found.consent:
        view = gate.needs(found.consent)(view)
    try:
        permissions.check_can_edit(request.user, application)
        return view(request, application, found)
    except NotAllowed as refused:
        return turned_away(request, refused)


def _ask(request: SignedIn, application: Application, step: Step) -> HttpResponse:
    form = STEP_FORMS[step.code](
        request.POST if request.method == "POST" else None,
        application=application,
        step=step,
        today=timezone.localdate(),
    )
    if request.method == "POST":
        is_valid = form.is_valid()
        try:
            applications.save_step(
                application=application,
                step=step,
                values=form.accepted(),
                by=request.user,
                told=form.told(),
                address=client_address(request),
            )
        except OthersNotTold:
            form.refuse_untold()
        if is_valid and not form.errors:
            return redirect(_onwards(request, application, step))
    asked = step.question or _verifier_question(application, step)
    context = _around(request, application, step) | {
        "form": form,
        "question": question.beside(request, asked) if asked else None,
    }
    return render(request, "onboarding/step.html", context, status=422 if form.errors else 200)


def _verifier_question(application: Application, step: Step) -> str:
    """Beside the screen with the ID number: whether a verifier may be asked about it."""
    return real_names.question() if ID_NUMBERS & set(step.asks(application.role)) else ""


def _photograph(request: SignedIn, application: Application, step: Step) -> HttpResponse:
    form = PaperForm(label=step.title)
    status = 200
    if request.method == "POST":
        way = next((code for code, _label, _capture in WAYS if code in request.FILES), "")
        asked = gate.missing(request, way) if way else None
        if asked:
            return asked
        form = PaperForm.of(request.POST, request.FILES.get(way or "photo"), label=step.title)
        status = _take(request, application, step, form)
        if _wants_json(request):
            return _as_json(request, form, status)
        if status == 200:
            return redirect(request.get_full_path())
    current = Paper.objects.filter(application=application, kind=step.paper).first()
    context = _around(request, application, step) | {
        "form": form,
        "current": current,
        "tips": TIPS[PaperKind(step.paper)],
        "ways": _ways(request),
        "onwards": _onwards(request, application, step),
    }
    return render(request, "onboarding/photograph.html", context, status=status)


def _ways(request: SignedIn) -> list[dict[str, Any]]:
    live = consents.live(request.user.pk, [code for code, _label, _capture in WAYS])
    return [
        {
            "code": code,
            "label": label,
            "capture": capture,
            "is_live": code in live,
            "notice": consents.words_of(code),
            "ask": question.address(request, code),
        }
        for code, label, capture in WAYS
    ]


def _take(request: SignedIn, application: Application, step: Step, form: PaperForm) -> int:
    """Store the photo; the status to answer with, and the reason on the form when refused."""
    if is_too_big(request):
        form.errors.clear()
        form.add_error("photo", TOO_BIG)
        return 413
    if not form.is_valid():
        return 422
    try:
        attached = papers.attach(
            application=application,
            kind=step.paper,
            raw=form.cleaned_data["photo"].read(),
            by=request.user,
        )
    except PictureRefused as refused:
        form.add_error("photo", refused.message_zh)
        return 422
    for warning in attached.warnings:
        messages.warning(request, WARNINGS[warning])
    if not attached.warnings:
        messages.success(request, f"{step.title}已保存。请点开看一看，文字都能看清就可以继续。")
    return 200


def _wants_json(request: SignedIn) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _as_json(request: SignedIn, form: PaperForm, status: int) -> JsonResponse:
    if status == 200:
        return JsonResponse({"location": request.get_full_path()})
    return JsonResponse({"error": "".join(map(str, form.errors["photo"]))}, status=status)


def _around(request: SignedIn, application: Application, step: Step) -> dict[str, Any]:
    """What every screen shows around its question."""
    screens = steps.of_role(application.role)
    position = screens.index(step) + 1
    asked = step.asks(application.role)
    before = screens[position - 2].code if position > 1 else ""
    is_detour = _came_from_check(request)
    return {
        "application": application,
        "step": step,
        "position": position,
        "total": len(screens),
        "is_detour": is_detour,
        "back": reverse("onboarding:check")
        if is_detour
        else reverse("onboarding:step", args=[before])
        if before
        else reverse("onboarding:apply"),
        "remarks": list(Remark.objects.open_on(application).filter(field__in=asked)),
    }


def _came_from_check(request: SignedIn) -> bool:
    return request.GET.get("from") == "check"


def _onwards(request: SignedIn, application: Application, step: Step) -> str:
    """Back to the check page when a 修改 link led here, else to the next screen."""
    follows = None if _came_from_check(request) else steps.after(application.role, step.code)
    while follows and not _comes_by_itself(request, application, follows):
        follows = steps.after(application.role, follows.code)
    if follows is None:
        return reverse("onboarding:check")
    return reverse("onboarding:step", args=[follows.code])


def _comes_by_itself(request: SignedIn, application: Application, step: Step) -> bool:
    """Whether going on leads to this screen: not to one whose consent was refused a moment ago."""
    if steps.is_done_in_person(step, application):
        return False
    person, code = request.user.pk, step.consent
    return not code or consents.is_live(person, code) or consents.may_ask(person, code)
