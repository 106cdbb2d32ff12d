"""线索推荐: how leads are to be laid out once there are any. Personal only where consented to."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.gate import merchant_only
from accounts.personal import ConsentMissing
from accounts.views.signed_in import SignedIn
from consent import gate, question
from consent.actions import policies
from onboarding.actions import leads
from onboarding.leads_forms import OrderForm, PlaceForm, RegionForm
from onboarding.models import LeadsOrder, LeadsPreference


@merchant_only
def preference(request: SignedIn) -> HttpResponse:
    """What was chosen, and every way to choose; POST chooses the order."""
    form = OrderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            leads.choose_order(by=request.user, order=form.cleaned_data["order"])
        except ConsentMissing as missing:
            return gate.missing(request, missing.code) or redirect("onboarding:leads")
        messages.success(request, "已保存。线索开通以后，就这样排列。")
        return redirect("onboarding:leads")
    return _page(request, order_form=form if form.is_bound else None)


@require_POST
@gate.needs(leads.LEADS)
def region(request: SignedIn) -> HttpResponse:
    """Choose the region by hand, or clear it."""
    if "clear" in request.POST:
        leads.choose_region(by=request.user, region="")
        messages.success(request, "地区已经清空。")
        return redirect("onboarding:leads")
    form = RegionForm(request.POST)
    if not form.is_valid():
        return _page(request, region_form=form)
    leads.choose_region(by=request.user, region=form.region())
    messages.success(request, "地区已保存。")
    return redirect("onboarding:leads")


@require_POST
@gate.needs(leads.LEADS)
@gate.needs(leads.LOCATION)
def place(request: SignedIn) -> HttpResponse:
    """Take one place the browser made coarse; a finer one is refused and kept nowhere."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise BadRequest("not a coarse place")
    leads.use_place(by=request.user, **form.cleaned_data)
    messages.success(request, "已记下大致位置。只有这一次，需要更新请再点。")
    return redirect("onboarding:leads")


def _page(
    request: SignedIn, *, order_form: OrderForm | None = None, region_form: RegionForm | None = None
) -> HttpResponse:
    chosen = LeadsPreference.objects.of(request.user.pk)
    order = chosen.order if chosen else LeadsOrder.TIME
    context: dict[str, Any] = {
        "chosen": chosen,
        "order_form": order_form or OrderForm(initial={"order": order}),
        "region_form": region_form or RegionForm(initial=_region(chosen)),
        "leads": question.beside(request, leads.LEADS),
        "location": question.beside(request, leads.LOCATION),
        "policy": policies.governing(leads.LEADS),
    }
    status = 422 if order_form or region_form else 200
    return render(request, "onboarding/leads.html", context, status=status)


def _region(chosen: LeadsPreference | None) -> dict[str, str]:
    kept = chosen.region if chosen else None
    province, _, city = (kept.clear if kept else "").partition(" ")
    return {"province": province, "city": city}
