"""What changed between two versions of a policy, for people to read. Pure functions.

Paragraphs, list items and table rows are compared; a changed one shows its words struck out and
put in. All HTML made here is escaped.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"^#{1,6}\s+")
_RULER = re.compile(r"^\|(?:\s*:?-+:?\s*\|)+$")
_MARKS = re.compile(r"\*\*|__|`|\\(?=\W)|^#{1,6}\s+|^>\s?|^[-*]\s+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
# A Chinese character stands for itself, a Latin word or a number is one whole.
_WORD = re.compile(r"[A-Za-z0-9.]+|\s+|.", re.DOTALL)
# Below this likeness two paragraphs are different ones, not one that was changed.
_ALIKE = 0.45


@dataclass(frozen=True, slots=True)
class Change:
    """One changed place: the heading it stands under, what happened, and the words."""

    heading: str
    kind: str  # "added", "removed" or "changed"
    html: SafeString


@lru_cache(maxsize=32)
def changes(before: str, after: str) -> tuple[Change, ...]:
    """Every difference in order, each under its heading: the new text's, unless it was removed.

    Remembered: versions never change, and a home page that announces one shows its first changes.
    """
    old, new = _blocks(before), _blocks(after)
    matcher = SequenceMatcher(None, [b.text for b in old], [b.text for b in new], autojunk=False)
    found: list[Change] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag != "equal":
            found += _replaced(old[old_from:old_to], new[new_from:new_to])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Block:
    heading: str
    text: str


def _blocks(markdown: str) -> list[_Block]:
    blocks: list[_Block] = []
    heading = ""
    for line in markdown.splitlines():
        if not line.strip() or _RULER.match(line.strip()):
            continue
        text = _plain(line.strip())
        if _HEADING.match(line):
            heading = text
        blocks.append(_Block(heading, text))
    return blocks


def _plain(line: str) -> str:
    """A line as it is read, without the marks of Markdown."""
    if line.startswith("|") and line.endswith("|"):
        cells = (cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        line = " · ".join(cells)
    return _MARKS.sub("", _LINK.sub(r"\1", line)).strip()


def _replaced(old: Sequence[_Block], new: Sequence[_Block]) -> Iterator[Change]:
    """Pair what was changed with what it became; the rest went or came."""
    left = list(old)
    for block in new:
        twin = max(left, key=lambda gone: _likeness(gone.text, block.text), default=None)
        if twin is None or _likeness(twin.text, block.text) < _ALIKE:
            yield Change(block.heading, "added", _wrapped("ins", block.text))
            continue
        for gone in left[: left.index(twin)]:
            yield Change(gone.heading, "removed", _wrapped("del", gone.text))
        left = left[left.index(twin) + 1 :]
        yield Change(block.heading, "changed", _words(twin.text, block.text))
    for gone in left:
        yield Change(gone.heading, "removed", _wrapped("del", gone.text))


def _likeness(old: str, new: str) -> float:
    """From 0 to 1; 0 for what cannot be alike enough, which is told without looking closely."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()


def _words(old: str, new: str) -> SafeString:
    was, now = _WORD.findall(old), _WORD.findall(new)
    parts: list[str] = []
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            parts.append(escape("".join(now[new_from:new_to])))
            continue
        if old_to > old_from:
            parts.append(_wrapped("del", "".join(was[old_from:old_to])))
        if new_to > new_from:
            parts.append(_wrapped("ins", "".join(now[new_from:new_to])))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def _wrapped(tag: str, text: str) -> SafeString:
    return mark_safe(f"<{tag}>{escape(text)}</{tag}>")  # noqa: S308 - the text is escaped
