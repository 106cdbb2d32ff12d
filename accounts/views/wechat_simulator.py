"""A page that plays WeChat's, for development: what WECHAT_URL=simulator:// leads to."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.ports import wechat

# Nobody is behind them.
INVENTED = (
    ("甲", "simulated-openid-a"),
    ("乙", "simulated-openid-b"),
    ("丙", "simulated-openid-c"),
)


@require_GET
@never_cache
def wechat_simulator(request: HttpRequest) -> HttpResponse:
    """Be one of three invented WeChat users, or decline; 404 unless WECHAT_URL asks for it."""
    back, state = request.GET.get("redirect_uri", ""), request.GET.get("state", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    if not (settings.DEVELOPMENT and wechat.is_simulated() and is_ours and state):
        raise Http404
    signer = signing.TimestampSigner(salt=wechat.SIMULATED_SALT)
    users = [
        (name, f"{back}?{urlencode({'code': signer.sign(openid), 'state': state})}")
        for name, openid in INVENTED
    ]
    context = {"users": users, "decline": f"{back}?{urlencode({'state': state})}"}
    return render(request, "accounts/wechat_simulator.html", context)
