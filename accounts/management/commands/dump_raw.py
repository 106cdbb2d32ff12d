"""Prints every value of the main database as it is stored: what a thief would see."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    """Development only: the tests look for plain text in it, and must find none."""

    help = __doc__ or ""

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("development only")
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of our own
                for row in cursor.fetchall():
                    self.stdout.write(f"{table} {[self._shown(value) for value in row]}")

    def _shown(self, value: object) -> str:
        if isinstance(value, bytes | memoryview):
            return bytes(value).decode("latin-1") + bytes(value).decode("utf-8", "ignore")
        return str(value)
