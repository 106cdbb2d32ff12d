"""The type of a request whose sender the gate has let through."""

from django.http import HttpRequest

from accounts.models import Person


class SignedIn(HttpRequest):
    """A request of somebody who signed in."""

    user: Person
