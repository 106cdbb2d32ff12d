"""The step page's rival: a bare Django view asking the database the same, in a plain template.

Sessions, sign-in and CSRF from Django's own middleware; no gates, no headers, no components.
"""

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from consent.models import PolicyVersion
from onboarding.models import Application, Remark

MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
PAGE = engines["django"].from_string(
    "<!doctype html><html lang=zh><head><title>法定代表人</title></head><body><h1>法定代表人</h1>"
    "{% for remark in remarks %}<p>{{ remark.text }}</p>{% endfor %}"
    "<form method=post>{% csrf_token %}{{ form.as_p }}<button>保存并继续</button></form>"
    "</body></html>"
)


class LegalForm(forms.Form):
    """The same two fields."""

    legal_representative = forms.CharField(label="法定代表人姓名", max_length=50)
    legal_id_number = forms.CharField(label="法定代表人身份证号码", max_length=18)


@login_required(login_url="/")
def step(request: HttpRequest) -> HttpResponse:
    """The same rows, the same two values opened."""
    person = request.user.pk
    if person is None:
        raise PermissionDenied
    awaited = PolicyVersion.objects.awaiting(person).first()
    application = Application.objects.live().get(person=person)
    remarks = list(Remark.objects.open_on(application))
    values = {name: getattr(application, name).clear for name in LegalForm.base_fields}
    context = {"form": LegalForm(initial=values), "remarks": remarks, "awaited": awaited}
    return HttpResponse(PAGE.render(context, request))


urlpatterns = [path("apply/legal/", step)]
