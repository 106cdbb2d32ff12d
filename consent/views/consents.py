"""One question: shown, on a page of its own or not, answered, and what comes after a refusal."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.gate import merchant_only
from consent import pages
from consent.actions import consents
from consent.forms import AnswerForm, ShownForm
from consent.gate import open_to_all
from consent.models import Asking, Served
from consent.notices import Notice


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """One separate consent: the notice and two equal buttons, or the answer to it."""
    is_answer = request.method == "POST"
    try:
        notice = consents.words_of(code) if is_answer else consents.notice_for(code)
    except consents.NotOpen as closed:
        return pages.closed_page(request, closed.notice)
    except consents.UnknownNotice as unknown:
        if is_answer:
            raise BadRequest(code) from unknown
        raise Http404(code) from unknown
    if not is_answer:
        wanted = request.GET.get("next")
        back = pages.safe_next(request, wanted) if wanted else reverse("consent:mine")
        return pages.ask_page(request, notice, back, Asking.PAGE)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest("incomplete answer")
    return _take(request, notice, form.cleaned_data)


@open_to_all
@require_POST
@merchant_only
def shown(request: HttpRequest, code: str) -> HttpResponse:
    """Keep that the words of one question came up where no page of its own was opened for it.

    Answers nothing. Whoever looked and left was told all the same, and this is the proof of it.
    """
    try:
        notice = consents.words_of(code)
    except consents.UnknownNotice as unknown:
        raise BadRequest(code) from unknown
    form = ShownForm(request.POST)
    if not form.is_valid() or form.cleaned_data["sha256"] != notice.sha256:
        raise BadRequest("another text")
    pages.served(request, consents.question(notice), form.cleaned_data["asking"])
    return HttpResponse(status=204)


def _take(request: HttpRequest, notice: Notice, answer: Mapping[str, str]) -> HttpResponse:
    code = notice.code
    is_agreed = answer["answer"] == "agree"
    if answer["sha256"] == notice.sha256:
        # Dialogs and the list hold many questions: the one answered is the one that was shown.
        pages.served(request, consents.question(notice), answer["asking"])
    act = consents.give if is_agreed else consents.refuse
    try:
        act(
            person=pages.person(request),
            code=code,
            sha256=answer["sha256"],
            asking=answer["asking"],
            address=client_address(request),
        )
    except consents.WrongNotice:
        return _asked_anew(request, code, answer["sha256"])
    except consents.NotOpen as closed:
        return pages.closed_page(request, closed.notice)
    if pages.wants_json(request):
        return JsonResponse({"agreed": is_agreed})
    if not is_agreed:
        return redirect(_after_refusing(request, code, answer["asking"]))
    messages.success(request, f"已同意“{consents.label(code)}”，马上生效。随时可以撤回。")
    return redirect(pages.safe_next(request, request.POST.get("next")))


def _asked_anew(request: HttpRequest, code: str, sha256: str) -> HttpResponse:
    """The words changed while they were read: ask anew. What nobody was shown is refused."""
    was_shown = Served.objects.filter(person=pages.person(request).pk, code=code, sha256=sha256)
    if pages.wants_json(request) or not was_shown.exists():
        raise BadRequest("another text")
    messages.warning(request, "说明刚刚有变化，您的回答没有记录。请看过新的说明再回答。")
    back = urlencode({"next": pages.safe_next(request, request.POST.get("next"))})
    return redirect(f"{reverse('consent:ask', args=[code])}?{back}")


def _after_refusing(request: HttpRequest, code: str, asking: str) -> str:
    """On to the page of the other way; from there back, unless what asked would ask again."""
    page = reverse("consent:refused", args=[code])
    if asking == Asking.GATE:
        return page
    return f"{page}?{urlencode({'next': pages.safe_next(request, request.POST.get('next'))})}"


@require_GET
@merchant_only
def refused(request: HttpRequest, code: str) -> HttpResponse:
    """After 不同意: the other way, and what goes on working."""
    try:
        notice = consents.words_of(code)
    except consents.UnknownNotice as unknown:
        raise Http404(code) from unknown
    other_way, words = settings.OTHER_WAYS.get(code, ("", ""))
    onwards = pages.safe_next(request, request.GET.get("next"))
    context = {"notice": notice, "onwards": onwards, "other_way": other_way, "words": words}
    return render(request, "consent/refused.html", context)
