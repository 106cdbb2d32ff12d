"""Thousands of rows in one statement, without a model instance or a parameter for each.

For machines' own records, never for personal fields. PostgreSQL reads the rows out of one JSON
text; SQLite, which has no round trip to save, takes them one by one.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import RawSQL


def insert(
    model: type[Model], rows: Sequence[Mapping[str, object]], *, ignore_conflicts: bool = False
) -> None:
    """Insert `rows`, which all name the same columns of `model` (a foreign key as `x_id`)."""
    if not rows:
        return
    quoted = connection.ops.quote_name
    fields = {column: _field(model, column) for column in rows[0]}
    columns = ", ".join(map(quoted, fields))
    statement = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) "
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = (
                f"{quoted(name)} {field.db_type(connection)}" for name, field in fields.items()
            )
            given = f"given({', '.join(types)})"
            source = f"SELECT * FROM json_to_recordset(%s) AS {given}"  # noqa: S608 - the model's own names
            cursor.execute(statement + source + ending, [json.dumps(rows, default=str)])
        else:
            source = f"VALUES ({', '.join('%s' for _ in fields)})"
            prepared = [
                [field.get_db_prep_save(row[name], connection) for name, field in fields.items()]
                for row in rows
            ]
            cursor.executemany(statement + source + ending, prepared)


def _field(model: type[Model], column: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(column))


def among(ids: Collection[UUID]) -> RawSQL | list[UUID]:
    """For `pk__in=`: many ids as one parameter where the database can take them so."""
    if connection.vendor != "postgresql":
        return list(ids)
    return RawSQL("SELECT unnest(%s::uuid[])", ["{" + ",".join(map(str, ids)) + "}"])
