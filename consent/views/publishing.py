"""政策发布 at the desk: versions and drafts, one publisher writing, another one publishing."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import staff_only
from accounts.models import Person
from accounts.transitions import MoveRefused
from accounts.views.signed_in import SignedIn
from consent import policydiff, policytext
from consent.actions import drafts, findings, publishing
from consent.models import PolicyDraft, PolicyVersion
from consent.popups import Popup
from consent.publishing_forms import NONE, DecisionForm, DraftForm, SendBackForm, WithdrawalForm
from consent.states import PolicyDraftState

MAY_LOOK = ("publisher", "officer", "auditor")
Kind = PolicyVersion.Kind
TAGS = {
    PolicyDraftState.DRAFT: "",
    PolicyDraftState.SUBMITTED: "info",
    PolicyDraftState.SENT_BACK: "warn",
    PolicyDraftState.PUBLISHED: "success",
    PolicyDraftState.DISCARDED: "",
}
OVERTAKEN = "没有办成：这份文字刚刚有变化，请看过现在的样子再决定。"


@require_safe
@staff_only(*MAY_LOOK)
def desk_policies(request: SignedIn) -> HttpResponse:
    """Every kind with what is in force and what is coming; then the drafts under way."""
    now = timezone.now()
    open_drafts = list(PolicyDraft.objects.open())
    published = list(PolicyVersion.objects.published().defer("body"))
    names = _names([draft.author for draft in open_drafts])
    context = {
        "kinds": [_standing(kind, published, now) for kind in Kind],
        "rows": [
            (draft, TAGS[PolicyDraftState(draft.state)], names.get(draft.author, ""))
            for draft in open_drafts
        ],
        "may_write": request.user.is_in("publisher"),
    }
    return render(request, "consent/desk_policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("publisher")
def write(request: SignedIn) -> HttpResponse:
    """A new draft, begun from the text in force."""
    form = _form(request, _beginning(request.GET.get("kind", "")))
    if request.method == "POST" and form.is_valid():
        draft = drafts.begin(wording=form.wording(), by=request.user)
        return redirect("consent:desk_draft", pk=draft.pk)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("publisher")
def rewrite(request: SignedIn, pk: int) -> HttpResponse:
    """Its author changes a draft, or what was sent back."""
    draft = get_object_or_404(PolicyDraft, pk=pk, author=request.user.pk)
    if not draft.is_editable:
        messages.warning(request, OVERTAKEN)
        return redirect("consent:desk_draft", pk=pk)
    form = _form(request, _words_of(draft))
    if request.method == "POST" and form.is_valid():
        try:
            drafts.rewrite(draft=draft, wording=form.wording(), by=request.user)
        except MoveRefused:
            messages.warning(request, OVERTAKEN)
        return redirect("consent:desk_draft", pk=pk)
    return _form_page(request, form, draft)


@require_safe
@staff_only(*MAY_LOOK)
def draft(request: SignedIn, pk: int) -> HttpResponse:
    """One draft: what stands in its way, what it changes, and whose turn it is."""
    return _draft_page(request, get_object_or_404(PolicyDraft, pk=pk), SendBackForm())


@require_safe
@staff_only(*MAY_LOOK)
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """The draft as merchants will see it: the pop-up before effect, and the page."""
    found = get_object_or_404(PolicyDraft, pk=pk)
    shown = _as_version(found)
    heading, _h1, rest = policytext.render(shown.body).partition("</h1>")
    before = PolicyVersion.objects.in_force(found.kind) if found.is_prevailing else None
    context = {
        "draft": found,
        "version": shown,
        "popup": Popup("", version=shown, before=before),
        "html": rest or heading,
        "contents": [h for h in policytext.contents(shown.body) if h.level in (2, 3)],
    }
    return render(request, "consent/desk_preview.html", context)


@require_POST
@staff_only("publisher")
def submit(request: SignedIn, pk: int) -> HttpResponse:
    """The author hands the draft in."""
    return _act(request, pk, drafts.submit, "已提交，请另一位发布人审批。")


@require_POST
@staff_only("publisher")
def recall(request: SignedIn, pk: int) -> HttpResponse:
    """The author takes back what waits for another publisher."""
    return _act(request, pk, drafts.recall, "已收回，可以接着修改；改好以后再提交。")


@require_POST
@staff_only("publisher")
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """The author gives the draft up."""
    return _act(request, pk, drafts.discard, "已放弃这份草稿。")


@require_POST
@staff_only("publisher")
def publish(request: SignedIn, pk: int) -> HttpResponse:
    """A second publisher makes the draft a version."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no round")
    return _act(
        request,
        pk,
        drafts.publish,
        "已公布。生效前会在首页弹窗提醒商家。",
        seen_round=form.cleaned_data["seen_round"],
    )


