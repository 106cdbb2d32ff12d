"""Every address of the portal."""

from django.conf import settings
from django.urls import include, path

from config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("staff/", include("accounts.staff_urls")),
    path("", include("accounts.urls")),
    path("", include("consent.urls")),
    path("", include("onboarding.urls")),
]

if settings.DEVELOPMENT:
    from config.showcase import components

    urlpatterns += [
        path("dev/components/", components, name="components"),
        path("dev/", include("accounts.dev_urls")),
    ]

handler404 = "config.views.not_found"
