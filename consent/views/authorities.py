"""The officers' pages of what authorities demand: enter, look at, judge, hand over."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.gate import staff_only
from accounts.models import BeingErased, Person
from accounts.personal import KeyGone
from consent import packing, pages
from consent.actions import authorities, handing_over, subjects
from consent.authority_forms import DemandForm, GrantForm, RefuseForm, SecrecyForm
from consent.models import AuthorityRequest
from consent.states import AUTHORITY_REQUEST_WAITS_FOR_REVIEW, AuthorityRequestState
from consent.views import authority_story

MAY_LOOK = ("officer", "auditor")
PER_PAGE = 50
PASSPHRASE_LASTS = timedelta(minutes=15)
SALT = "consent.handing-over"
LEAVING = "当事人正在注销账号：信息正在删除，不能再审查和移交。"
KINDS = {
    AuthorityRequestState.REGISTERED: "info",
    AuthorityRequestState.SECONDED: "info",
    AuthorityRequestState.GRANTED: "warn",
    AuthorityRequestState.HANDED: "success",
}
CONFLICTS = {
    authorities.NotWaiting: "这份请求已经有人处理过了，您的操作没有生效。",
    authorities.ReviewedBefore: "您已经审查过这份请求，第二次要由另一个人审查。",
    authorities.TooMuch: "第一位审查人已经减少了范围，请只在剩下的项目里选。",
    BeingErased: LEAVING,
}
EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@require_GET
@staff_only(*MAY_LOOK)
def requests(request: HttpRequest) -> HttpResponse:
    """What is not over, the nearest deadline first; everything on request."""
    show_all = request.GET.get("show") == "all"
    rows = AuthorityRequest.objects.order_by("-registered_at")
    rows = rows if show_all else AuthorityRequest.objects.open()
    page = Paginator(rows.select_related("authority"), PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page,
        "show_all": show_all,
        "rows": [{"found": row, **_standing(row)} for row in page],
        "silent": AuthorityRequest.objects.secret_and_due(today).select_related("authority"),
        "may_register": pages.person(request).is_in("officer"),
    }
    return render(request, "consent/authority_requests.html", context)


def _standing(row: AuthorityRequest) -> dict[str, Any]:
    is_late = row.state in _OPEN and row.due_date < timezone.localdate()
    return {"kind": KINDS.get(AuthorityRequestState(row.state), ""), "is_late": is_late}


_OPEN = AUTHORITY_REQUEST_WAITS_FOR_REVIEW | {AuthorityRequestState.GRANTED}


@require_http_methods(["GET", "POST"])
@staff_only("officer")
def register(request: HttpRequest) -> HttpResponse:
    """Enter one demand with its document."""
    if request.method != "POST":
        return render(request, "consent/authority_register.html", {"form": DemandForm()})
    files, posted = request.FILES, request.POST
    is_too_big = bool(getattr(request, "upload_is_too_big", False))
    form = DemandForm(posted, files, is_too_big=is_too_big)
    made = _register(form, pages.person(request)) if form.is_valid() else None
    if made is not None:
        messages.success(request, "已登记。要两个人先后审查同意，才能移交。")
        return redirect("consent:authority_request", made.pk)
    status = 413 if is_too_big else 422
    return render(request, "consent/authority_register.html", {"form": form}, status=status)


def _register(form: DemandForm, by: Person) -> AuthorityRequest | None:
    """The new request, or None with the reason on the form."""
    scan = form.cleaned_data["document"]
    try:
        return authorities.register(person_id=form.person, demand=form.demand(), scan=scan, by=by)
    except authorities.AlreadyRegistered:
        form.add_error("number", "这份文书已经登记过，请在列表里查看。")
    except BeingErased:
        form.add_error("value", LEAVING)
    return None


@require_GET
@staff_only(*MAY_LOOK)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One demand, and whatever is next with it."""
    return _shown(request, _found(pk))


@require_GET
@staff_only("officer")
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The scanned document, to be saved; each opening is ledgered."""
    found = _found(pk)
    if not hasattr(found, "document"):
        return _shown(request, found, status=410, conflict="文书已随当事人注销而删除或封存。")
    try:
        raw, kind = authorities.read_document(request=found, by=pages.person(request))
    except KeyGone:
        return _shown(request, found, status=410, conflict="文书的密钥已销毁，不能再打开。")
    name = f"{found.document.sha256[:12]}.{EXTENSIONS[kind]}"
    return HttpResponse(raw, content_type=kind, headers=_saved_as(name))


@require_POST
@staff_only("officer")
def grant(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Judge that something may be handed over."""
    found = _found(pk)
    form = GrantForm(request.POST, codes=found.granted_items)
    if not form.is_valid():
        return _shown(request, found, status=422, grant_form=form)
    cleaned = form.cleaned_data
    return _act(
        request,
        found,
        partial(authorities.grant, items=cleaned["items"], note=cleaned["note"]),
        "已记录您的审查意见。",
    )


