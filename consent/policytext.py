"""A policy's text: read from a file, shown as safe HTML, and fingerprinted. Nothing is stored.

The one rule: `render` and `fingerprint` take the same canonical text, so a consent is bound to
what was on the screen.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from consent import leaving
from consent.policysource import close_bold, numbers, repair

FRONT_MATTER = frozenset(
    {"kind", "number", "title", "language", "published_at", "effective_at", "summary"}
)
_CHAPTER = re.compile(r"^第?([一二三四五六七八九十]{1,3})[、章条]")
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s", re.MULTILINE)
_STATED_DATE = re.compile(
    r"(?P<what>公示|公布|发布|生效|版本|更新)(?:时间|日期)\D{0,3}"
    r"(?P<year>\d{4})\D{1,3}(?P<month>\d{1,2})\D{1,3}(?P<day>\d{1,2})"
)
# It stands in addresses and file names as it is, and no page of ours is called by a number.
_NUMBER = re.compile(r"\d[0-9A-Za-z.-]{0,19}", re.ASCII)
NUMBER_RULE = "版本号以数字开头，只能用数字、字母、点和短横，最多 20 位，例如 2.0"
_LONGEST = 500_000
_LONGEST_TITLE = 100
_FIRST_YEAR = 2000
# Dates stand at the head of a text; further down they date other things.
_HEAD = 2_000
# Signs that show nothing and can make a text read otherwise than it is stored.
_INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Cn")


class PolicyRefused(ValueError):
    """A file that cannot be taken as a policy; the message says why, in Chinese."""


class Heading(NamedTuple):
    """A line of the table of contents; `id` is the heading's id in the HTML."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """One version of one policy. `markdown` holds all that is shown, its title (`# …`) included."""

    title: str
    headings: tuple[Heading, ...]
    markdown: str
    published_date: date | None = None
    effective_date: date | None = None
    kind: str = ""
    number: str = ""
    language: str = "zh-Hans"
    summary: str = ""
    notes: tuple[str, ...] = ()


def parse(raw: str) -> PolicyText:
    """Read a policy file: our Markdown with front matter, any Markdown, or bare text.

    Markdown is taken as it is; the bare text firms publish (no headings, or all at one level) is
    repaired, and `notes` tells what could not be. Raises PolicyRefused for a file that is empty
    or too long, for broken front matter, and for a text without a title.
    """
    if len(raw) > _LONGEST:
        raise PolicyRefused(f"文件太长：最多 {_LONGEST} 字")
    front, body = _front_matter(_visible(raw))
    if not body.strip():
        raise PolicyRefused("文件里没有正文")
    markdown, notes = _as_markdown(body, is_ours=bool(front))
    headings = tuple(contents(markdown))
    title = front.get("title") or next((text for level, _, text in headings if level == 1), "")
    if not title:
        raise PolicyRefused("找不到标题：正文第一行应是“# 标题”")
    if len(title) > _LONGEST_TITLE:
        raise PolicyRefused(f"标题太长：最多 {_LONGEST_TITLE} 字")
    published, effective = _dates(front, markdown)
    return PolicyText(
        title=title,
        headings=headings,
        markdown=markdown,
        published_date=published,
        effective_date=effective,
        kind=front.get("kind", ""),
        number=front.get("number", ""),
        language=front.get("language", "zh-Hans"),
        summary=front.get("summary", ""),
        notes=notes,
    )


def is_number(text: str) -> bool:
    """Whether a version can be called this; NUMBER_RULE says in words what it takes."""
    return _NUMBER.fullmatch(text) is not None


def canonical(markdown: str) -> bytes:
    """The bytes a consent is bound to: UTF-8, LF, no blank lines around, one LF at the end."""
    text = markdown.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return f"{text}\n".encode()


def fingerprint(markdown: str) -> str:
    """SHA-256 (hex) of the canonical bytes, which are also all that `render` shows."""
    return hashlib.sha256(canonical(markdown)).hexdigest()


def render(markdown: str) -> str:
    """Safe HTML: no raw HTML, pictures or inline styles; links elsewhere say so before they do."""
    return _shown(canonical(markdown).decode())[0]


def contents(markdown: str) -> list[Heading]:
    """The headings in order, with the ids `render` gives them: 「5.5 注销」 is always s-5-5."""
    return list(_shown(canonical(markdown).decode())[1])


def tokens(markdown: str) -> list[Token]:
    """What `render` makes its HTML of, for whatever else must show the same words."""
    return _MARKDOWN.parse(canonical(markdown).decode())


