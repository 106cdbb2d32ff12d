"""A question that stands beside what a page is for, and blocks nothing there."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from consent import pages
from consent.actions import consents
from consent.notices import Notice


@dataclass(frozen=True, slots=True)
class Beside:
    """One question on somebody's page; `comes_up` is False while it must not ask by itself."""

    notice: Notice
    label: str
    is_live: bool
    comes_up: bool
    ask: str

    @property
    def purpose(self) -> str:
        """What it is for, as a sentence; a partner's is a line of the registry."""
        return f"{self.notice.purpose.rstrip('。')}。"


def beside(request: HttpRequest, code: str) -> Beside:
    """Where whoever is signed in stands on this question; raises UnknownNotice."""
    person = pages.person(request).pk
    is_live = consents.is_live(person, code)
    return Beside(
        notice=consents.words_of(code),
        label=consents.label(code),
        is_live=is_live,
        comes_up=not is_live and consents.may_ask(person, code),
        ask=address(request, code),
    )


def address(request: HttpRequest, code: str) -> str:
    """The page of a question that leads back here once it is answered."""
    back = urlencode({"next": request.get_full_path()})
    return f"{reverse('consent:ask', args=[code])}?{back}"
