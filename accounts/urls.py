"""Addresses of this app."""

from django.urls import path

from accounts.views import (
    callers,
    complaints,
    complaints_desk,
    contacts,
    deactivation,
    desk,
    export,
    held,
    notifications,
    phone,
    receipts,
    settings,
    support,
)

app_name = "accounts"

urlpatterns = [
    path("sign-out/", settings.sign_out, name="sign_out"),
    path("me/settings/", settings.settings, name="settings"),
    path("me/settings/sign-out-others/", settings.sign_out_others, name="sign_out_others"),
    path("me/settings/notifications/", notifications.notifications, name="notifications"),
    path("me/phone/", phone.phone, name="phone"),
    path("me/phone/code/", phone.code, name="phone_code"),
    path("me/phone/new/", phone.new, name="phone_new"),
    path("me/phone/new/code/", phone.new_code, name="phone_new_code"),
    path("me/held/", held.held, name="held"),
    path("me/export/", export.export, name="export"),
    path("me/export/code/", export.code, name="export_code"),
    path("me/export/file/", export.file, name="export_file"),
    path("me/deactivate/", deactivation.deactivate, name="deactivate"),
    path("me/deactivate/code/", deactivation.code, name="deactivate_code"),
    path("me/deactivate/confirm/", deactivation.confirm, name="deactivate_confirm"),
    path("me/deactivate/scheduled/", deactivation.scheduled, name="deactivate_scheduled"),
    path("me/deactivate/cancel/", deactivation.cancel, name="deactivate_cancel"),
    path("me/support/", support.support, name="support"),
    path("me/support/<uuid:pk>/evidence/", contacts.own_evidence, name="own_evidence"),
    path("receipt/<str:code>/", receipts.receipt, name="receipt"),
    path("receipt/<str:code>/certificate", receipts.certificate, name="certificate"),
    path("complaints/", complaints.complain, name="complain"),
    path("complaints/<str:code>/", complaints.complaint, name="complaint"),
    path("desk/complaints/", complaints_desk.complaints_list, name="complaints_desk"),
    path("desk/complaints/<uuid:pk>/", complaints_desk.complaint_desk, name="complaint_desk"),
    path("desk/callers/", callers.start, name="caller_start"),
    path("desk/callers/code/", callers.code, name="caller_code"),
    path("desk/callers/<uuid:pk>/", callers.caller, name="caller"),
    path("desk/contacts/<uuid:pk>/", contacts.contact, name="contact"),
    path("desk/contacts/<uuid:pk>/evidence/", contacts.evidence, name="contact_evidence"),
    path("desk/contacts/<uuid:pk>/take-in/", contacts.take_in, name="contact_take_in"),
    path("desk/contacts/<uuid:pk>/close/", contacts.close, name="contact_close"),
    path("desk/contacts/<uuid:pk>/close/code/", contacts.close_code, name="contact_close_code"),
    path("desk/erasures/", desk.erasures_list, name="erasures"),
    path("desk/erasures/<uuid:pk>/start/", desk.start, name="erasure_start"),
]
