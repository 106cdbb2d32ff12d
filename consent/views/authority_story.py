"""One demand of an authority as its page tells it: the document's words, and what was done."""

from collections.abc import Iterable
from typing import Any

from consent.actions import subjects
from consent.bases import Basis
from consent.models import AuthorityRequest, AuthorityReview
from consent.states import AuthorityRequestState


def rows(found: AuthorityRequest, *, is_officer: bool) -> list[dict[str, str]]:
    """What the document says, in its own words for officers only, and what is granted by now."""
    secrecy = f"{found.secrecy_law}，{found.secrecy_review_date} 复查" if found.is_secret else ""
    wording = (
        found.wording.clear if found.wording and is_officer else str(found.wording or "已删除")
    )
    granted = "、".join(subjects.labels(found.granted_items)) or "无"
    is_new = found.state == AuthorityRequestState.REGISTERED
    return [
        {"label": "调取机关", "value": f"{found.authority.legal_name}，{found.authority.contact}"},
        {"label": "文书编号", "value": found.number},
        {"label": "依据", "value": f"{Basis(found.basis).label}；{found.law}"},
        {"label": "文书的原话", "value": wording},
        {"label": "要求提供", "value": "、".join(subjects.labels(found.asked_items))},
        {"label": "现在同意提供", "value": "还没有人审查" if is_new else granted},
        {"label": "答复期限", "value": str(found.due_date)},
        {"label": "对商家保密", "value": secrecy or "不保密，移交后商家能看到"},
    ]


def events(found: AuthorityRequest, reviews: Iterable[AuthorityReview]) -> list[dict[str, Any]]:
    """Who entered, judged and handed over, in order."""
    told: list[dict[str, Any]] = [
        {
            "title": f"{found.registered_by.username} 登记",
            "state": "done",
            "at": found.registered_at,
        }
    ]
    for review in reviews:
        said = "同意：" + "、".join(subjects.labels(review.granted_items))
        detail = said if review.is_granted else f"拒绝：{review.get_reason_display()}"
        note = f"。{review.note.clear}" if review.note else ""
        told.append(
            {
                "title": f"{review.by.username} 审查",
                "state": "done" if review.is_granted else "stopped",
                "at": review.at,
                "detail": detail + note,
            }
        )
    if found.handed_at and found.handed_by:
        told.append(
            {
                "title": f"{found.handed_by.username} 移交",
                "state": "done",
                "at": found.handed_at,
                "detail": f"文件 SHA-256：{found.file_sha256}",
            }
        )
    return told
