"""What the middle floor holds because an authority asked for somebody's data.

While they are here the person sees it, unless a law binds us to silence. When they leave, the words
and scans go; documents that prove a handing over was lawful are sealed away for three years.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.clocks import Clock, deadline
from accounts.models import SealedRecord
from accounts.personal import KeyGone
from accounts.personal.classes import Category, Level
from accounts.personal.holders import Fate, FollowUp, Held, Outcome
from accounts.transitions import move
from consent.actions import authorities, subjects
from consent.models import AuthorityDocument, AuthorityRequest, AuthorityReview
from consent.states import AUTHORITY_REQUEST_OVER, AuthorityRequestState

LAW = "网络数据安全管理条例第12条"


class AuthorityRequests:
    """Demands of authorities, the scanned documents, and the two judgements of each."""

    name = "authorities"
    label = "有权机关的调取"

    def models(self) -> tuple[str, ...]:
        """The models it answers for."""
        return (
            "consent.AuthorityRequest",
            "consent.AuthorityDocument",
            "consent.AuthorityReview",
        )

    def inventory(self, person: UUID) -> list[Held]:
        """One line: how many, when last."""
        last = AuthorityRequest.objects.of(person).told().first()
        if last is None:
            return []
        return [
            Held(
                label="有权机关的调取文书和审查记录",
                category=Category.ACCOUNT,
                level=Level.GENERAL,
                purpose="依法审查和答复，证明提供或者拒绝都有依据",
                scene="有权机关凭文书调取时",
                count=AuthorityRequest.objects.of(person).told().count(),
                last_at=last.registered_at,
            )
        ]

    def export(self, person: UUID) -> Mapping[str, object]:
        """Every demand the person may know of, newest first."""
        told = AuthorityRequest.objects.of(person).told().select_related("authority")
        return {"authority_requests": [_exported(row) for row in told]}

    def erase(self, person: UUID, erasure: UUID) -> Outcome:
        """Seal what proves a handing over was lawful, drop the rest; the rows name nobody now."""
        rows = list(AuthorityRequest.objects.select_for_update().filter(person=person))
        sealed = _seal(rows, person, erasure, self.name)
        for row in rows:
            if row.state not in AUTHORITY_REQUEST_OVER:
                move(row, AuthorityRequestState.VOID, by=None)
        AuthorityDocument.objects.filter(person=person).delete()
        AuthorityReview.objects.filter(person=person).update(note=None)
        AuthorityRequest.objects.filter(person=person).update(wording=None, secrecy_reason=None)
        return _outcome([row for row in rows if not row.is_secret], sealed)

    def followups(self, erasure: UUID) -> list[FollowUp]:
        """No authority has to answer."""
        return []


def _exported(row: AuthorityRequest) -> dict[str, object]:
    return {
        "authority": row.authority.legal_name,
        "document": row.number,
        "law": row.law,
        "state": row.get_state_display(),
        "asked": subjects.labels(row.asked_items),
        "granted": subjects.labels(row.granted_items),
        "wording": row.wording.clear if row.wording else "",
        "registered_at": row.registered_at.isoformat(),
        "handed_at": row.handed_at.isoformat() if row.handed_at else None,
    }


def _seal(
    rows: Sequence[AuthorityRequest], person: UUID, erasure: UUID, holder: str
) -> SealedRecord | None:
    """Keep the documents of what was handed over in the last three years; repeatable."""
    known = SealedRecord.objects.filter(erasure_id=erasure, holder=holder).first()
    today = timezone.localdate()
    kept = {row: until for row in rows if (until := _kept_until(row)) and until > today}
    if known or not kept:
        return known
    try:
        documents = [_document(row) for row in kept]
    except KeyGone:
        # Rows of a backup from before an erasure: nobody can read them, so nothing can be kept.
        return None
    return erasures.seal_away(
        erasure_id=erasure,
        person_id=person,
        holder=holder,
        law=LAW,
        until=max(kept.values()),
        fields={"documents": json.dumps(documents)},
    )


def _kept_until(row: AuthorityRequest) -> date | None:
    """Three years from the handing over, as the sharing ledger itself; None without one."""
    return deadline(Clock.SHARING_LEDGER, row.handed_at).at.date() if row.handed_at else None


def _document(row: AuthorityRequest) -> dict[str, str]:
    return {
        "request": str(row.pk),
        "media_type": row.document.media_type,
        "base64": base64.b64encode(authorities.contents(row.document)).decode(),
    }


def _outcome(told: Sequence[AuthorityRequest], sealed: SealedRecord | None) -> Outcome:
    """What the receipt may say: of a demand a law makes us keep silent about, nothing."""
    if not told:
        return Outcome(Fate.NOTHING, 0)
    if sealed and any(row.handed_at for row in told):
        note = "只封存证明提供合法的文书，其余已删除；记录不再能对应到您"
        return Outcome(Fate.SEALED, len(told), law=sealed.law, until=sealed.until, note=note)
    note = "文书和说明已删除，只留编号和日期，不再能对应到您"
    return Outcome(Fate.ANONYMISED, len(told), law=LAW, note=note)
