"""One visit to one mailbox: batch after batch while the lease lasts."""

import logging

from django.conf import settings

from consent.courier import claim, letters, record, send
from consent.models import Partner
from consent.protocol import safe_url
from consent.protocol.safe_url import Target

BATCH = 500
log = logging.getLogger(__name__)


def drain(partner_id: int, *, batch: int = BATCH) -> int:
    """Deliver everything due to one partner; returns how many answers came.

    Returns 0 at once when the mailbox is not due or another courier has it. Whatever happens the
    mailbox is given back; a crash leaves it to its lease, and the rows are due again.
    """
    lease = claim.claim(partner_id)
    if lease is None:
        return 0
    reached, answered = True, 0
    try:
        partner = Partner.objects.get(pk=partner_id)
        with send.Lines(target_of(partner), letters.signer(partner)) as lines:
            while reached and lease.has_time():
                due = letters.due(partner, most=batch)
                if not due:
                    break
                partner.refresh_from_db(fields=["state", "contract_until"])
                ready, gone = letters.write(partner, due)
                answers = lines.post(ready)
                reached = record.record(lease, answers, gone) or not answers
                answered += len(answers)
    except record.LeaseLost:
        log.warning("lease of mailbox %s lost; the batch will be sent again", partner_id)
        return answered
    except BaseException:
        claim.release(lease, failed=True)
        raise
    claim.release(lease, failed=not reached)
    return answered


def target_of(partner: Partner) -> Target | None:
    """Where to post, looked up and judged once a visit; None when it may not be connected to."""
    try:
        return safe_url.check(partner.endpoint, allow_loopback=settings.DEVELOPMENT)
    except safe_url.UnsafeURL as refused:
        log.warning("partner %s is not reachable safely: %s", partner.slug, refused.reason)
        return None
