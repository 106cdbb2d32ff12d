"""Development-only addresses."""

from django.urls import path

from accounts.views.outbox import outbox

urlpatterns = [path("outbox/", outbox, name="outbox")]
