"""Checks a policy or an agreement for what it must say and must not say.

It finds what is missing or forbidden by its words; whether what stands there is true and enough
remains for a person to judge. Rules follow articles 14, 17, 23 and 30 of the Personal Information
Protection Law, article 21 of the Network Data Regulations and section 5.5 of GB/T 35273.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from consent.lint_rules import BLOCKS, FORBIDDEN, RIGHTS, RIGHTS_HOW, Rule


class Problem(NamedTuple):
    """One finding: a stable code, and the sentence for the officer."""

    code: str
    message_zh: str

    @property
    def advice_zh(self) -> str:
        """What to do about it."""
        if self.code in _FORBIDDEN:
            return "请改写或者删去这些句子"
        return "请在正文里补上这一段"


_FORBIDDEN = frozenset(rule.code for rule in FORBIDDEN)


def problems(text: str, kind: str = "privacy") -> list[Problem]:
    """What a text of this kind lacks and what it must not say, in a fixed order; nothing when it
    is in order.
    """
    plain = _plain(text)
    found = _missing(plain, BLOCKS[kind])
    if kind == "privacy":
        found += _missing_rights(plain)
    return found + _forbidden(plain)


def _plain(text: str) -> str:
    """Words without Markdown's marks, so that bold type does not hide a phrase."""
    return re.sub(r"\*\*|\\(?=[.#-])", "", text)


def _missing(plain: str, rules: Sequence[Rule]) -> list[Problem]:
    return [
        Problem(rule.code, rule.message_zh)
        for rule in rules
        if not all(re.search(pattern, plain) for pattern in rule.patterns)
    ]


def _missing_rights(plain: str) -> list[Problem]:
    absent = [right for right, words in RIGHTS.items() if not re.search(words, plain)]
    found = [Problem("rights_missing", f"没有写明这些权利：{'、'.join(absent)}")] if absent else []
    if not re.search(RIGHTS_HOW, plain):
        found.append(Problem("rights_how_missing", "没有写明怎样行使权利"))
    return found


def _forbidden(plain: str) -> list[Problem]:
    found = []
    for rule in FORBIDDEN:
        hits = [match for pattern in rule.patterns for match in re.finditer(pattern, plain)]
        if hits:
            first = plain[max(0, hits[0].start() - 10) : hits[0].end() + 10]
            where = " ".join(first.split())
            found.append(Problem(rule.code, f"{rule.message_zh}：共 {len(hits)} 处，如“{where}”"))
    return found
