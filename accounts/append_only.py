"""Makes a table append-only in the database itself, as a migration step."""

from typing import Any

from django.db.migrations.operations.base import Operation

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH {each} {when} EXECUTE FUNCTION refuse_change()
"""
_EACH = {"UPDATE": "ROW", "DELETE": "ROW", "TRUNCATE": "STATEMENT"}


class AppendOnly(Operation):
    """Refuse UPDATE, DELETE and TRUNCATE on a model's table by trigger; reversible.

    With `final`, rows may be updated until they reach that state; deleting is refused always.
    SQLite knows no TRUNCATE.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, final: str = "") -> None:
        self.model = model
        self.final = final

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model state is unchanged."""

    def _table(self, app_label: str, state: Any) -> str:
        return str(state.apps.get_model(app_label, self.model)._meta.db_table)

    def _when(self) -> str:
        return f"WHEN (OLD.state = '{self.final}')" if self.final else ""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if not self.allow_migrate_model(
            schema_editor.connection.alias, to_state.apps.get_model(app_label, self.model)
        ):
            return
        table = self._table(app_label, to_state)
        is_postgres = schema_editor.connection.vendor == "postgresql"
        if is_postgres:
            schema_editor.execute(_POSTGRES_FUNCTION, params=None)
        template = _POSTGRES if is_postgres else _SQLITE
        for verb in _verbs(schema_editor):
            when = self._when() if verb == "UPDATE" else ""
            statement = template.format(table=table, verb=verb, each=_EACH[verb], when=when)
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if not self.allow_migrate_model(
            schema_editor.connection.alias, from_state.apps.get_model(app_label, self.model)
        ):
            return
        table = self._table(app_label, from_state)
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in _verbs(schema_editor):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")

    def describe(self) -> str:
        return f"Refuse changes to rows of {self.model}"


class Alterable(AppendOnly):
    """The way back: lets a migration alter an append-only table, which ends with AppendOnly again.

    SQLite alters a table by making it anew, and the triggers would be gone without a word.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Let this migration change {self.model}"


def _verbs(schema_editor: Any) -> list[str]:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    return [verb for verb in _EACH if is_postgres or verb != "TRUNCATE"]
