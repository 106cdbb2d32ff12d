"""联系记录 at the desk: read by who took it and by officers, added to, acted on while proven."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import codes, contacts
from accounts.gate import merchant_only, staff_only
from accounts.models import BeingErased, CallerCheck, ContactEvidence, Erasure, SupportContact
from accounts.personal import KeyGone
from accounts.support_forms import AdditionForm, SpokenCodeForm, TakeInForm
from accounts.views.callers import SUPPORT, session_of
from accounts.views.dates import day, minute
from accounts.views.signed_in import SignedIn

CLOSING = "contact_closing"
OVER = "核验已经超过 10 分钟。要替对方办理，请重新核验身份。"
EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*SUPPORT)
def contact(request: SignedIn, pk: UUID) -> HttpResponse:
    """One record; POST adds to it."""
    found = _found(request, pk)
    form = AdditionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.add(contact=found, words=form.cleaned_data["words"], by=request.user)
        except BeingErased:
            form.add_error(None, "这个账号正在删除，不能再写入任何内容。")
        else:
            messages.success(request, "已补充。")
            return redirect("accounts:contact", pk=pk)
    return _shown(request, found, form=form)


def _found(request: SignedIn, pk: UUID) -> SupportContact:
    """For who took it, for officers, and for who has its merchant on the line."""
    found = get_object_or_404(SupportContact, pk=pk)
    if found.by_id == request.user.pk or request.user.is_in("officer"):
        return found
    if _on_the_line(request, found.person) is None:
        raise Http404
    return found


def _on_the_line(request: SignedIn, person: UUID) -> CallerCheck | None:
    return contacts.on_the_line(person=person, by=request.user, session=session_of(request))


def _shown(request: SignedIn, found: SupportContact, **more: Any) -> HttpResponse:
    contacts.open_for(contact=found, by=request.user)
    check = _on_the_line(request, found.person)
    leaving = Erasure.objects.live().of_person(found.person).first()
    forms = {"form": AdditionForm(), "take_in_form": TakeInForm()} | more
    status = 422 if any(form.errors for form in forms.values()) else 200
    context = {
        "contact": found,
        "rows": facts(found),
        "told": told(found),
        "additions": additions(found),
        "evidence": ContactEvidence.objects.filter(contact=found).first(),
        "check": check,
        "leaving": leaving,
        "leaving_due": day(leaving.due_at) if leaving else "",
    }
    return render(request, "accounts/contact.html", context | forms, status=status)


def facts(found: SupportContact) -> list[dict[str, str]]:
    """What is known of a conversation without its words."""
    return [
        {"label": "方式", "value": found.get_channel_display()},
        {"label": "时间", "value": minute(found.at)},
        {"label": "先告诉了会记录", "value": minute(found.told_at)},
        {"label": "身份核验", "value": f"{minute(found.proven_at)}，{found.get_way_display()}"},
        {"label": "保存到", "value": day(found.kept_until)},
    ]


def told(found: SupportContact) -> list[tuple[str, str]]:
    """What was said, under its headings; nothing once the key is gone."""
    try:
        return [
            (label, value.clear)
            for label, value in (("谈话内容", found.words), ("处理结果", found.result))
            if value
        ]
    except KeyGone:
        return []


def additions(found: SupportContact) -> list[tuple[datetime, str]]:
    """What came later, the oldest first."""
    try:
        return [(one.at, one.words.clear) for one in found.additions.all() if one.words]
    except KeyGone:
        return []


@require_POST
@staff_only(*SUPPORT)
def take_in(request: SignedIn, pk: UUID) -> HttpResponse:
    """Register it as a complaint or a request, answered within fifteen days."""
    found = _found(request, pk)
    form = TakeInForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, take_in_form=form)
    try:
        taken = contacts.take_in(
            contact=found,
            topic=form.cleaned_data["topic"],
            by=request.user,
            session=session_of(request),
        )
    except contacts.CheckOver:
        messages.error(request, OVER)
    except contacts.AlreadyTakenIn:
        messages.warning(request, "已经登记过了。")
    except BeingErased:
        messages.error(request, "这个账号正在删除，不能再登记。")
    else:
        messages.success(request, f"已登记，最迟 {day(taken.due_at)} 答复，对方能看到进度。")
    return redirect("accounts:contact", pk=pk)


@require_POST
@staff_only(*SUPPORT)
def close(request: SignedIn, pk: UUID) -> HttpResponse:
    """Send the code that says the account will be closed."""
    found = _found(request, pk)
    try:
        challenge = contacts.ask_to_close(
            contact=found, by=request.user, session=session_of(request)
        )
    except contacts.CheckOver:
        messages.error(request, OVER)
    except codes.NotSent as failure:
        messages.error(request, str(failure))
    else:
        request.session[CLOSING] = {"contact": str(pk), "challenge": str(challenge.pk)}
        return redirect("accounts:contact_close_code", pk=pk)
    return redirect("accounts:contact", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*SUPPORT)
def close_code(request: SignedIn, pk: UUID) -> HttpResponse:
    """What closing means, said once more, and the code the caller reads out."""
    found = _found(request, pk)
    asked = request.session.get(CLOSING)
    if asked is None or asked["contact"] != str(pk):
        return redirect("accounts:contact", pk=pk)
    form = SpokenCodeForm(request.POST if request.method == "POST" else None)
    challenge_id = UUID(asked["challenge"])
    if request.method == "POST" and form.is_valid():
        try:
            erasure = contacts.close(
                contact=found,
                challenge_id=challenge_id,
                code=form.cleaned_data["code"],
                by=request.user,
                session=session_of(request),
            )
        except codes.CodeRefused as refused:
            form.add_error("code", str(refused))
        except contacts.CheckOver:
            messages.error(request, OVER)
            return redirect("accounts:contact", pk=pk)
        else:
            del request.session[CLOSING]
            messages.success(request, f"已申请注销，最迟 {day(erasure.due_at)} 完成。")
            return redirect("accounts:contact", pk=pk)
    context = {"form": form, "contact": found, "phrase": codes.phrase(challenge_id)}
    status = 422 if form.errors else 200
    return render(request, "accounts/contact_close.html", context, status=status)


@require_safe
@staff_only(*SUPPORT)
def evidence(request: SignedIn, pk: UUID) -> HttpResponse:
    """The document handed over with a record; opening it is noted."""
    found = _found(request, pk)
    return download(get_object_or_404(ContactEvidence, contact=found), request)


@require_safe
@merchant_only
def own_evidence(request: SignedIn, pk: UUID) -> HttpResponse:
    """The merchant's own document back."""
    found = get_object_or_404(ContactEvidence, contact=pk, person=request.user.pk)
    return download(found, request)


def download(found: ContactEvidence, request: SignedIn) -> HttpResponse:
    """The bytes, as a file to save."""
    try:
        raw = contacts.read_evidence(evidence=found, by=request.user)
    except KeyGone:
        return HttpResponse(status=410)
    name = f"{found.sha256[:12]}.{EXTENSIONS[found.media_type]}"
    answer = HttpResponse(raw, content_type=found.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
