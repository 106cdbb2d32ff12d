"""Addresses of this app."""

from django.urls import path

from onboarding.views import (
    desk,
    desk_risk,
    home,
    identity,
    leads,
    merchant,
    papers,
    profile,
    risk,
    screens,
    sharing,
)

app_name = "onboarding"

urlpatterns = [
    path("", home.home, name="home"),
    path("me/", merchant.me, name="me"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/profile/code/", profile.code, name="profile_code"),
    path("me/profile/contact/", profile.contact, name="profile_contact"),
    path("me/profile/contact/<slug:slug>/", profile.renew, name="profile_renew"),
    path("me/sharing/<slug:slug>/", sharing.share, name="share"),
    path("me/leads/", leads.preference, name="leads"),
    path("me/leads/region/", leads.region, name="leads_region"),
    path("me/leads/place/", leads.place, name="leads_place"),
    path("me/risk/", risk.explanation_page, name="risk"),
    path("me/risk/ask/", risk.ask, name="ask_a_person"),
    path("apply/", merchant.apply, name="apply"),
    path("apply/role/", merchant.role, name="role"),
    path("apply/check/", merchant.check, name="check"),
    path("apply/submit/", merchant.submit, name="submit"),
    path("apply/withdraw/", merchant.withdraw, name="withdraw"),
    path("apply/papers/<uuid:paper>/", papers.paper, name="paper"),
    path("apply/in-person/", identity.in_person, name="in_person"),
    path("apply/<slug:code>/", screens.step, name="step"),
    path("desk/", desk.desk, name="desk"),
    path("desk/applications/<uuid:pk>/", desk.application, name="desk_application"),
    path("desk/applications/<uuid:pk>/reveal/", desk.reveal, name="desk_reveal"),
    path("desk/applications/<uuid:pk>/approve/", desk.approve, name="desk_approve"),
    path("desk/applications/<uuid:pk>/send-back/", desk.send_back, name="desk_send_back"),
    path("desk/applications/<uuid:pk>/human-look/", desk_risk.human_look, name="desk_human_look"),
    path("desk/applications/<uuid:pk>/papers/<uuid:paper>/", desk.paper, name="desk_paper"),
]
