"""权限与授权: one question on a page of its own, and everything answered so far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.addresses import client_address
from accounts.gate import merchant_only
from accounts.models import Person
from consent import pages
from consent.actions import consents, partners
from consent.forms import AnswerForm, WithdrawForm
from consent.gate import open_to_all
from consent.models import Asking, Consent, ConsentEvent, Partner, PolicyVersion
from consent.models.policies import policy_code
from consent.notices import Notice
from consent.states import PartnerState

EVENTS_PER_PAGE = 20
PRIVACY = policy_code(PolicyVersion.Kind.PRIVACY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the list: what was asked, where the person stands, and what they can do."""

    code: str
    label: str
    hint: str
    state: Consent | None
    href: str
    is_current: bool
    can_withdraw: bool = True

    @property
    def is_live(self) -> bool:
        """Agreed to, in the words shown today."""
        return self.state is not None and self.state.is_live and self.is_current


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
    return _take(request, code, form.cleaned_data)


def _take(request: HttpRequest, code: str, answer: Mapping[str, str]) -> HttpResponse:
    is_agreed = answer["answer"] == "agree"
    act = consents.give if is_agreed else consents.refuse
    try:
        act(
            person=pages.person(request),
            code=code,
            sha256=answer["sha256"],
            asking=answer["asking"],
            address=client_address(request),
        )
    except consents.WrongNotice as wrong:
        raise BadRequest("another text") from wrong
    except consents.NotOpen as closed:
        return pages.closed_page(request, closed.notice)
    back = pages.safe_next(request, request.POST.get("next"))
    return redirect(back) if is_agreed else redirect("consent:refused", code=code)


@require_GET
@merchant_only
def refused(request: HttpRequest, code: str) -> HttpResponse:
    """After 不同意: the other way, and what goes on working."""
    try:
        notice = consents.words_of(code)
    except consents.UnknownNotice as unknown:
        raise Http404(code) from unknown
    return render(request, "consent/refused.html", {"notice": notice, "home": pages.home()})


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def mine(request: HttpRequest) -> HttpResponse:
    """Everything granted, refused and withdrawn; POST withdraws one, in one step."""
    person = pages.person(request)
    if request.method == "POST":
        return _withdraw(request, person)
    items = list(_items(person))
    labels = {item.code: item.label for item in items}
    page = Paginator(ConsentEvent.objects.of(person.pk), EVENTS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "policies": [item for item in items if item.code.startswith("policy:")],
        "notices": [item for item in items if item.code in consents.ASKED],
        "shares": [item for item in items if item.code.startswith(consents.SHARE)],
        "page": page,
        "events": [(labels.get(event.code, event.code), event) for event in page],
    }
    return render(request, "consent/mine.html", context)


def _withdraw(request: HttpRequest, person: Person) -> HttpResponse:
    form = WithdrawForm(request.POST)
    code = form.cleaned_data["code"] if form.is_valid() else ""
    if code.startswith("policy:") and code != PRIVACY:
        raise BadRequest("an agreement ends with the account, not with a tap")
    try:
        event = consents.withdraw(person=person, code=code, address=client_address(request))
    except consents.UnknownNotice as unknown:
        raise BadRequest("never asked") from unknown
    if event:
        messages.success(request, "已撤回，马上生效。凭这项同意保存的信息不再使用，并按说明删除。")
    return redirect("consent:mine")


def _items(person: Person) -> Iterator[Item]:
    """The texts in force, the questions everybody is asked, and every recipient there is or was."""
    states = {state.code: state for state in Consent.objects.of(person.pk)}
    for version in PolicyVersion.objects.all_in_force():
        if version.code == PRIVACY or version.code in states:
            yield _policy_item(version, states.get(version.code))
    for code, notice in consents.ASKED.items():
        yield _item(notice, consents.LABELS[code], "、".join(notice.categories), states.get(code))
    for partner in Partner.objects.order_by("legal_name"):
        notice = partners.notice(partner)
        if notice.code in states or partner.state == PartnerState.ACTIVE:
            label = f"提供给{partner.legal_name}"
            yield _item(notice, label, partner.purpose, states.get(notice.code))


def _policy_item(version: PolicyVersion, state: Consent | None) -> Item:
    return Item(
        code=version.code,
        label=f"《{version.title}》",
        hint=f"现行 {version.number} 版",
        state=state,
        href=_policy_href(version),
        is_current=state is not None and state.sha256 == version.sha256,
        can_withdraw=version.code == PRIVACY,
    )


def _policy_href(version: PolicyVersion) -> str:
    if version.code == PRIVACY:
        return reverse("consent:policy_answer")
    return reverse("consent:policy", kwargs={"kind": version.kind})


def _item(notice: Notice, label: str, hint: str, state: Consent | None) -> Item:
    return Item(
        code=notice.code,
        label=label,
        hint=hint,
        state=state,
        href=reverse("consent:ask", kwargs={"code": notice.code}),
        is_current=state is not None and state.sha256 == notice.sha256,
    )
