"""What every page may print about the portal itself."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Person

DESK = (
    ("审核队列", "onboarding:desk", ("reviewer",)),
    ("来电核验", "accounts:caller_start", ("reviewer", "officer")),
    ("注销进度", "accounts:erasures", ("officer", "ops", "auditor")),
    ("投诉", "accounts:complaints_desk", ("officer",)),
    ("合作方", "consent:partners", ("officer", "ops", "auditor")),
    ("人工办理", "consent:by_hand", ("officer", "ops", "auditor")),
    ("政策", "consent:desk_policies", ("publisher", "officer", "auditor")),
    ("影响评估", "consent:assessments", ("officer", "ops", "auditor")),
    ("机关调取", "consent:authority_requests", ("officer", "auditor")),
    ("转移与停运", "consent:transfers_desk", ("officer",)),
)


def portal(_request: HttpRequest) -> dict[str, object]:
    """`portal` in every template: operator, hotline, address, and whether this is development."""
    return {
        "portal": {
            "operator": settings.OPERATOR_NAME,
            "hotline": settings.OPERATOR_HOTLINE,
            "hotline_tel": settings.OPERATOR_HOTLINE.replace("-", ""),
            "address": settings.OPERATOR_ADDRESS,
            "development": settings.DEVELOPMENT,
        }
    }


def desk_links(request: HttpRequest) -> dict[str, object]:
    """`desk_links` for staff: the pages their role opens; `desk_here`: the one they are in.

    `current` is "page" on such a page itself and "true" on the pages below it.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, Person) or not user.is_staff:
        return {}
    named = [(label, reverse(name)) for label, name, roles in DESK if user.is_in(*roles)]
    here = _nearest(request.path, [href for _label, href in named])
    links = [
        {"label": label, "href": href, "current": _current(request.path, href, here)}
        for label, href in named
    ]
    return {
        "desk_links": links,
        "desk_here": next((label for label, href in named if href == here), ""),
    }


def _nearest(path: str, hrefs: list[str]) -> str:
    """The page this one is below of; the queue's own are those about an application."""
    queue = reverse("onboarding:desk")
    if path.startswith(f"{queue}applications/"):
        return queue
    above = [href for href in hrefs if path.startswith(href) and (href != queue or path == queue)]
    return max(above, key=len, default="")


def _current(path: str, href: str, here: str) -> str:
    if href != here:
        return ""
    return "page" if path == href else "true"
