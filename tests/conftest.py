"""The cast and the rules of the house for every test."""

from collections.abc import Iterator
from typing import Any, cast

import hypothesis
import pytest
from django.contrib.auth.models import Group
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQL
from django.db.backends.sqlite3.base import DatabaseWrapper

from accounts.models import Person
from tests.consent import assessment_kit

# How long an example takes says how busy the machine is; speed is measured in bench/.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")

pytest_plugins = ["tests.clause_map", "tests.standing_house"]

SQLite = DatabaseWrapper.ops_class


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every database test sees both databases: rows and keys belong together."""
    for item in items:
        for marker in item.iter_markers("django_db"):
            cast(dict[str, object], marker.kwargs).setdefault("databases", ["default", "vault"])


@pytest.fixture(autouse=True, scope="session")
def _let_append_only_tables_be_flushed() -> Iterator[None]:
    """Transactional tests are flushed by DELETE or TRUNCATE, which append-only triggers refuse."""
    flush = SQLite.execute_sql_flush
    truncate = PostgreSQL.execute_sql_flush

    def flush_without_triggers(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            flush(self, sql_list)
            for _name, sql in triggers:
                cursor.execute(sql)

    def truncate_without_triggers(self: Any, sql_list: list[str]) -> None:
        quiet, loud = (f"SET session_replication_role = {role}" for role in ("replica", "origin"))
        truncate(self, [quiet, *sql_list, loud])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLite, "execute_sql_flush", flush_without_triggers)
        patch.setattr(PostgreSQL, "execute_sql_flush", truncate_without_triggers)
        yield


@pytest.fixture(autouse=True)
def assessed(request: pytest.FixtureRequest, _django_db_marker: None) -> None:
    """Every purpose that must be assessed is, for every test with a database; tests override it."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("_django_db_helper")
    elif not request.node.get_closest_marker("django_db"):
        return
    assessment_kit.in_force(*assessment_kit.ASSESSED)


def make_staff(name: str, *groups: str) -> Person:
    """A member of staff with these roles."""
    person = Person.objects.create(kind=Person.Kind.STAFF, username=name, is_staff=True)
    for group in groups:
        person.groups.add(Group.objects.get_or_create(name=group)[0])
    return person


@pytest.fixture
def merchant(db: None) -> Person:
    """A merchant who signed up with 13800138000."""
    return Person.objects.create(kind=Person.Kind.MERCHANT, phone="13800138000")


@pytest.fixture
def stranger(db: None) -> Person:
    """Another merchant, who must never see the first one's things."""
    return Person.objects.create(kind=Person.Kind.MERCHANT, phone="13900139000")


@pytest.fixture
def reviewer(db: None) -> Person:
    """A member of the review staff."""
    return make_staff("reviewer", "reviewer")


@pytest.fixture
def second_reviewer(db: None) -> Person:
    """Another member of the review staff."""
    return make_staff("reviewer2", "reviewer")


@pytest.fixture
def officer(db: None) -> Person:
    """The privacy officer."""
    return make_staff("officer", "officer")


@pytest.fixture
def second_officer(db: None) -> Person:
    """Another privacy officer, where it takes two."""
    return make_staff("officer2", "officer")


@pytest.fixture
def ops(db: None) -> Person:
    """Operations: triggers and watches deletion jobs."""
    return make_staff("ops", "ops")


@pytest.fixture
def publisher(db: None) -> Person:
    """Writes policies."""
    return make_staff("publisher", "publisher")


@pytest.fixture
def second_publisher(db: None) -> Person:
    """Approves what the first one wrote."""
    return make_staff("publisher2", "publisher")
