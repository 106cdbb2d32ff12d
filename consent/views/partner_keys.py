"""A recipient is registered, or gets a new key: one answer shows the key, none does again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.gate import staff_only
from accounts.views.signed_in import SignedIn
from consent.actions import partner_keys, partners
from consent.courier.letters import callback_url
from consent.models import Partner
from consent.partner_forms import RegisterForm

TAKEN = {
    "slug": "这个代号已经给了{name}，请换一个。",
    "legal_name": "{name}已经登记过，代号是 {slug}。到合作方列表里打开它修改，不用再登记。",
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def register(request: SignedIn) -> HttpResponse:
    """Write a new recipient down: a draft nothing goes to, and its key."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, key = partners.enter(
                slug=form.cleaned_data["slug"], facts=form.entered(), by=request.user
            )
        except partners.Registered as known:
            words = TAKEN[known.field]
            form.add_error(
                known.field,
                words.format(name=known.partner.legal_name, slug=known.partner.slug),
            )
        else:
            return _shown(request, made, key, is_new=True)
    status = 422 if form.is_bound else 200
    return render(request, "consent/partner_register.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("officer")
def exchange(request: SignedIn, slug: str) -> HttpResponse:
    """What a new key means, and then making it."""
    found = get_object_or_404(Partner.objects.asked_for(), slug=slug)
    if request.method != "POST":
        context = {
            "partner": found,
            "seen": partner_keys.mark(found),
            "has_key": bool(partner_keys.of(found)),
            "days": partner_keys.OVERLAP.days,
        }
        return render(request, "consent/partner_key.html", context)
    try:
        key = partner_keys.exchange(
            partner=found,
            seen=request.POST.get("seen", ""),
            is_leaked="leaked" in request.POST,
            by=request.user,
        )
    except partner_keys.Exchanged:
        messages.error(request, "没有换：别人刚刚换过。还要再换，请重新打开这一页。")
        return redirect("consent:partner", slug=slug)
    found.refresh_from_db()
    return _shown(request, found, key, is_new=False)


def _shown(request: SignedIn, found: Partner, key: str, *, is_new: bool) -> HttpResponse:
    """The one page that shows the key: not kept, not cached, and not found again by going back."""
    ends = [old.until for old in partner_keys.of(found) if old.until]
    context: dict[str, Any] = {
        "partner": found,
        "key": key,
        "is_new": is_new,
        "callback": "" if found.is_manual else callback_url(found),
        "old_until": max(ends, default=None),
        "lacks": partners.lacks(found),
        "purpose": partners.consent_code(found),
    }
    answer = render(request, "consent/partner_key_shown.html", context, status=201)
    answer["Cache-Control"] = "no-store"
    return answer
