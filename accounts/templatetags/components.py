"""What templates/components/ needs of Python: components with a body, and two helpers for loops."""

import re
from collections.abc import Iterable

from django import template
from django.template.context import Context
from django.template.engine import Engine
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_HOTLINE = re.compile(r"(?<![0-9-])(?:[48]00-\d{3}-\d{4}|0\d{2,3}-\d{7,8})(?![0-9-])", re.ASCII)


@register.simple_block_tag(takes_context=True, end_name="endcomponent")
def component(context: Context, content: SafeString, name: str, **params: object) -> SafeString:
    """Render components/`name`.html with `params` alone; the body between the tags is `content`."""
    found = Engine.get_default().get_template(f"components/{name}.html")
    values = {"content": content.strip() and content, **params}
    return mark_safe(found.render(context.new(values)))  # noqa: S308 - the template escaped it


@register.filter
def dialable(text: str) -> SafeString:
    """The text with its hotlines as links: a finger dials them, and no line breaks inside them."""
    linked = _HOTLINE.sub(_link, escape(text))
    return mark_safe(linked)  # noqa: S308 - escaped above; a link is made of digits and hyphens


def _link(hotline: re.Match[str]) -> str:
    return f'<a href="tel:{hotline[0].replace("-", "")}">{hotline[0]}</a>'


@register.filter
def count_to(total: int) -> range:
    """The numbers 1 to `total`."""
    return range(1, int(total) + 1)


@register.filter
def beside(row: Iterable[object], columns: Iterable[object]) -> list[tuple[object, object]]:
    """Each cell of a row with its column."""
    return list(zip(row, columns, strict=False))
