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
    """`desk_links` for staff: the pages of the desk their role opens."""
    user = getattr(request, "user", None)
    if not isinstance(user, Person) or not user.is_staff:
        return {}
    links = [
        {"label": label, "href": reverse(name), "current": request.path == reverse(name)}
        for label, name, roles in DESK
        if user.is_in(*roles)
    ]
    return {"desk_links": links}
