"""Policies to be read by everybody: every version, what changed, and copies to keep."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from consent import pages, policydiff, policypdf, policytext
from consent.actions import policies
from consent.forms import CompareForm
from consent.gate import open_to_all
from consent.models import Asking, PolicyVersion

Kind = PolicyVersion.Kind


@open_to_all
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every policy and agreement, with the version in force."""
    versions = sorted(PolicyVersion.objects.all_in_force(), key=lambda v: Kind.values.index(v.kind))
    return render(request, "consent/policies.html", {"versions": versions})


@open_to_all
@require_safe
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """The version in force, whole; before the first takes effect, the one to come."""
    _known(kind)
    version = PolicyVersion.objects.in_force(kind) or PolicyVersion.objects.upcoming(kind)
    if version is None:
        raise Http404(kind)
    return _text(request, version)


@open_to_all
@require_safe
def version(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One version, in force or not; of one withdrawn before effect, that it was."""
    _known(kind)
    withdrawn = PolicyVersion.objects.withdrawn(kind, number)
    if withdrawn:
        context = {"version": withdrawn, "withdrawal": withdrawn.withdrawal}
        return render(request, "consent/policy_withdrawn.html", context, status=HTTPStatus.GONE)
    return _text(request, _published(kind, number))


@open_to_all
@require_safe
def translation(request: HttpRequest, kind: str, number: str, language: str) -> HttpResponse:
    """The same version in another language, for reading only."""
    original = _published(kind, number)
    found = PolicyVersion.objects.translations(original).filter(language=language).first()
    if found is None:
        raise Http404(language)
    heading, _h1, rest = policytext.render(found.body).partition("</h1>")
    context = {
        "version": found,
        "original": original,
        "html": rest or heading,
        "contents": _contents(found),
    }
    return render(request, "consent/policy_translation.html", context)


@open_to_all
@require_safe
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
@require_safe
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
@require_safe
def compare(request: HttpRequest, kind: str) -> HttpResponse:
    """Any two versions side by side in words: the older one chosen first, whatever the order."""
    _known(kind)
    every = list(PolicyVersion.objects.published(kind).defer("body"))
    form = CompareForm(request.GET or None, versions=every)
    context: dict[str, object] = {"kind": Kind(kind), "form": form, "count": len(every)}
    if form.is_valid():
        after, before = sorted(
            (_published(kind, form.cleaned_data[name]) for name in ("a", "b")),
            key=lambda one: (one.effective_at, one.published_at),
            reverse=True,
        )
        changed = policydiff.changes(before.body, after.body)
        context |= {"before": before, "after": after, "changes": changed}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "consent/policy_compare.html", context, status=status)


@open_to_all
@require_safe
def download(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The very bytes the version's fingerprint is of, as a Markdown file."""
    found = _published(kind, number)
    text = policytext.canonical(found.body)
    return _file(found, text, "md", "text/markdown; charset=utf-8")


@open_to_all
@require_safe
def pdf(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """The same words as a PDF, with version and fingerprint on every page."""
    found = _published(kind, number)
    effective = localtime(found.effective_at)
    footer = policypdf.Footer(
        title=found.title,
        number=found.number,
        effective=f"{effective.year}年{effective.month}月{effective.day}日",
        sha256=found.sha256,
    )
    return _file(found, policypdf.pdf(found.body, footer), "pdf", "application/pdf")


def _file(version: PolicyVersion, raw: bytes, ending: str, content_type: str) -> HttpResponse:
    name = f"51che-{version.kind.replace('_', '-')}-{version.number}.{ending}"
    response = HttpResponse(raw, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
        "contents": _contents(shown),
        "translations": PolicyVersion.objects.translations(shown),
    }
    return render(request, "consent/policy.html", context)


def _contents(version: PolicyVersion) -> list[policytext.Heading]:
    return [heading for heading in policytext.contents(version.body) if heading.level in (2, 3)]


def _stage(shown: PolicyVersion, current: PolicyVersion | None) -> str:
    if current is None or shown.effective_at > current.effective_at:
        return "upcoming"
    return "current" if shown == current else "past"
