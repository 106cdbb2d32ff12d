"""Tables that lost their columns: runs of lines like 「SDK 功能 收集个人信息类型 链接」.

A space parts columns, but stands inside cells too, so a cell ends where its content says it does:
* A header line names the columns; the word 名称 belongs to the word before it (「SDK 名称」).
* The last cell of a table with links is the words 查看链接. Their address was lost before we got
  the text; 「(opens new window)」, the mark of the web page's link icon, is dropped.
* The name in a table of three or more columns runs to the word ending in SDK among the first
  three; without one it is the first word and the all-Latin words behind it (腾讯 Bugly).
* The next cell is one word; an all-Latin word ties its neighbours together (手机厂商 Push 推送).
* In a table of name and description, the description starts at the first word with a Chinese
  character, and takes along the word Android before it (VK andriod | Android 的集成开发框架之一).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

HEADER_WORDS = ("SDK", "名称", "功能", "说明", "用途", "目的", "场景", "类型", "链接")
LINK = "查看链接"
_LINK_CELL = re.compile(rf"\s*{LINK}(?:\s*\(opens new window\))?\s*$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z0-9+._-]+")
_NAME_WORDS = 3


class Table(NamedTuple):
    """Column names and rows; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def lost_links(self) -> int:
        """How many cells say 「查看链接」 without an address to open."""
        return sum(cell == LINK for row in self.rows for cell in row)

    def markdown(self) -> str:
        """The same table as a GitHub-style Markdown table."""
        lines = [_line(self.columns), _line(["---"] * len(self.columns))]
        return "\n".join(lines + [_line(row) for row in self.rows])


def columns(line: str) -> tuple[str, ...]:
    """The column names of a header line, or nothing when the line is no header."""
    words = line.split()
    if len(words) < 2 or not all(word.endswith(HEADER_WORDS) for word in words):
        return ()
    names: list[str] = []
    for word in words:
        if word == "名称" and names:
            names[-1] += " 名称"
        else:
            names.append(word)
    return tuple(names)


def read(lines: Sequence[str]) -> Table | None:
    """The table in a run of lines without gaps, or None when the first is no header."""
    head = columns(lines[0])
    if not head or len(lines) < 2:
        return None
    return Table(head, tuple(_row(line, len(head)) for line in lines[1:]))


def _row(line: str, width: int) -> tuple[str, ...]:
    cells = _described(line.split()) if width == 2 else _linked(line, width)
    return tuple((cells + [""] * width)[:width])


def _described(words: list[str]) -> list[str]:
    start = next((at for at, word in enumerate(words) if at and _HAN.search(word)), len(words))
    if start > 1 and words[start - 1] == "Android":
        start -= 1
    return [" ".join(words[:start]), " ".join(words[start:])]


def _linked(line: str, width: int) -> list[str]:
    has_link = bool(_LINK_CELL.search(line))
    words = _LINK_CELL.sub("", line).split()
    cells = []
    end = _name_end(words)
    for _ in range(width - 1 - has_link):
        cells.append(" ".join(words[:end]))
        words = words[end:]
        end = _cell_end(words)
    return [*cells, " ".join(words), *([LINK] if has_link else [])]


def _name_end(words: Sequence[str]) -> int:
    for at, word in enumerate(words[:_NAME_WORDS]):
        if word.lower().endswith("sdk"):
            return at + 1
    end = 1
    while end < len(words) and _LATIN.fullmatch(words[end]):
        end += 1
    return end


def _cell_end(words: Sequence[str]) -> int:
    end = 1
    while end < len(words) and _LATIN.fullmatch(words[end]):
        end += 2
    return min(end, len(words))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
