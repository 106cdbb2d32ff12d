"""The restore drill: what an old backup brings back, nobody can read (C144)."""

from typing import Any

import pytest
from django.db import connection, transaction

from accounts.actions import erasure as erasures
from accounts.models import DataKey, Erasure, Person
from accounts.personal import KeyGone
from accounts.states import ErasureState
from onboarding.models import Application, Role
from tests import factories

TABLES = ("accounts_person", "onboarding_application", "onboarding_paper")


def back_up() -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """Every row of the tables with personal data, as stored."""
    saved = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            saved[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return saved


def restore(saved: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> None:
    """Put the rows of a backup back, as restoring a dump does."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, rows) in saved.items():
            marks = ", ".join(["%s"] * len(columns))
            names = ", ".join(f'"{column}"' for column in columns)
            for row in rows:
                cursor.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING",
                    list(row),
                )


@pytest.fixture
def erased(merchant, reviewer):
    """A backup from before, and the erasure that followed it."""
    application = factories.approved(merchant, reviewer, Role.FOUR_S)
    saved = back_up()
    erasure = erasures.request(person=Person.objects.get(pk=merchant.pk))
    erasures.start_now(erasure=erasure, by=None)
    erasures.run(erasure_id=erasure.pk)
    return saved, application, Erasure.objects.get(pk=erasure.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("C144", "C86")
def test_a_restored_backup_brings_back_rows_that_nobody_can_read(erased, merchant):
    saved, application, erasure = erased
    gone = (Person.objects.count(), Application.objects.count())

    restore(saved)

    person = Person.objects.get(pk=merchant.pk)
    again = Application.objects.get(pk=application.pk)
    assert erasure.state == ErasureState.COMPLETED
    assert gone == (1, 0)  # the reviewer stays
    assert str(person.phone) == "(已删除)"
    for field in Application.personal_fields():
        value = getattr(again, field.name)
        if value is not None:
            with pytest.raises(KeyGone):
                _ = value.clear
    live = DataKey.objects.filter(person=merchant.pk, destroyed_at=None)
    assert list(live.values_list("retention", flat=True)) == ["sealed"]


@pytest.mark.django_db(transaction=True)
def test_what_came_back_is_erased_again_by_a_new_request(erased, merchant):
    saved, _application, _erasure = erased
    restore(saved)

    second = erasures.request(person=Person.objects.get(pk=merchant.pk))
    erasures.start_now(erasure=second, by=None)
    erasures.run(erasure_id=second.pk)

    assert Application.objects.count() == 0
    assert not Person.objects.filter(pk=merchant.pk).exists()
    assert Erasure.objects.get(pk=second.pk).state == ErasureState.COMPLETED
