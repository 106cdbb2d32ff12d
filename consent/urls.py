"""Addresses of this app."""

from django.urls import path

from consent.views import (
    assessments,
    callback,
    consents,
    mine,
    partners,
    policies,
    shared,
    sign_in,
)

app_name = "consent"

urlpatterns = [
    path("sign-in/", sign_in.step_phone, name="sign_in"),
    path("sign-in/code/", sign_in.step_code, name="sign_in_code"),
    path("policies/", policies.index, name="policies"),
    path("policies/seen/", policies.seen, name="popup_seen"),
    path("policies/privacy/answer/", policies.answer, name="policy_answer"),
    path("policies/privacy/refused/", policies.refused, name="policy_refused"),
    path("policies/<slug:kind>/", policies.policy, name="policy"),
    path("policies/<slug:kind>/versions/", policies.versions, name="policy_versions"),
    path("policies/<slug:kind>/<str:number>/", policies.version, name="policy_version"),
    path("policies/<slug:kind>/<str:number>/changes/", policies.changes, name="policy_changes"),
    path("policies/<slug:kind>/<str:number>/text.md", policies.download, name="policy_text"),
    path("consents/<str:code>/", consents.ask, name="ask"),
    path("consents/<str:code>/refused/", consents.refused, name="refused"),
    path("me/consents/", mine.mine, name="mine"),
    path("me/shared/", shared.shared, name="shared"),
    path("opendsr/callback/<slug:slug>/", callback.callback, name="callback"),
    path("desk/assessments/", assessments.assessments_list, name="assessments"),
    path("desk/assessments/write/<str:purpose>/", assessments.write, name="assessment_write"),
    path("desk/assessments/<uuid:pk>/", assessments.assessment, name="assessment"),
    path("desk/assessments/<uuid:pk>/edit/", assessments.rewrite, name="assessment_edit"),
    path("desk/partners/", partners.partners, name="partners"),
]
