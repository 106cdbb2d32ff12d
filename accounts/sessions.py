"""The session engine (SESSION_ENGINE): Django's database sessions, each naming its person."""

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models.sessions import Session


class SessionStore(DatabaseStore):
    """Keeps sessions in accounts.Session."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of this engine."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A row that names the person signed in."""
        row = cast(Session, super().create_model_instance(data))
        row.person = data.get(SESSION_KEY)
        return row
