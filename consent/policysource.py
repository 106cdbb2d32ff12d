"""Repairs a policy as firms publish it (text of a web page or a PDF) into Markdown.

Only the shape is rebuilt: headings get the level their number tells, lines a page broke are
joined, lists and SDK tables become lists and tables. No word is added, dropped or changed;
`notes` says what could not be rebuilt.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from consent import sdktables

_HASH = re.compile(r"^#{1,6}\s*(?=\S)")
_LIST = re.compile(r"^(?:[-*]|\d{1,2}\.)\s+\S")
_CHAPTER = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_SECTION = re.compile(r"^（[一二三四五六七八九十]{1,3}）")
_NUMBER = re.compile(r"^\d{1,3}(?:\.\d{1,3})*")
_FRAMED = re.compile(r"^【([^】]{1,12})】$")
_LABELLED_DATE = re.compile(r"^版本\w{0,6}[:：]")
_LATIN = re.compile(r"[A-Za-z0-9]")
_PUNCTUATION = re.compile(r"[，。；：！？、,;:!?]")
_ENDED = re.compile(r"[。；：！？.;:!?](?:[”’）】)]|\*\*)*$")

# A PDF page holds some 36 Chinese characters a line, and most of its lines are full; on a web
# page a paragraph is one long line.
_WIDEST_PAGE = 100
_FULL_LINE = 0.91
_WIDEST_HEADING = 0.8
_FULL_SHARE = 0.4
_FEWEST_LINES = 20
_LONGEST_TITLE = 40
_LONGEST_LABEL = 20
# Numbers run low: in 「1.53 快服旗下产品」 the 53 belongs to the name.
_HIGHEST_NUMBER = 40


class Line(NamedTuple):
    """A line that says something, and how it stood on the page."""

    text: str
    after_gap: bool
    indented: bool


class Block(NamedTuple):
    """A piece of the page. Level: 1–6 of a heading, 0 of anything else."""

    text: str
    level: int = 0
    fixed: bool = False  # a list or table: already Markdown


class Repaired(NamedTuple):
    """The rebuilt policy; its first line is the title as `# …`."""

    markdown: str
    notes: tuple[str, ...]


def repair(text: str) -> Repaired:
    """Rebuild the Markdown of a policy that came as bare text or with one heading level only."""
    lines = _lines(text)
    width = _page_width(lines)
    notes: list[str] = []
    blocks = _titled(_levelled(_joined(_chunks(lines, notes), width), width))
    return Repaired("\n\n".join(_written(block) for block in blocks) + "\n", tuple(notes))


def numbers(text: str) -> tuple[int, ...]:
    """The leading number of a line, 「5.3.1」 as (5, 3, 1).

    A lone number counts only with a dot behind it.
    """
    match = _NUMBER.match(text)
    parts: list[int] = []
    for part in match.group().split(".") if match else ():
        if int(part) > _HIGHEST_NUMBER:
            break
        parts.append(int(part))
    if len(parts) == 1 and text[len(str(parts[0])) :][:1] not in {".", "、"}:
        return ()
    return tuple(parts)


def close_bold(text: str) -> str:
    """Move punctuation that ends **bold** out of it: Markdown cannot close it before a word."""
    parts = text.split("**")
    if len(parts) % 2 == 0:
        return text
    for at in range(1, len(parts), 2):
        words = parts[at].rstrip("。；，：！？）")
        if words and parts[at + 1][:1].isalnum():
            parts[at + 1] = parts[at][len(words) :] + parts[at + 1]
            parts[at] = words
    return "**".join(parts)


def _lines(text: str) -> list[Line]:
    lines = []
    gap = True
    for raw in text.split("\n"):
        if not raw.strip():
            gap = True
            continue
        lines.append(Line(raw.strip(), gap, raw.startswith(" ")))
        gap = False
    return lines


def _page_width(lines: Sequence[Line]) -> int:
    """Columns of the page that broke the lines, 0 when paragraphs are whole."""
    widths = [_width(line.text) for line in lines]
    if len(widths) < _FEWEST_LINES or max(widths) > _WIDEST_PAGE:
        return 0
    full = sum(width >= max(widths) * _FULL_LINE for width in widths)
    return max(widths) if full >= len(widths) * _FULL_SHARE else 0


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _chunks(lines: Sequence[Line], notes: list[str]) -> Iterator[Block]:
    """Tables and lists as wholes, every other line by itself."""
    at = 0
    while at < len(lines):
        run = _run(lines, at)
        table = sdktables.read([line.text for line in run])
        if table:
            notes.extend(_lost(table))
            yield Block(table.markdown(), fixed=True)
        elif _is_list(run):
            yield Block("\n".join(_item(line.text) for line in run), fixed=True)
        else:
            run = run[:1]
            yield Block(run[0].text)
        at += len(run)


def _run(lines: Sequence[Line], at: int) -> Sequence[Line]:
    """The lines from here to the next gap; of a list, only its items."""
    end = at + 1
    while end < len(lines) and not lines[end].after_gap:
        if _LIST.match(lines[at].text) and not _LIST.match(lines[end].text):
            break
        end += 1
    return lines[at:end]


def _is_list(run: Sequence[Line]) -> bool:
    """Bullets are a list at once; numbered lines only when they stand together and indented."""
    bulleted = run[0].text.startswith(("- ", "* "))
    numbered = len(run) > 1 and all(line.indented for line in run)
    return (bulleted or numbered) and all(_LIST.match(line.text) for line in run)


def _lost(table: sdktables.Table) -> list[str]:
    if not table.lost_links:
        return []
    return [f"「{table.columns[0]}」表有 {table.lost_links} 个“查看链接”在来源文件中没有网址"]


def _joined(blocks: Iterator[Block], width: int) -> list[Block]:
    """Join the lines a page broke into whole paragraphs."""
    whole: list[Block] = []
    last = ""
    for block in blocks:
        text = block.text
        if whole and not block.fixed and _continues(whole[-1], last, text, width):
            whole[-1] = Block(_glued(whole[-1].text, text))
        else:
            whole.append(block)
        last = text
    return whole


def _continues(before: Block, last: str, text: str, width: int) -> bool:
    if before.fixed or _opens(text) or _stands_alone(before.text, width):
        return False
    if before.text.count("（") > before.text.count("）"):
        return True
    full = bool(width) and _width(last) >= width * _FULL_LINE
    return full or not _ENDED.search(before.text)


def _opens(text: str) -> bool:
    """Whether a line can only be the start of something."""
    marks = (_HASH, _CHAPTER, _SECTION, _FRAMED, _LABELLED_DATE)
    return bool(numbers(text)) or any(mark.match(text) for mark in marks)


def _stands_alone(text: str, width: int) -> bool:
    """Headings, titles and dates: never the start of a paragraph that runs on."""
    if _HASH.match(text) or _FRAMED.match(text) or _LABELLED_DATE.match(text):
        return True
    short = _width(text) < (width * _WIDEST_HEADING if width else 2 * _LONGEST_TITLE)
    marked = _CHAPTER.match(text) or _SECTION.match(text) or numbers(text)
    plain = len(text) <= _LONGEST_LABEL
    return short and not _has_sentence(text) and bool(marked or plain)


def _has_sentence(text: str) -> bool:
    """Sentence marks in it, other than 、 which headings list things with."""
    number = _NUMBER.match(text)
    rest = _CHAPTER.sub("", text[number.end() :] if number else text)
    return bool(_PUNCTUATION.search(rest.replace("、", "")))


def _glued(before: str, text: str) -> str:
    """Two parts of a broken line; Latin words keep the space that was at the break."""
    ends, starts = before[-1], text[0]
    latin = bool(_LATIN.match(ends) or _LATIN.match(starts))
    return f"{before} {text}" if latin and ends.isalnum() and starts.isalnum() else before + text


def _levelled(blocks: Sequence[Block], width: int) -> Iterator[Block]:
    """Give headings the level their numbers tell: 一、 2, （一） 3, and below them 1. 1.1 1.1.1."""
    base, level = 1, 1
    for at, block in enumerate(blocks):
        text = _HASH.sub("", block.text)
        if block.fixed or _LABELLED_DATE.match(text):
            yield block
            continue
        if _CHAPTER.match(text) or _SECTION.match(text):
            base = level = 2 if _CHAPTER.match(text) else 3
            yield Block(text, level)
        elif _is_heading(block.text, width) and numbers(text):
            level = min(6, base + len(numbers(text)))
            yield Block(text, level)
        elif _is_heading(block.text, width):
            framed = _FRAMED.match(text)
            yield Block(framed.group(1) if framed else text, 2)
        elif not width and _labels(text, blocks[at + 1 : at + 2]):
            yield Block(text, min(6, level + 1))
        else:
            yield block


def _is_heading(text: str, width: int) -> bool:
    return bool(_HASH.match(text)) or _stands_alone(text, width)


def _labels(text: str, following: Sequence[Block]) -> bool:
    """A short line ending in a colon names the paragraph below (客户服务:); a list it leads in."""
    short = len(text) <= _LONGEST_LABEL and text.endswith((":", "："))
    prose = bool(following) and not following[0].fixed and not numbers(following[0].text)
    return short and prose and not _has_sentence(text[:-1]) and not numbers(text)


def _titled(blocks: Iterator[Block]) -> Iterator[Block]:
    """Make the first heading without a number the title, and put it first."""
    rest = list(blocks)
    for at, block in enumerate(rest):
        if block.level and not numbers(block.text):
            yield Block(block.text, 1)
            del rest[at]
            break
    yield from rest


def _written(block: Block) -> str:
    if block.fixed:
        return block.text
    if block.level:
        return f"{'#' * block.level} {block.text}"
    return _escaped(close_bold(block.text))


def _escaped(text: str) -> str:
    """A paragraph that begins like a list, heading or quote stays a paragraph."""
    text = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)
    return re.sub(r"^(?=[#>+=~`-])", r"\\", text)


def _item(text: str) -> str:
    """A list item; one with a closing ** alone is bold from its first word."""
    mark, words = text.split(maxsplit=1)
    if words.count("**") % 2:
        words = f"**{words}"
    return f"{mark} {close_bold(words)}"
