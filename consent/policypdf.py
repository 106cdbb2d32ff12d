"""A policy as PDF: the words of the page, for keeping. Pure; nothing is fetched, nothing embedded.

The one rule: it is made of the same tokens as the page, and every page carries the version and the
fingerprint of the text.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import Any

from markdown_it.token import Token
from reportlab.lib import textsplit
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import cidfonts, pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    paragraph,
)
from reportlab.platypus.tables import LongTable, TableStyle

from consent import policytext

SONG = "STSong-Light"
BOLD = "STSong-Bold"
_BOLD_NAME = f"/{SONG},Bold"
_FORCE_BOLD = 6 | 1 << 18  # serif, symbolic, and drawn in bold (PDF 32000-1, table 123)
MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * MARGIN
_INK, _SOFT, _LINE = HexColor("#15191e"), HexColor("#565e69"), HexColor("#c9ced6")
_BODY = ParagraphStyle(
    "body", fontName=SONG, fontSize=10.5, leading=18, wordWrap="CJK", textColor=_INK, spaceAfter=5
)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9, leading=13.5, spaceAfter=0)
_HEADINGS = {
    level: ParagraphStyle(
        f"h{level}",
        parent=_BODY,
        fontName=BOLD,
        fontSize=size,
        leading=size * 1.5,
        spaceBefore=before,
        spaceAfter=before / 2,
        keepWithNext=1,
    )
    for level, size, before in ((1, 18, 12), (2, 14, 12), (3, 11.5, 8))
}
_INDENT = 14
# The round bullet is not among the typeface's signs; the disc is, and small enough is the same.
BULLET, _BULLET_SIZE = "●", 5
# A row stays on one page unless it may be longer than a page.
_LONG_CELL = 500
_GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#f3f4f6")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
)


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the foot of every page."""

    title: str
    number: str
    effective: str
    sha256: str


class _Bold(UnicodeCIDFont):
    """The same typeface in bold. Every reader brings its own, so it is asked for by its style."""

    def __init__(self) -> None:
        super().__init__(SONG)
        self.name = self.fontName = BOLD

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - the library's name
        """As the library's, under the name readers know a bold style by."""
        inside = f"F{len(doc.fontMapping) + 1}"
        font = deepcopy(cidfonts.CIDFontInfo[SONG])  # type: ignore[attr-defined]  # not in its stub
        font |= {"Name": f"/{inside}", "Encoding": f"/{self.encodingName}", "BaseFont": _BOLD_NAME}
        for part in font["DescendantFonts"]:
            part["BaseFont"] = _BOLD_NAME
            part["FontDescriptor"] |= {"FontName": _BOLD_NAME, "Flags": _FORCE_BOLD}
        written = cidfonts.structToPDF(font)  # type: ignore[no-untyped-call]  # reportlab's own
        made = doc.Reference(written, inside)
        doc.idToObject["BasicFonts"].dict[inside] = made
        doc.fontMapping[self.name] = f"/{inside}"


# The library's list of signs that may not begin a line is Japanese: these are the Chinese ones.
for module in (textsplit, paragraph):
    module.ALL_CANNOT_START += "，；：！？》〉”’…％"  # type: ignore[attr-defined]  # not in its stub
pdfmetrics.registerFont(UnicodeCIDFont(SONG))
pdfmetrics.registerFont(_Bold())
pdfmetrics.registerFontFamily(SONG, normal=SONG, bold=BOLD, italic=SONG, boldItalic=BOLD)
pdfmetrics.registerFontFamily(BOLD, normal=BOLD, bold=BOLD, italic=BOLD, boldItalic=BOLD)


