"""An application as groups of labelled values, for the check page and for the desk."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from onboarding import steps
from onboarding.models import Application, Paper
from onboarding.roles import PaperKind, Role
from onboarding.states import ApplicationState
from onboarding.steps import Step

# The colour of the tag of each state; the words carry the meaning.
STATE_KINDS: Mapping[str, str] = {
    ApplicationState.DRAFT: "",
    ApplicationState.SUBMITTED: "info",
    ApplicationState.SENT_BACK: "warn",
    ApplicationState.APPROVED: "success",
}

_LABELS = {"bank_account_name": "账户（户名）"}
_PERSON_LABELS = {"name": "姓名", "address": "常住地址"} | _LABELS
_STORE_LABELS = {"name": "企业名称", "address": "注册地址"} | _LABELS
_IN_FOURS = frozenset({"bank_account", "credit_code"})


ON_PAPER = "签约时当面书面提供"


def label_of(application: Application, field: str) -> str:
    """What a field is called for this role."""
    special = _PERSON_LABELS if application.role == Role.AGENT else _STORE_LABELS
    declared = {f.name: str(f.verbose_name) for f in Application.personal_fields()}
    return special.get(field) or declared[field]


def groups(
    application: Application,
    papers: Iterable[Paper],
    *,
    whole: bool,
    declined: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """One group per screen, the photos in one; whole values with links, or masked ones.

    `declined` are the consents said no to: what stands on them may come on paper.
    """
    held = {paper.kind: paper for paper in papers}
    screens = steps.of_role(application.role)
    typed = [
        {
            "heading": step.title,
            "rows": [
                _row(application, step, field, whole=whole)
                | ({"missing": ON_PAPER} if steps.is_given_on_paper(step, declined) else {})
                for field in step.asks(application.role)
            ],
        }
        for step in screens
        if not step.paper
    ]
    photos = [_paper_row(application, step, held, whole=whole) for step in screens if step.paper]
    return [*typed, {"heading": "证件照片", "rows": photos}]


def profile_groups(application: Application, *, whole: bool) -> list[dict[str, Any]]:
    """One group per screen that is typed, without links; `is_contact` marks the one to correct."""
    return [
        {
            "heading": step.title,
            "is_contact": step.code == steps.CONTACT,
            "rows": [
                {
                    "label": label_of(application, field),
                    "value": _shown(application, field, whole=whole),
                }
                for field in step.asks(application.role)
            ],
        }
        for step in steps.of_role(application.role)
        if not step.paper
    ]


def _change(step: Step, item: str) -> str:
    return f"{reverse('onboarding:step', args=[step.code])}?from=check#id_{item}"


def _row(application: Application, step: Step, field: str, *, whole: bool) -> dict[str, Any]:
    row = {"label": label_of(application, field), "value": _shown(application, field, whole=whole)}
    return row | ({"href": _change(step, field)} if whole else {})


def _shown(application: Application, field: str, *, whole: bool) -> str:
    value = getattr(application, field)
    if value and whole:
        return _spaced(value.clear) if field in _IN_FOURS else str(value.clear)
    return str(value or "")


def _spaced(number: str) -> str:
    """In fours, as people compare numbers."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def _paper_row(
    application: Application, step: Step, held: dict[str, Paper], *, whole: bool
) -> dict[str, Any]:
    paper = held.get(step.paper)
    row = {"label": PaperKind(step.paper).label, "missing": "未上传", "value": ""}
    if steps.is_done_in_person(step, application):
        row["value"] = "当面核对原件，不留照片"
        return row | ({"href": reverse("onboarding:in_person"), "action": "更改"} if whole else {})
    if paper:
        row["value"] = format_html(
            '<a href="{0}">'
            '<img class="thumb" src="{0}" alt="看大图：{1}" width="{2}" height="{3}"></a>',
            reverse("onboarding:paper", args=[paper.pk]),
            row["label"],
            paper.width,
            paper.height,
        )
    action = "更换" if paper else "去上传"
    return row | ({"href": _change(step, "photo"), "action": action} if whole else {})
