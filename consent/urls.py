"""Addresses of this app, grouped by who comes there; the last list says what each stands under."""

from django.urls import include, path

from consent.views import (
    assessments,
    authorities,
    by_hand,
    callback,
    consents,
    endings,
    leave,
    mine,
    partner,
    partner_keys,
    partners,
    policies,
    policy_answers,
    publishing,
    receipts,
    recipients,
    shared,
    sign_in,
    transfers,
    wechat,
)

app_name = "consent"

# For everybody

_sign_in = [
    path("", sign_in.step_phone, name="sign_in"),
    path("code/", sign_in.step_code, name="sign_in_code"),
    path("wechat/", wechat.ask, name="wechat"),
    path("wechat/begin/", wechat.begin, name="wechat_begin"),
    path("wechat/leave/", wechat.leave, name="wechat_leave"),
    path("wechat/back/", wechat.back, name="wechat_back"),
    path("wechat/number/", wechat.number, name="wechat_number"),
]
_policies = [
    path("", policies.index, name="policies"),
    path("seen/", policy_answers.seen, name="popup_seen"),
    path("privacy/answer/", policy_answers.answer, name="policy_answer"),
    path("privacy/refused/", policy_answers.refused, name="policy_refused"),
    path("recipients/", recipients.recipients, name="recipients"),
    path("<slug:kind>/answer/", policy_answers.agreement, name="agreement_answer"),
    path("<slug:kind>/", policies.policy, name="policy"),
    path("<slug:kind>/versions/", policies.versions, name="policy_versions"),
    path("<slug:kind>/compare/", policies.compare, name="policy_compare"),
    path("<slug:kind>/<str:number>/", policies.version, name="policy_version"),
    path("<slug:kind>/<str:number>/changes/", policies.changes, name="policy_changes"),
    path("<slug:kind>/<str:number>/text.md", policies.download, name="policy_text"),
    path("<slug:kind>/<str:number>/text.pdf", policies.pdf, name="policy_pdf"),
    path(
        "<slug:kind>/<str:number>/<slug:language>/",
        policies.translation,
        name="policy_translation",
    ),
]
_announcements = [
    path("leave/", leave.leave, name="leave"),
    path("transfers/", transfers.notices, name="transfers"),
    path("transfers/<uuid:pk>/", transfers.notice, name="transfer"),
    path("ending/", endings.announcement, name="ending"),
]

# For merchants

_questions = [
    path("<str:code>/", consents.ask, name="ask"),
    path("<str:code>/shown/", consents.shown, name="shown"),
    path("<str:code>/refused/", consents.refused, name="refused"),
]
_mine = [
    path("consents/", mine.mine, name="mine"),
    path("consents/wechat/unbind/", wechat.unbind, name="wechat_unbind"),
    path("consents/receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("consents/receipts/<int:pk>/file/", receipts.download, name="receipt_file"),
    path("shared/", shared.shared, name="shared"),
]

# For partners' machines

_opendsr = [
    path("callback/<slug:slug>/", callback.callback, name="callback"),
]

# For the desk

_desk_assessments = [
    path("", assessments.assessments_list, name="assessments"),
    path("write/<str:purpose>/", assessments.write, name="assessment_write"),
    path("<uuid:pk>/", assessments.assessment, name="assessment"),
    path("<uuid:pk>/edit/", assessments.rewrite, name="assessment_edit"),
]
_desk_authorities = [
    path("", authorities.requests, name="authority_requests"),
    path("new/", authorities.register, name="authority_register"),
    path("<uuid:pk>/", authorities.show, name="authority_request"),
    path("<uuid:pk>/document/", authorities.document, name="authority_document"),
    path("<uuid:pk>/grant/", authorities.grant, name="authority_grant"),
    path("<uuid:pk>/refuse/", authorities.refuse, name="authority_refuse"),
    path("<uuid:pk>/secrecy/", authorities.secrecy, name="authority_secrecy"),
    path("<uuid:pk>/hand-over/", authorities.hand_over, name="authority_hand_over"),
]
_desk_by_hand = [
    path("", by_hand.tasks, name="by_hand"),
    path("<uuid:pk>/", by_hand.task, name="by_hand_task"),
    path("<uuid:pk>/package/", by_hand.package, name="by_hand_package"),
    path("records/<uuid:pk>/", by_hand.judge, name="by_hand_judge"),
]
_desk_policies = [
    path("", publishing.desk_policies, name="desk_policies"),
    path("write/", publishing.write, name="desk_draft_write"),
    path("drafts/<int:pk>/", publishing.draft, name="desk_draft"),
    path("drafts/<int:pk>/edit/", publishing.rewrite, name="desk_draft_edit"),
    path("drafts/<int:pk>/preview/", publishing.preview, name="desk_preview"),
    path("drafts/<int:pk>/submit/", publishing.submit, name="desk_submit"),
    path("drafts/<int:pk>/recall/", publishing.recall, name="desk_recall"),
    path("drafts/<int:pk>/discard/", publishing.discard, name="desk_discard"),
    path("drafts/<int:pk>/publish/", publishing.publish, name="desk_publish"),
    path("drafts/<int:pk>/send-back/", publishing.send_back, name="desk_send_back"),
    path("versions/<int:pk>/withdraw/", publishing.withdraw, name="desk_withdraw"),
]
_desk_partners = [
    path("", partners.partners, name="partners"),
    path("new/", partner_keys.register, name="partner_register"),
    path("<slug:slug>/", partner.partner, name="partner"),
    path("<slug:slug>/key/", partner_keys.exchange, name="partner_key"),
    path("<slug:slug>/edit/", partner.edit, name="partner_edit"),
    path("<slug:slug>/retry/", partner.retry, name="partner_retry"),
    path("<slug:slug>/on/", partner.switch, {"to": "on"}, name="partner_on"),
    path("<slug:slug>/off/", partner.switch, {"to": "off"}, name="partner_off"),
]
_desk_transfers = [
    path("", transfers.desk, name="transfers_desk"),
    *[
        path(f"<uuid:pk>/{what}/", transfers.act, {"what": what}, name=f"transfer_{what}")
        for what in ("publish", "discard", "withdraw")
    ],
]
_desk_ending = [
    path("", endings.desk, name="ending_desk"),
    path("announce/", endings.announce, name="ending_announce"),
    path("revoke/", endings.revoke, name="ending_revoke"),
]

urlpatterns = [
    path("sign-in/", include(_sign_in)),
    path("policies/", include(_policies)),
    path("", include(_announcements)),
    path("consents/", include(_questions)),
    path("me/", include(_mine)),
    path("opendsr/", include(_opendsr)),
    path("desk/assessments/", include(_desk_assessments)),
    path("desk/authority-requests/", include(_desk_authorities)),
    path("desk/by-hand/", include(_desk_by_hand)),
    path("desk/policies/", include(_desk_policies)),
    path("desk/partners/", include(_desk_partners)),
    path("desk/transfers/", include(_desk_transfers)),
    path("desk/ending/", include(_desk_ending)),
]
