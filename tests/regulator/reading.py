"""Reading pages as an inspector does: their words, their links, and how far one page is away."""

import html
import re
from collections import deque

from django.test import Client

TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


def words(page: str) -> str:
    """The text of a page without markup and spaces."""
    return re.sub(r"\s+", "", html.unescape(TAGS.sub("", page)))


def links(page: str) -> list[str]:
    """Every address of ours a page links to, without query and fragment."""
    found = re.findall(r'<a\b[^>]*\bhref="(/[^"?#]*)', page)
    return list(dict.fromkeys(found))


def clicks(browser: Client, start: str, wanted: str, limit: int = 6) -> int:
    """The fewest links to follow from one page to another; more than `limit` fails."""
    seen, queue = {start}, deque([(start, 0)])
    while queue:
        path, far = queue.popleft()
        if path == wanted:
            return far
        answer = browser.get(path)
        if far == limit or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        fresh = [link for link in links(answer.content.decode()) if link not in seen]
        seen.update(fresh)
        queue.extend((link, far + 1) for link in fresh)
    raise AssertionError(f"no way from {start} to {wanted} in {limit} clicks")
