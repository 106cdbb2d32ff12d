"""权限与授权: every decision as a row; 撤回 beside its name, both answers below its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.addresses import client_address
from accounts.gate import merchant_only
from accounts.models import Person
from consent import notices, pages
from consent.actions import assessments, consents, partners
from consent.forms import WithdrawForm
from consent.gate import open_to_all
from consent.models import Consent, ConsentEvent, Partner, PolicyVersion
from consent.models.policies import policy_code
from consent.notices import Group, Notice
from consent.states import PartnerState

EVENTS_PER_PAGE = 20
PRIVACY = policy_code(PolicyVersion.Kind.PRIVACY)
POLICIES, RECIPIENTS = "政策与协议", "提供给别的公司"

States = Mapping[str, Consent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One decision: what it is about, where the person stands, and what can be done about it.

    `notice` is what 同意 here agrees to; without one, the answer is given on the page `href`.
    One that is not open waits for its impact assessment, and can only be taken back.
    """

    code: str
    label: str
    hint: str
    state: Consent | None
    is_current: bool
    notice: Notice | None = None
    href: str = ""
    can_withdraw: bool = True
    is_open: bool = True

    @property
    def is_live(self) -> bool:
        """Agreed to, in the words shown today."""
        return self.state is not None and self.state.is_live and self.is_current

    @property
    def may_withdraw(self) -> bool:
        """Agreed to, in whatever words, and to be taken back here."""
        return self.state is not None and self.state.is_live and self.can_withdraw


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
@merchant_only
def mine(request: HttpRequest) -> HttpResponse:
    """Everything granted, refused and withdrawn; POST withdraws one, in one step."""
    person = pages.person(request)
    if request.method == "POST":
        return _withdraw(request, person)
    groups = _groups(person)
    labels = {item.code: item.label for items in groups.values() for item in items}
    page = Paginator(ConsentEvent.objects.of(person.pk), EVENTS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "groups": groups,
        "device": Group.DEVICE.value,
        "sensitive": Group.SENSITIVE.value,
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
        messages.success(
            request,
            "已撤回，马上生效。凭这项同意保存的信息不再使用，并按说明删除；"
            "收到过这类信息的公司，我们通知删除。",
        )
    return redirect("consent:mine")


def _groups(person: Person) -> dict[str, list[Item]]:
    """Every decision there is to make, under the kind of thing it is about."""
    states = {state.code: state for state in Consent.objects.of(person.pk)}
    groups = {POLICIES: list(_policies(states))}
    for group in Group:
        groups[group.value] = list(_permissions(group, states))
    groups[RECIPIENTS] = list(_recipients(states))
    asked = [item.code for items in groups.values() for item in items if item.notice]
    is_open = assessments.open_among(asked)
    return {
        heading: [replace(item, is_open=not item.notice or item.code in is_open) for item in items]
        for heading, items in groups.items()
    }


def _policies(states: States) -> Iterator[Item]:
    """The texts in force that everybody or this person answered."""
    for version in PolicyVersion.objects.all_in_force():
        state = states.get(version.code)
        is_current = state is not None and state.sha256 == version.sha256
        if version.code == PRIVACY or state is not None:
            yield Item(
                code=version.code,
                label=f"《{version.title}》",
                hint="" if is_current else f"现行 {version.number} 版",
                state=state,
                is_current=is_current,
                href=_policy_href(version),
                can_withdraw=version.code == PRIVACY,
            )


def _policy_href(version: PolicyVersion) -> str:
    if version.code == PRIVACY:
        return reverse("consent:policy_answer")
    return reverse("consent:policy", kwargs={"kind": version.kind})


def _permissions(group: Group, states: States) -> Iterator[Item]:
    """Those that can be asked for, and every one that was ever answered."""
    for code, permission in notices.PERMISSIONS.items():
        if permission.group != group:
            continue
        state = states.get(code)
        if permission.is_offered:
            hint = f"用在：{permission.scene}"
            yield _item(permission.notice, permission.label, hint, state)
        elif state is not None:
            yield _closed(permission.notice, permission.label, "现在没有这一项", state)


def _recipients(states: States) -> Iterator[Item]:
    """Every recipient there is, and every one that was ever answered for."""
    for partner in Partner.objects.asked_for().order_by("legal_name"):
        label, state = f"提供给{partner.legal_name}", states.get(partners.consent_code(partner))
        # Of one that is off and was never asked about, the words may not be written yet.
        if partner.state == PartnerState.ACTIVE:
            yield _item(partners.notice(partner), label, "", state)
        elif state is not None:
            yield _closed(partners.notice(partner), label, "这家公司现在不接收信息", state)


def _closed(notice: Notice, label: str, hint: str, state: Consent) -> Item:
    """One that can only be taken back."""
    return Item(
        code=notice.code,
        label=label,
        hint=hint,
        state=state,
        is_current=state.sha256 == notice.sha256,
    )


def _item(notice: Notice, label: str, hint: str, state: Consent | None) -> Item:
    return Item(
        code=notice.code,
        label=label,
        hint=hint,
        state=state,
        is_current=state is not None and state.sha256 == notice.sha256,
        notice=notice,
    )
