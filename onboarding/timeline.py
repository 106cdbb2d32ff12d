"""The application's way so far and ahead, as the timeline component shows it."""

from typing import Any

from django.urls import reverse

from onboarding import real_name_words
from onboarding.models import Application
from onboarding.states import ApplicationState as State

Event = dict[str, Any]


def events(application: Application, to_mend: list[str]) -> list[Event]:
    """Started, handed in, judged; what is to come stays grey. `to_mend`: titles of screens."""
    return [
        _filled_in(application),
        _handed_in(application),
        *_checked(application),
        *_judged(application, to_mend),
    ]


def _filled_in(application: Application) -> Event:
    title = f"开始填写（{application.get_role_display()}）"
    if application.state == State.DRAFT:
        return {"title": title, "state": "current", "at": application.created_at}
    return {"title": title, "state": "done", "at": application.created_at}


def _handed_in(application: Application) -> Event:
    if application.state == State.DRAFT:
        return {"title": "提交申请", "state": "todo"}
    again = f"（第 {application.round} 次）" if application.round > 1 else ""
    return {"title": f"提交申请{again}", "state": "done", "at": application.submitted_at}


def _checked(application: Application) -> list[Event]:
    """What the verifier answered, where the merchant agreed to have it asked."""
    found = None if application.state == State.DRAFT else real_name_words.for_merchant(application)
    return [found] if found else []


def _judged(application: Application, to_mend: list[str]) -> list[Event]:
    state, decided_at = application.state, application.decided_at
    explained = {"href": reverse("onboarding:risk"), "link": "自动评估说明：程序对照了什么"}
    if state == State.SENT_BACK:
        return [
            {
                "title": "需要您修改",
                "state": "current",
                "at": decided_at,
                "detail": f"请修改：{'、'.join(to_mend)}。其他内容都还在，改好再提交一次就行。"
                if to_mend
                else "已经改好了，请核对后再提交一次。",
            }
            | explained,
            {"title": "审核通过，开始合作", "state": "todo"},
        ]
    if state == State.APPROVED:
        return [
            {"title": "人工审核", "state": "done", "at": decided_at} | explained,
            {"title": "审核通过，开始合作", "state": "done", "at": decided_at},
        ]
    is_waiting = state == State.SUBMITTED
    detail = "审核人员正在核对证件和资料，一般 1 至 3 个工作日。有疑问会打联系人的电话。"
    return [
        {
            "title": "人工审核",
            "state": "current" if is_waiting else "todo",
            "detail": detail if is_waiting else "",
        }
        | (explained if is_waiting else {}),
        {"title": "审核通过，开始合作", "state": "todo"},
    ]