@lru_cache(maxsize=16)
def pdf(markdown: str, footer: Footer) -> bytes:
    """The text as PDF; the same bytes whenever it is asked for."""
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=f"{footer.title} {footer.number}",
        author="51车商家端",
        lang="zh-CN",
        invariant=1,
    )
    frame = Frame(MARGIN, MARGIN, _WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(list(_flow(policytext.tokens(markdown))), canvasmaker=_numbered(footer))
    return out.getvalue()


def _numbered(footer: Footer) -> type[Canvas]:
    """A canvas that writes the foot of every page once it knows how many there are."""

    class Numbered(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - the library's name
            """Keep the page until the last one is known."""
            self.pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]  # the library's recipe for it

        def save(self) -> None:
            """Write every page with its foot."""
            for number, page in enumerate(self.pages, start=1):
                self.__dict__.update(page)
                self._foot(number)
                super().showPage()
            super().save()

        def _foot(self, number: int) -> None:
            self.setStrokeColor(_LINE)
            self.line(MARGIN, MARGIN - 4 * mm, A4[0] - MARGIN, MARGIN - 4 * mm)
            self.setFillColor(_SOFT)
            self.setFont(SONG, 8)
            words = f"{footer.title}　{footer.number} 版　{footer.effective}起生效"
            self.drawString(MARGIN, MARGIN - 8 * mm, words)
            self.drawRightString(
                A4[0] - MARGIN, MARGIN - 8 * mm, f"第 {number} 页，共 {len(self.pages)} 页"
            )
            self.setFont("Courier", 7)
            self.drawString(MARGIN, MARGIN - 12 * mm, f"SHA-256 {footer.sha256}")

    return Numbered


def _flow(tokens: Sequence[Token]) -> Iterator[Flowable]:
    """Block after block, as the page shows them."""
    depth, marks, at = 0, [], 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open":
            style = _HEADINGS[min(int(token.tag[1]), 3)]
            yield Paragraph(_marked(tokens[at + 1]), style)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            depth += 1
            marks.append(int(token.attrs.get("start", 1)) if token.tag == "ol" else 0)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
            marks.pop()
        elif token.type == "paragraph_open":
            yield _paragraph(tokens, at, depth, marks)
        elif token.type in {"fence", "code_block"}:
            yield Paragraph(escape(token.content), _BODY)
        elif token.type == "table_open":
            end = next(n for n in range(at, len(tokens)) if tokens[n].type == "table_close")
            yield _table(tokens[at:end])
            yield Spacer(0, 8)
            at = end
        at += 1


def _paragraph(tokens: Sequence[Token], at: int, depth: int, marks: list[int]) -> Paragraph:
    words = _marked(tokens[at + 1])
    if not depth:
        return Paragraph(words, _BODY)
    style = ParagraphStyle("item", parent=_BODY, leftIndent=_INDENT * depth, spaceAfter=3)
    if tokens[at - 1].type != "list_item_open":
        return Paragraph(words, style)
    mark = f"{marks[-1]}." if marks[-1] else BULLET
    marks[-1] += 1 if marks[-1] else 0
    style.bulletIndent, style.bulletFontName = _INDENT * (depth - 1), SONG
    style.bulletFontSize = _BODY.fontSize if marks[-1] else _BULLET_SIZE
    return Paragraph(words, style, bulletText=mark)


def _table(tokens: Sequence[Token]) -> LongTable:
    rows: list[list[Paragraph]] = []
    longest = 0
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            words = _marked(tokens[at + 1])
            longest = max(longest, len(words))
            rows[-1].append(Paragraph(f"<b>{words}</b>" if token.tag == "th" else words, _CELL))
    width = _WIDTH / max(map(len, rows))
    return LongTable(
        rows,
        [width] * len(rows[0]),
        repeatRows=1,
        splitInRow=int(longest > _LONG_CELL),
        style=_GRID,
    )


def _marked(inline: Token) -> str:
    """Inline tokens as the library's own marks; every word escaped, links as their words."""
    parts = []
    for child in inline.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(escape(child.content))
        elif child.type in {"strong_open", "strong_close"}:
            parts.append("<b>" if child.nesting == 1 else "</b>")
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("<br/>")
    return "".join(parts)
