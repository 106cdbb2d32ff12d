"""Addresses of this app."""

from django.urls import path

from consent.views import (
    assessments,
    authorities,
    callback,
    consents,
    endings,
    leave,
    mine,
    partner,
    partners,
    policies,
    receipts,
    recipients,
    shared,
    sign_in,
    transfers,
)

app_name = "consent"

urlpatterns = [
    path("sign-in/", sign_in.step_phone, name="sign_in"),
    path("sign-in/code/", sign_in.step_code, name="sign_in_code"),
    path("policies/", policies.index, name="policies"),
    path("policies/seen/", policies.seen, name="popup_seen"),
    path("policies/privacy/answer/", policies.answer, name="policy_answer"),
    path("policies/privacy/refused/", policies.refused, name="policy_refused"),
    path("policies/recipients/", recipients.recipients, name="recipients"),
    path("policies/<slug:kind>/", policies.policy, name="policy"),
    path("policies/<slug:kind>/versions/", policies.versions, name="policy_versions"),
    path("policies/<slug:kind>/<str:number>/", policies.version, name="policy_version"),
    path("policies/<slug:kind>/<str:number>/changes/", policies.changes, name="policy_changes"),
    path("policies/<slug:kind>/<str:number>/text.md", policies.download, name="policy_text"),
    path("consents/<str:code>/", consents.ask, name="ask"),
    path("consents/<str:code>/refused/", consents.refused, name="refused"),
    path("me/consents/", mine.mine, name="mine"),
    path("me/consents/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("me/consents/receipts/<int:pk>/file/", receipts.download, name="receipt_file"),
    path("me/shared/", shared.shared, name="shared"),
    path("opendsr/callback/<slug:slug>/", callback.callback, name="callback"),
    path("desk/assessments/", assessments.assessments_list, name="assessments"),
    path("desk/assessments/write/<str:purpose>/", assessments.write, name="assessment_write"),
    path("desk/assessments/<uuid:pk>/", assessments.assessment, name="assessment"),
    path("desk/assessments/<uuid:pk>/edit/", assessments.rewrite, name="assessment_edit"),
    path("desk/authority-requests/", authorities.requests, name="authority_requests"),
    path("desk/authority-requests/new/", authorities.register, name="authority_register"),
    path("desk/authority-requests/<uuid:pk>/", authorities.show, name="authority_request"),
    path(
        "desk/authority-requests/<uuid:pk>/document/",
        authorities.document,
        name="authority_document",
    ),
    path("desk/authority-requests/<uuid:pk>/grant/", authorities.grant, name="authority_grant"),
    path("desk/authority-requests/<uuid:pk>/refuse/", authorities.refuse, name="authority_refuse"),
    path(
        "desk/authority-requests/<uuid:pk>/secrecy/",
        authorities.secrecy,
        name="authority_secrecy",
    ),
    path(
        "desk/authority-requests/<uuid:pk>/hand-over/",
        authorities.hand_over,
        name="authority_hand_over",
    ),
    path("desk/partners/", partners.partners, name="partners"),
    path("desk/partners/<slug:slug>/", partner.partner, name="partner"),
    path("desk/partners/<slug:slug>/edit/", partner.edit, name="partner_edit"),
    path("desk/partners/<slug:slug>/retry/", partner.retry, name="partner_retry"),
    path("desk/partners/<slug:slug>/on/", partner.switch, {"to": "on"}, name="partner_on"),
    path("desk/partners/<slug:slug>/off/", partner.switch, {"to": "off"}, name="partner_off"),
    path("leave/", leave.leave, name="leave"),
    path("transfers/", transfers.notices, name="transfers"),
    path("transfers/<uuid:pk>/", transfers.notice, name="transfer"),
    path("ending/", endings.announcement, name="ending"),
    path("desk/transfers/", transfers.desk, name="transfers_desk"),
    *[
        path(
            f"desk/transfers/<uuid:pk>/{what}/",
            transfers.act,
            {"what": what},
            name=f"transfer_{what}",
        )
        for what in ("publish", "discard", "withdraw")
    ],
    path("desk/ending/", endings.desk, name="ending_desk"),
    path("desk/ending/announce/", endings.announce, name="ending_announce"),
    path("desk/ending/revoke/", endings.revoke, name="ending_revoke"),
]
