"""An impact assessment as a file people can read: a head of two lines, then three chapters.

purpose: id_photo
high_risk: no

# 标题
## 目的和方式是否合法、正当、必要
…
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from consent.models.assessments import CONTENTS

FOLDER = Path(__file__).resolve().parent / "assessments"
_ANSWERS: Mapping[str, bool] = {"yes": True, "no": False}


class Unreadable(Exception):
    """The file does not have the form above; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an author wrote down."""

    purpose: str
    is_high_risk: bool
    necessity: str
    influence: str
    measures: str


def shipped() -> list[Written]:
    """The assessments that come with the portal, for two officers to read and approve."""
    return [parse(path.read_text()) for path in sorted(FOLDER.glob("*.md"))]


def shipped_for(purpose: str) -> Written | None:
    """What ships about this purpose, to begin from; None when nothing does."""
    return next((written for written in shipped() if written.purpose == purpose), None)


def parse(raw: str) -> Written:
    """Read one file; raises Unreadable."""
    head, _, body = raw.partition("\n# ")
    facts = dict(re.findall(r"^(\w+): *(\S+)$", head, re.M))
    found = dict(re.findall(r"^## +(.+?) *\n+(.*?)(?=\n## |\Z)", body, re.M | re.S))
    if facts.keys() != {"purpose", "high_risk"} or facts["high_risk"] not in _ANSWERS:
        raise Unreadable("the head must say purpose, and high_risk as yes or no")
    chapters = {name: found.get(heading, "").strip() for name, heading in CONTENTS.items()}
    missing = [CONTENTS[name] for name, words in chapters.items() if not words]
    if missing or len(found) != len(CONTENTS):
        raise Unreadable(f"chapters missing or not known: {missing or list(found)}")
    return Written(purpose=facts["purpose"], is_high_risk=_ANSWERS[facts["high_risk"]], **chapters)
