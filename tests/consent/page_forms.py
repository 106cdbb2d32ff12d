"""The forms of a page as a browser would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """One form: where it goes, what it sends by itself, and the buttons that send it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.named: dict[str, PageForm] = {}
        self.open: PageForm | None = None

    def handle_starttag(self, tag, attrs) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = PageForm(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self.open)
            if "id" in told:
                self.named[told["id"]] = self.open
        form = self.named.get(told["form"]) if "form" in told else self.open
        if form is None:
            return
        if tag == "input" and told.get("type") in ("checkbox", "radio"):
            form.boxes.append(told.get("name", ""))
        elif tag == "input" and told.get("name"):
            form.fields[told["name"]] = told.get("value", "")
        elif tag == "button" and told.get("type", "submit") == "submit":
            form.buttons.append((told.get("name", ""), told.get("value", "")))

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self.open = None


def forms_of(html: str) -> list[PageForm]:
    """Every form of a page, in order; buttons that name a form belong to that form."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def answering(html: str) -> list[PageForm]:
    """The forms that answer a separate consent."""
    return [form for form in forms_of(html) if form.action.startswith("/consents/")]