@require_POST
@staff_only("publisher")
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    """A second publisher returns the draft with a remark."""
    form = SendBackForm(request.POST)
    if not form.is_valid():
        if "seen_round" in form.errors:
            raise BadRequest("no round")
        return _draft_page(request, get_object_or_404(PolicyDraft, pk=pk), form)
    said = form.cleaned_data
    return _act(
        request,
        pk,
        drafts.send_back,
        "已退回，作者会看到您的说明。",
        seen_round=said["seen_round"],
        remark=said["remark"],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("publisher")
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take a version back before it takes effect."""
    version = PolicyVersion.objects.published().filter(pk=pk).first()
    if version is None or version.effective_at <= timezone.now():
        raise Http404(pk)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            publishing.withdraw(
                version=version, reason=form.cleaned_data["reason"], by=request.user
            )
        except publishing.WithdrawalRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "已撤回，不再提醒，也不会生效。")
        return redirect("consent:desk_policies")
    context = {"version": version, "form": form}
    return render(
        request, "consent/desk_withdraw.html", context, status=422 if form.errors else 200
    )


def _act(
    request: SignedIn, pk: int, act: Callable[..., object], words: str, **said: object
) -> HttpResponse:
    """One action on one draft, and what came of it in words."""
    found = get_object_or_404(PolicyDraft, pk=pk)
    try:
        act(draft=found, by=request.user, **said)
    except drafts.NotTheAuthor:
        messages.error(request, "只有起草人能这样做。")
    except publishing.PublishRefused as refused:
        messages.error(request, str(refused))
    except MoveRefused:
        messages.warning(request, OVERTAKEN)
    else:
        messages.success(request, words)
    return redirect("consent:desk_draft", pk=pk)


def _standing(kind: Kind, published: Iterable[PolicyVersion], now: Any) -> dict[str, Any]:
    """One kind: the version in force, and those to come, the nearest first."""
    of_kind = [version for version in published if version.kind == kind]
    return {
        "kind": kind,
        "current": next((v for v in of_kind if v.effective_at <= now), None),
        "coming": [v for v in reversed(of_kind) if v.effective_at > now],
    }


def _names(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Work account names of members of staff."""
    found = Person.objects.filter(pk__in=set(filter(None, people)), kind=Person.Kind.STAFF)
    return dict(found.values_list("pk", "username"))


def _beginning(kind: str) -> dict[str, Any]:
    """The text in force of this kind, to be changed."""
    if kind not in Kind.values:
        return {}
    current = PolicyVersion.objects.in_force(kind)
    return {"kind": kind, "body": current.body if current else ""}


def _words_of(draft: PolicyDraft) -> dict[str, Any]:
    chosen = draft.major_changes
    return {
        "kind": draft.kind,
        "language": draft.language,
        "number": draft.number,
        "effective_date": timezone.localdate(draft.effective_at) if draft.effective_at else None,
        "summary": draft.summary,
        "major_changes": [NONE] if chosen == [] else chosen,
        "body": draft.body,
    }


def _form(request: SignedIn, initial: dict[str, Any]) -> DraftForm:
    if request.method == "POST":
        return DraftForm(request.POST, request.FILES)
    return DraftForm(initial=initial)


def _form_page(
    request: SignedIn, form: DraftForm, draft: PolicyDraft | None = None
) -> HttpResponse:
    context = {"form": form, "draft": draft}
    status = 422 if form.errors else 200
    return render(request, "consent/desk_draft_form.html", context, status=status)


def _draft_page(request: SignedIn, found: PolicyDraft, form: SendBackForm) -> HttpResponse:
    is_publisher = request.user.is_in("publisher")
    is_author = found.author == request.user.pk
    is_waiting = found.state == PolicyDraftState.SUBMITTED
    current = PolicyVersion.objects.in_force(found.kind) if found.is_prevailing else None
    is_over = found.state in (PolicyDraftState.PUBLISHED, PolicyDraftState.DISCARDED)
    found_now = [] if is_over else findings.of(found)
    context = {
        "draft": found,
        "shown": _as_version(found),
        "kind": TAGS[PolicyDraftState(found.state)],
        "names": _names([found.author, found.approver]),
        "blocking": [one for one in found_now if one.blocks],
        "reminders": [one for one in found_now if not one.blocks],
        "current": current,
        "changes": policydiff.changes(current.body, found.body) if current and not is_over else [],
        "can_write": is_publisher and is_author and found.is_editable,
        "can_decide": is_publisher and not is_author and is_waiting,
        "waits_for_other": is_publisher and is_author and is_waiting,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "consent/desk_draft.html", context, status=status)


def _as_version(draft: PolicyDraft) -> PolicyVersion:
    """The version this draft would become; not saved."""
    return PolicyVersion(
        kind=draft.kind,
        number=draft.number or "新",
        language=draft.language,
        title=draft.title,
        body=draft.body,
        sha256=policytext.fingerprint(draft.body),
        summary=draft.summary,
        major_changes=draft.major_changes or [],
        published_at=timezone.now(),
        effective_at=draft.effective_at or timezone.now(),
    )
