"""Keeps personal data out of the logs: what looks like a personal number is masked."""

import logging
import re

# Mobile numbers, ID numbers, credit codes and bank accounts, as they appear in any text.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z-])(?:[a-z2-7]{32}|1[3-9]\d{9}|\d{17}[0-9Xx]|[0-9A-HJ-NPQRTUWXY]{18}|\d{12,32})(?![0-9A-Za-z-])"
)


def scrub(text: str) -> str:
    """The text with everything that looks like a personal number hidden."""
    return _PERSONAL.sub("[已隐藏]", text)


def _words(record: logging.LogRecord) -> str:
    """The message; a call whose arguments do not fit its words is no reason to stop the caller."""
    try:
        return record.getMessage()
    except (LookupError, TypeError, ValueError):
        return f"a log message that cannot be written: {record.msg}"


class PrivateFilter(logging.Filter):
    """Renders the record once, masked, and drops tracebacks' values with it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(_words(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True
