"""The end of the service: the announcement for everybody, and the officers' page behind it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import staff_only
from accounts.models import Person
from consent import pages
from consent.actions import endings
from consent.gate import open_to_all
from consent.models import ServiceEnding
from consent.transfer_forms import AnnounceForm, EndingForm

TOO_SOON = "停止收集不能早于今天；删除要在停止收集以后，并且离今天至少 30 天，让商家来得及导出。"


@open_to_all
@require_safe
def announcement(request: HttpRequest) -> HttpResponse:
    """What was announced: when collecting stops, when everything is erased, what to do."""
    found = ServiceEnding.objects.announced()
    if found is None:
        raise Http404
    return render(request, "consent/ending.html", {"found": found})


@require_http_methods(["GET", "POST"])
@staff_only("officer")
def desk(request: HttpRequest) -> HttpResponse:
    """The end proposed or announced, if any, with what it would erase; else the form of one."""
    found = ServiceEnding.objects.live()
    form = EndingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _propose(request, form):
        messages.success(request, "已提出。要由另一位负责人看过预览再批准，现在什么都没有停。")
        return redirect("consent:ending_desk")
    status = 422 if form.errors else 200
    return _shown(request, found, form=form, status=status)


def _propose(request: HttpRequest, form: EndingForm) -> bool:
    try:
        endings.propose(by=pages.person(request), **form.cleaned_data)
    except endings.TooSoon:
        form.add_error("erase_date", TOO_SOON)
    except endings.OneAlready:
        form.add_error(None, "已经有一份停止运营的提议或公告。")
    return not form.errors


@require_POST
@staff_only("officer")
def announce(request: HttpRequest) -> HttpResponse:
    """A second officer, who typed how many accounts it will erase, tells everybody."""
    found = get_object_or_404(ServiceEnding, state="proposed")
    form = AnnounceForm(request.POST)
    if form.is_valid():
        try:
            endings.announce(
                ending=found, by=pages.person(request), merchants=form.cleaned_data["merchants"]
            )
        except endings.SamePerson:
            form.add_error(None, "提出的人不能批准，请另一位负责人批准。")
        except endings.TooSoon:
            form.add_error(None, TOO_SOON)
        except endings.OtherNumber as other:
            form.add_error("merchants", f"现在是 {other.preview.merchants} 个，请核对后重新输入。")
        except endings.NotWaiting:
            form.add_error(None, "已经有人处理过了。")
    if form.errors:
        return _shown(request, found, announce_form=form, status=422)
    messages.success(request, "已公告。到了日子自动停止收集、分批删除；在那以前随时可以撤销。")
    return redirect("consent:ending_desk")


@require_POST
@staff_only("officer")
def revoke(request: HttpRequest) -> HttpResponse:
    """Go on after all."""
    found = ServiceEnding.objects.live()
    if found is not None and _revoke(found, pages.person(request)):
        messages.success(request, "已撤销，一切照常。")
    else:
        messages.error(request, "没有可以撤销的提议或公告。")
    return redirect("consent:ending_desk")


def _revoke(found: ServiceEnding, by: Person) -> bool:
    try:
        endings.revoke(ending=found, by=by)
    except endings.NotWaiting:
        return False
    return True


def _shown(
    request: HttpRequest,
    found: ServiceEnding | None,
    *,
    form: EndingForm | None = None,
    announce_form: AnnounceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    seen = endings.preview()
    context = {
        "found": found,
        "form": form or EndingForm(),
        "announce_form": announce_form or AnnounceForm(),
        "may_announce": found and found.proposed_by_id != pages.person(request).pk,
        "preview": [
            {"label": "将被删除的账号", "value": f"{seen.merchants} 个"},
            {"label": "其中正在注销的", "value": f"{seen.leaving} 个"},
            {"label": "要通知删除的合作方", "value": f"{seen.partners} 家"},
        ],
    }
    return render(request, "consent/ending_desk.html", context, status=status)