class _Renderer(RendererHTML):
    def table_open(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        # A wide table scrolls in its own frame, by keyboard too; the page never does.
        env["tables"] = env.get("tables", 0) + 1
        label = f"表格 {env['tables']}"
        frame = f'role="region" aria-label="{label}" tabindex="0"'
        return f'<div class="table-scroll" {frame}>\n<table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return "</table>\n</div>\n"


class _Markdown(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False}, renderer_cls=_Renderer)
        self.enable("table").disable(["image", "html_block", "html_inline"])

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whether a link may stand: http, https, a place on this site; the rest stays text."""
        return _link_kind(url) != ""


_MARKDOWN = _Markdown()


@lru_cache(maxsize=32)
def _shown(markdown: str) -> tuple[str, tuple[Heading, ...]]:
    tokens = _MARKDOWN.parse(markdown)
    headings: list[Heading] = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            headings.append(_named(token, tokens[at + 1], headings))
        for child in token.children or ():
            if child.type == "link_open" and _link_kind(str(child.attrs["href"])) == "external":
                child.attrSet("href", leaving.address(str(child.attrs["href"])))
                child.attrSet("rel", "noopener nofollow external")
    _name_cells(tokens)
    env: dict[str, Any] = {}
    return _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env), tuple(headings)


def _name_cells(tokens: Sequence[Token]) -> None:
    """Give each cell its column's name: on a phone the cells stand one below the other.

    Column alignment goes: it comes as an inline style, which the CSP forbids.
    """
    columns: list[str] = []
    at = 0
    for token, inline in pairwise(tokens):
        if token.type == "thead_open":
            columns = []
        elif token.type == "tr_open":
            at = 0
        elif token.type == "th_open":
            columns.append(_words(inline))
            token.attrs = {"scope": "col"}
        elif token.type == "td_open":
            token.attrs = {"data-label": columns[at]}
            at += 1


def _words(inline: Token) -> str:
    children = inline.children or ()
    return "".join(child.content for child in children if child.type in {"text", "code_inline"})


def _named(token: Token, inline: Token, before: Sequence[Heading]) -> Heading:
    words = _words(inline)
    wanted = _slug(words)
    taken = {heading.id for heading in before}
    name = next(
        name
        for count in range(1, len(before) + 2)
        if (name := wanted if count == 1 else f"{wanted}--{count}") not in taken
    )
    token.attrSet("id", name)
    return Heading(int(token.tag[1]), name, words)


def _slug(words: str) -> str:
    number = numbers(words)
    if number:
        return "s-" + "-".join(map(str, number))
    chapter = _CHAPTER.match(words)
    name = chapter.group(1) if chapter else words
    return "s-" + (re.sub(r"\W+", "-", name).strip("-").lower() or "title")


def _link_kind(url: str) -> str:
    """ "external", "internal", or "" for what may not be a link."""
    if "\\" in url or "%5c" in url.lower() or url.startswith("//"):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in {"http", "https"}:
        return "external" if leaving.is_site(url) else ""
    return "" if parts.scheme or parts.netloc else "internal"


def _visible(raw: str) -> str:
    """The text without signs nobody sees; hard spaces become spaces."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\t\u00a0\u2007\u202f]", " ", text)
    return "".join(
        sign for sign in text if sign == "\n" or unicodedata.category(sign) not in _INVISIBLE
    )


def _front_matter(text: str) -> tuple[Mapping[str, str], str]:
    lines = text.lstrip("\n").split("\n")
    if lines[0].strip() != "---":
        return {}, text
    front: dict[str, str] = {}
    for at, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return front, "\n".join(lines[at + 1 :])
        key, colon, value = line.partition(":")
        if line.strip() and (not colon or key.strip() not in FRONT_MATTER or key.strip() in front):
            raise PolicyRefused(f"文件头第 {at} 行看不懂：{line.strip()}")
        if line.strip():
            front[key.strip()] = value.strip()
    raise PolicyRefused("文件头没有结束：缺少第二行“---”")


def _as_markdown(body: str, *, is_ours: bool) -> tuple[str, tuple[str, ...]]:
    """Headings at more than one level are someone's structure; one level, or none, is bare text."""
    notes: tuple[str, ...] = ()
    if is_ours or len(set(_MARKDOWN_HEADING.findall(body))) > 1:
        body = "\n".join(map(close_bold, body.split("\n")))
    else:
        body, notes = repair(body)
    return canonical(body).decode(), notes


def _dates(front: Mapping[str, str], markdown: str) -> tuple[date | None, date | None]:
    """Published and effective: from the front matter, else as the head of the text states them."""
    stated: dict[str, date] = {}
    for match in _STATED_DATE.finditer(markdown[:_HEAD]):
        name = "effective_at" if match["what"] == "生效" else "published_at"
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        stated.setdefault(name, _date(f"{year:04}-{month:02}-{day:02}"))
    for name in ("published_at", "effective_at"):
        if front.get(name):
            stated[name] = _date(front[name])
    return stated.get("published_at"), stated.get("effective_at")


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise PolicyRefused(f"日期不对：{text}") from error
    if day.year < _FIRST_YEAR:
        raise PolicyRefused(f"日期不对：{text}")
    return day
