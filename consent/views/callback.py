"""Where partners report back. Only a signature over the raw bytes is believed."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from consent.actions import obligations, partners
from consent.courier.letters import callback_url
from consent.gate import open_to_all
from consent.models import Obligation, Partner, Receipt
from consent.protocol import opendsr, statuses, webhooks
from consent.protocol.messages import Malformed

BODY_MAX = 64 * 1024
# What is agreed with a partner that has no interface is a passphrase and signs nothing.
MANUAL = Partner.Protocol.MANUAL
log = logging.getLogger(__name__)


def _refuse(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"error": {"code": status, "message": reason}}, status=status)


@csrf_exempt
@require_POST
@open_to_all
def callback(request: HttpRequest, slug: str) -> HttpResponse:
    """One OpenDSR callback: 202 once it is kept, 401 unproven, 400 unreadable, 404 not ours.

    411 and 413 for a body without a length, or with one no answer has.
    """
    partner = Partner.objects.asked_for().filter(slug=slug).exclude(protocol=MANUAL).first()
    keys = partners.secrets_of(partner) if partner else ()
    if partner is None or not keys:
        return _refuse(404, "unknown partner")
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()):
        return _refuse(411, "no length")
    if len(length) > len(str(BODY_MAX)) or int(length) > BODY_MAX:
        return _refuse(413, "too large")
    raw = request.body
    try:
        verified = webhooks.Verifier(*keys).verify(request.headers, raw)
    except webhooks.SignatureRefused as refused:
        log.warning("callback of %s refused: %s", slug, refused.reason)
        return _refuse(401, refused.reason)
    try:
        status = statuses.parse_callback(
            raw, processor_domain=partner.domain, ours=[callback_url(partner)]
        )
    except Malformed as problem:
        return _refuse(400, str(problem))
    obligation = Obligation.objects.filter(pk=status.subject_request_id, partner=partner).first()
    if obligation is None:
        return _refuse(404, "unknown request")
    obligations.receive(
        obligation=obligation,
        kind=Receipt.Kind.CALLBACK,
        status=status,
        raw=raw,
        sha256=opendsr.request_sha256(raw),
        verified=verified,
        signature=request.headers[webhooks.SIGNATURE],
    )
    return HttpResponse(status=202)