@require_POST
@staff_only("officer")
def refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Judge that nothing may be handed over."""
    found = _found(pk)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, status=422, refuse_form=form)
    act = partial(authorities.refuse, **form.cleaned_data)
    return _act(request, found, act, "已拒绝。请书面答复对方，写明理由。")


@require_POST
@staff_only("officer")
def secrecy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The silence was looked at: it lasts until another day, or ends."""
    found = _found(pk)
    form = SecrecyForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, status=422, secrecy_form=form)
    day = form.cleaned_data["review_date"]
    if day is None:
        return _act(request, found, authorities.end_secrecy, "不再保密，商家现在能看到这次提供。")
    act = partial(authorities.keep_secret_until, review_date=day)
    return _act(request, found, act, "已记录复查，继续保密。")


def _act(request: HttpRequest, found: AuthorityRequest, act: Any, done: str) -> HttpResponse:
    """Do it and come back; 409 and the reason when somebody was faster or it may not be."""
    try:
        act(request=found, by=pages.person(request))
    except tuple(CONFLICTS) as conflict:
        return _shown(request, _found(found.pk), status=409, conflict=CONFLICTS[type(conflict)])
    messages.success(request, done)
    return redirect("consent:authority_request", found.pk)


@require_http_methods(["GET", "POST"])
@staff_only("officer")
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a new passphrase, once; POST gives the file under exactly that passphrase.

    The passphrase is kept nowhere: the page itself carries it, signed for this officer and request.
    """
    found = _found(pk)
    by = pages.person(request)
    signer = signing.TimestampSigner(salt=f"{SALT}:{found.pk}:{by.pk}")
    if found.state != AuthorityRequestState.GRANTED:
        return redirect("consent:authority_request", pk)
    if request.method != "POST":
        return _passphrase_page(request, found, signer)
    try:
        passphrase = signer.unsign(request.POST.get("passphrase", ""), max_age=PASSPHRASE_LASTS)
    except signing.BadSignature:
        messages.warning(request, "口令过期了，这是新的口令。")
        return _passphrase_page(request, found, signer, status=409)
    try:
        package = handing_over.hand_over(request=found, passphrase=passphrase, by=by)
    except (authorities.NotWaiting, BeingErased) as conflict:
        return _shown(request, _found(pk), status=409, conflict=CONFLICTS[type(conflict)])
    except handing_over.NothingHeld:
        return _shown(request, found, status=409, conflict="这几项我们都没有，请书面答复“未持有”。")
    name = f"{found.pk}.zip"
    return HttpResponse(package.raw, content_type="application/zip", headers=_saved_as(name))


def _passphrase_page(
    request: HttpRequest,
    found: AuthorityRequest,
    signer: signing.TimestampSigner,
    status: int = 200,
) -> HttpResponse:
    passphrase = packing.new_passphrase()
    context = {
        "found": found,
        "passphrase": passphrase,
        "signed": signer.sign(passphrase),
        "items": subjects.labels(found.granted_items),
    }
    return render(request, "consent/authority_hand_over.html", context, status=status)


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _found(pk: UUID) -> AuthorityRequest:
    rows = AuthorityRequest.objects.select_related("authority", "registered_by", "handed_by")
    found: AuthorityRequest = get_object_or_404(rows, pk=pk)
    return found


def _shown(
    request: HttpRequest, found: AuthorityRequest, status: int = 200, **extra: Any
) -> HttpResponse:
    by = pages.person(request)
    reviews = list(found.reviews.select_related("by").order_by("at"))
    may_judge = by.is_in("officer") and found.state in AUTHORITY_REQUEST_WAITS_FOR_REVIEW
    context = {
        "found": found,
        **_standing(found),
        "rows": authority_story.rows(found, is_officer=by.is_in("officer")),
        "events": authority_story.events(found, reviews),
        "has_document": hasattr(found, "document"),
        "is_officer": by.is_in("officer"),
        "reviewed": any(review.by_id == by.pk for review in reviews),
        "may_judge": may_judge,
        "may_hand_over": by.is_in("officer") and found.state == AuthorityRequestState.GRANTED,
        "grant_form": GrantForm(codes=found.granted_items),
        "refuse_form": RefuseForm(),
        "secrecy_form": SecrecyForm(),
    }
    return render(request, "consent/authority_request.html", context | extra, status=status)
