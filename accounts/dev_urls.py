"""Development-only addresses."""

from django.urls import path

from accounts.views.outbox import outbox
from accounts.views.wechat_simulator import wechat_simulator

urlpatterns = [
    path("outbox/", outbox, name="outbox"),
    path("wechat/", wechat_simulator, name="wechat_simulator"),
]
