"""The door in: who may give us data about a merchant. Nobody may today: the registry is empty.

A source is admitted with proof that it got the data lawfully, for listed items only, and only after
the person agreed in a pop-up of its own (PIPL 13, 23; GB/T 35273 5.4 e).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from consent.models import Consent
from consent.notices import Notice


class NotAdmitted(Exception):
    """Nothing comes in from there: no such source, an unproven one, or no consent of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One giver of data, and what was checked before anything is taken from it.

    `proof` is the document that shows how it got the data, `authorised` what people allowed it.
    """

    slug: str
    name: str
    contact: str
    items: tuple[str, ...]
    purpose: str
    proof: str
    authorised: str
    checked_date: date | None
    retention: str

    @property
    def is_proven(self) -> bool:
        """Whether everything that makes taking from it lawful is on record."""
        return bool(self.items and self.proof and self.authorised and self.checked_date)

    @property
    def notice(self) -> Notice:
        """What the person is told and asked before anything is taken from it."""
        return Notice(
            code=f"source:{self.slug}",
            version="1",
            title=f"是否同意我们从{self.name}取得您的信息？",
            purpose=self.purpose,
            categories=self.items,
            method=f"由{self.name}（{self.contact}）提供给我们，加密传送。",
            necessity=f"来源已核实：{self.proof}；对方取得的授权：{self.authorised}。",
            impact="取得以后按我们的隐私政策处理，您在“我的”里能看到。",
            retention=self.retention,
            refusing="不同意就不取得，其他功能照常。",
            alternative="由您自己填写或者上传。",
        )


SOURCES: Mapping[str, Source] = MappingProxyType({})


def notices() -> Mapping[str, Notice]:
    """The questions of the proven sources, by code."""
    return {found.notice.code: found.notice for found in SOURCES.values() if found.is_proven}


def admit(*, person_id: UUID, slug: str, items: Collection[str]) -> Source:
    """The source, when these items about this person may be taken from it; else NotAdmitted."""
    found = SOURCES.get(slug)
    if found is None or not found.is_proven:
        raise NotAdmitted(slug)
    if set(items) - set(found.items):
        raise NotAdmitted(f"{slug}: {sorted(set(items) - set(found.items))}")
    notice = found.notice
    agreed = Consent.objects.agreed_to(person_id, [notice.sha256])
    if not agreed.filter(code=notice.code).exists():
        raise NotAdmitted(notice.code)
    return found
