"""来电核验: who is on the line is proven first; then their account is shown, for ten minutes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from accounts.actions import callers, codes, contacts
from accounts.clocks import Clock, deadline
from accounts.gate import staff_only
from accounts.models import BeingErased, CallerCheck, Complaint, Erasure, Person, SupportContact
from accounts.personal import holders
from accounts.support_forms import CallerForm, ContactForm, SpokenCodeForm
from accounts.views.dates import day, minute
from accounts.views.signed_in import SignedIn
from accounts.views.uploads import sent

# Those who talk with merchants anyway.
SUPPORT = ("reviewer", "officer")
ASKED = "caller_asked"
NOT_PROVEN = "号码和核验码对不上，或者核验码已经过期。请对方刷新页面再念一次，或者改发短信。"
NO_ACCOUNT = (
    "对方确实拿着这个号码，但它没有账号。请问是不是用别的号码注册的；"
    "没有账号也可以到“投诉与举报”页面提。"
)
TOO_LATE = "核验已经超过一小时，不能再用它记录。您写的还在下面：请重新核验，再粘贴过去。"
RECORDED_TOO = "这次谈话已经有记录了。要补充的，写在记录下面。"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*SUPPORT)
def start(request: SignedIn) -> HttpResponse:
    """The whole number and what the caller was told; then a code, or the one on their page."""
    form = CallerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        desk = _desk(request, timezone.now())
        phone, code = form.cleaned_data["phone"], form.cleaned_data["code"]
        try:
            if code:
                check = callers.prove_by_page(phone=phone, code=code, desk=desk)
                return redirect("accounts:caller", pk=check.pk)
            challenge = callers.ask(phone=phone, desk=desk)
        except callers.NotProven:
            form.add_error("code", NOT_PROVEN)
        except codes.NotSent as failure:
            form.add_error("phone", str(failure))
        else:
            told_at = desk.told_at.isoformat()
            request.session[ASKED] = {"challenge": str(challenge.pk), "told_at": told_at}
            return redirect("accounts:caller_code")
    context = {"form": form, "recent": _recent(request.user)}
    status = 422 if form.errors else 200
    return render(request, "accounts/caller_start.html", context, status=status)


def _desk(request: SignedIn, told_at: datetime) -> callers.Desk:
    return callers.Desk(by=request.user, session=session_of(request), told_at=told_at)


def session_of(request: SignedIn) -> str:
    """What codes and checks of this session are bound to."""
    return str(request.session.session_key)


def _recent(by: Person) -> list[SupportContact]:
    return list(SupportContact.objects.filter(by=by).order_by("-at")[:10])


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*SUPPORT)
def code(request: SignedIn) -> HttpResponse:
    """The phrase to say first, and the code the caller reads out."""
    asked = request.session.get(ASKED)
    if asked is None:
        return redirect("accounts:caller_start")
    form = SpokenCodeForm(request.POST if request.method == "POST" else None)
    challenge_id = UUID(asked["challenge"])
    if request.method == "POST" and form.is_valid():
        told_at = parse_datetime(asked["told_at"]) or timezone.now()
        try:
            check = callers.prove(
                challenge_id=challenge_id,
                code=form.cleaned_data["code"],
                desk=_desk(request, told_at),
            )
        except codes.CodeRefused as refused:
            form.add_error("code", str(refused))
        except callers.NoAccount:
            del request.session[ASKED]
            messages.warning(request, NO_ACCOUNT)
            return redirect("accounts:caller_start")
        else:
            del request.session[ASKED]
            return redirect("accounts:caller", pk=check.pk)
    context = {"form": form, "phrase": codes.phrase(challenge_id)}
    status = 422 if form.errors else 200
    return render(request, "accounts/caller_code.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*SUPPORT)
def caller(request: SignedIn, pk: UUID) -> HttpResponse:
    """The account while the check is live, and the record of what was said."""
    check = _found(request, pk)
    is_post = request.method == "POST"
    form = ContactForm(**sent(request))
    if is_post and form.is_valid():
        try:
            contact = contacts.record(
                check=check, said=form.said(), by=request.user, session=session_of(request)
            )
        except contacts.CheckOver:
            form.add_error(None, TOO_LATE)
        except contacts.AlreadyRecorded:
            messages.warning(request, RECORDED_TOO)
            return _to_record(check)
        except BeingErased:
            form.add_error(None, "这个账号正在删除，不能再写入任何内容。")
        else:
            messages.success(request, "已记录。对方在“我的-客服”能看到。")
            return redirect("accounts:contact", pk=contact.pk)
    elif not is_post and SupportContact.objects.filter(check_id=check.pk).exists():
        return _to_record(check)
    status = 422 if form.errors else 200
    return render(request, "accounts/caller.html", _context(check) | {"form": form}, status=status)


def _to_record(check: CallerCheck) -> HttpResponse:
    return redirect("accounts:contact", pk=SupportContact.objects.get(check_id=check.pk).pk)


def _found(request: SignedIn, pk: UUID) -> CallerCheck:
    """A check of this session; those of others do not exist."""
    mine = CallerCheck.objects.of(request.user, callers.bound_hash(session_of(request)))
    found = mine.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _context(check: CallerCheck) -> dict[str, Any]:
    now = timezone.now()
    if not check.is_live(now):
        return {"check": check, "is_live": False}
    person = Person.objects.filter(pk=check.person).first()
    if person is None:
        raise Http404
    return {
        "check": check,
        "is_live": True,
        "phrase": codes.phrase(check.challenge),
        "rows": _standing(person),
        "held": _held(person),
        "complaints": Complaint.objects.of(person.pk)[:10],
        "contacts": SupportContact.objects.of(person.pk)[:10],
        "access_due": day(deadline(Clock.ACCESS, now).at),
    }


def _standing(person: Person) -> list[dict[str, str]]:
    rows = [
        {"label": "登录手机号", "value": str(person.phone)},
        {"label": "注册时间", "value": minute(person.joined_at)},
        {"label": "账号", "value": person.get_state_display()},
    ]
    leaving = Erasure.objects.live().of_person(person.pk).first()
    if leaving:
        words = f"{leaving.get_state_display()}，最迟 {day(leaving.due_at)} 完成"
        rows.append({"label": "注销", "value": words})
    return rows


def _held(person: Person) -> list[dict[str, str]]:
    """What we hold, by kind and number, never a value."""
    counted = [
        (one.label, sum(line.count for line in one.inventory(person.pk)))
        for one in holders.upward()
    ]
    return [{"label": label, "value": f"{count} 项"} for label, count in counted if count]
