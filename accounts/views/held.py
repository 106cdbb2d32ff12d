"""已收集个人信息清单: what we hold of the person who asks, counted now from what holds it."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import merchant_only
from accounts.personal import Category, Level, holders
from accounts.personal.holders import Held
from accounts.views.signed_in import SignedIn


@require_safe
@merchant_only
def held(request: SignedIn) -> HttpResponse:
    """Each kind of information, why, how many and when last, from every registered holder."""
    lines = [line for one in holders.upward() for line in one.inventory(request.user.pk)]
    context = {
        "groups": _by_category(lines),
        "total": sum(line.count for line in lines),
        "sensitive": sum(line.count for line in lines if line.level == Level.SENSITIVE),
    }
    return render(request, "accounts/held.html", context)


def _by_category(lines: Iterable[Held]) -> list[tuple[str, list[Held]]]:
    groups: dict[Category, list[Held]] = {category: [] for category in Category}
    for line in lines:
        groups[line.category].append(line)
    return [(category.label, found) for category, found in groups.items() if found]
