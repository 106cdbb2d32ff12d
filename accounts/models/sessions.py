"""Sessions that know whose they are, so that all of a person's can be ended at once."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string


class SessionQuerySet(models.QuerySet["Session"]):
    """Reads over sessions."""

    def of_person(self, person_id: UUID) -> "SessionQuerySet":
        """Every session somebody is signed in with."""
        return self.filter(person=person_id)

    def live(self) -> "SessionQuerySet":
        """Not expired."""
        return self.filter(expire_date__gt=timezone.now())


class Session(AbstractBaseSession):
    """One browser; `person` is empty until somebody signs in with it."""

    PLAIN = ("session_key", "session_data", "expire_date", "person")

    person = models.UUIDField(null=True, db_index=True)

    # Only the engine writes rows, so the base class's manager, which can too, is not needed.
    objects: ClassVar = SessionQuerySet.as_manager()  # type: ignore[assignment]  # another manager than the base's

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The engine of SESSION_ENGINE."""
        # The engine is built on this model, so it can only be named here, not imported.
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
