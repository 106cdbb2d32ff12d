"""What only privacy officers do, asked of every action that is theirs."""

from accounts.models import Person


class NotAnOfficer(Exception):
    """Only a privacy officer may do this."""


def check(by: Person) -> None:
    """Raise NotAnOfficer unless `by` is one."""
    if not by.is_in("officer"):
        raise NotAnOfficer
