"""Policies: read by everybody, answered by merchants."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.addresses import client_address
from accounts.gate import merchant_only
from consent import pages, policydiff, policytext
from consent.actions import policies
from consent.forms import PolicyAnswerForm
from consent.gate import open_to_all
from consent.models import Asking, ConsentEvent, PolicyVersion
from consent.popups import remember

Kind = PolicyVersion.Kind


@open_to_all
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every policy and agreement, with the version in force."""
    versions = sorted(PolicyVersion.objects.all_in_force(), key=lambda v: Kind.values.index(v.kind))
    return render(request, "consent/policies.html", {"versions": versions})


@open_to_all
@require_GET
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force, whole; before the first takes effect, the one to come."""
    _known(kind)
    version = PolicyVersion.objects.in_force(kind) or PolicyVersion.objects.upcoming(kind)
    if version is None:
        raise Http404(kind)
    return _text(request, version)


@open_to_all
@require_GET
def version(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One version, in force or not."""
    return _text(request, _published(kind, number))


@open_to_all
@require_GET
def versions(request: HttpRequest, kind: str) -> HttpResponse:
    """Every version ever published, the newest first."""
    _known(kind)
    found = PolicyVersion.objects.published(kind).defer("body")
    context = {
        "kind": Kind(kind),
        "versions": found,
        "current": PolicyVersion.objects.in_force(kind),
    }
    return render(request, "consent/policy_versions.html", context)


@open_to_all
@require_GET
def changes(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """What this version changed, word by word."""
    found = _published(kind, number)
    before = PolicyVersion.objects.before(found)
    if before is None:
        raise Http404(number)
    context = {
        "version": found,
        "before": before,
        "changes": policydiff.changes(before.body, found.body),
    }
    return render(request, "consent/policy_changes.html", context)


@open_to_all
@require_GET
def download(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The very bytes the version's fingerprint is of, as a Markdown file."""
    found = _published(kind, number)
    name = f"51che-{found.kind.replace('_', '-')}-{found.number}.md"
    response = HttpResponse(
        policytext.canonical(found.body), content_type="text/markdown; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def answer(request: HttpRequest) -> HttpResponse:
    """Ask for, or take, the answer to the privacy policy in force."""
    back = pages.safe_next(request, request.POST.get("next") or request.GET.get("next"))
    if request.method != "POST":
        return pages.gate_page(request, _current_privacy(), back, Asking.PAGE)
    form = PolicyAnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest("incomplete answer")
    asked = form.cleaned_data
    is_agreed = asked["answer"] == "agree"
    act = policies.agree if is_agreed else policies.refuse
    try:
        act(
            person=pages.person(request),
            version=asked["version"],
            sha256=asked["sha256"],
            way=ConsentEvent.Way.BUTTON,
            asking=asked["asking"],
            address=client_address(request),
        )
    except policies.WrongVersion as wrong:
        return _asked_again(request, wrong.current, asked["sha256"], back)
    return redirect(back if is_agreed else "consent:policy_refused")


@open_to_all
@require_GET
def refused(request: HttpRequest) -> HttpResponse:
    """What still works for somebody who said no."""
    context = {"version": _current_privacy()}
    return render(request, "consent/policy_refused.html", context)


@open_to_all
@csrf_exempt
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Close a pop-up for good. Agrees to nothing and stores nothing here: one cookie, over there.

    Free of the CSRF check because that would set a cookie on people who have chosen nothing yet,
    and a forged close hides a notice that stays in the footer of every page.
    """
    back = pages.safe_next(request, request.POST.get("next"))
    response = redirect(back if request.POST.get("next") else "/")
    remember(response, request.POST.get("popup", ""), request)
    return response


def _asked_again(
    request: HttpRequest, current: PolicyVersion | None, sha256: str, back: str
) -> HttpResponse:
    """Another version came into force while they read: ask anew. A made-up hash is refused."""
    if current is None or not PolicyVersion.objects.published().filter(sha256=sha256).exists():
        raise BadRequest("no such version")
    messages.warning(request, "政策刚刚更新了，您的回答没有记录。请看过新版本再回答。")
    return redirect(f"{request.path}?{urlencode({'next': back})}")


def _current_privacy() -> PolicyVersion:
    try:
        return policies.in_force(Kind.PRIVACY)
    except PolicyVersion.DoesNotExist as missing:
        raise Http404(Kind.PRIVACY) from missing


def _known(kind: str) -> None:
    if kind not in Kind.values:
        raise Http404(kind)


def _published(kind: str, number: str) -> PolicyVersion:
    _known(kind)
    found = PolicyVersion.objects.published(kind).filter(number=number).first()
    if found is None:
        raise Http404(number)
    return found


def _text(request: HttpRequest, shown: PolicyVersion) -> HttpResponse:
    heading, _h1, rest = policytext.render(shown.body).partition("</h1>")
    current = PolicyVersion.objects.in_force(shown.kind)
    if current is None or shown.effective_at >= current.effective_at:
        pages.served(request, policies.question(shown), Asking.PAGE)
    context = {
        "version": shown,
        "current": current,
        "stage": _stage(shown, current),
        "upcoming": PolicyVersion.objects.upcoming(shown.kind),
        "before": PolicyVersion.objects.before(shown),
        "html": rest or heading,
        "contents": [h for h in policytext.contents(shown.body) if h.level in (2, 3)],
    }
    return render(request, "consent/policy.html", context)


def _stage(shown: PolicyVersion, current: PolicyVersion | None) -> str:
    if current is None or shown.effective_at > current.effective_at:
        return "upcoming"
    return "current" if shown == current else "past"
