"""Canaries: after a full application no value of it stands in plain anywhere but on the page."""

import logging
from urllib.parse import quote

import pytest
from django.db import connections

from onboarding.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
# A day alone could turn up in a timestamp of anybody's.
NOT_A_CANARY = {"registered_date"}


def canaries(role):
    values = {v for k, v in factories.answers(role).items() if k not in NOT_A_CANARY}
    return {value.encode() for value in values}


def raw_dump(alias):
    """Every byte of every table, as the database gives it."""
    connection, dump = connections[alias], bytearray()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    is_raw = isinstance(value, bytes | memoryview)
                    dump += bytes(value) if is_raw else str(value).encode()
                    dump += b"\0"
    return bytes(dump)


@pytest.mark.parametrize("role", Role.values)
def test_neither_database_nor_storage_holds_a_value_in_plain(
    merchant, reviewer, role, files, client
):
    application = factories.submitted(merchant, role)
    desk = factories.signed_in(reviewer)
    for field in ("bank_account", "contact_name", "id_front"):
        desk.post(
            f"/desk/applications/{application.pk}/reveal/", {"field": field, "reason": "bank"}
        )
    desk.post(
        f"/desk/applications/{application.pk}/send-back/",
        {"seen_round": 1, "reason_name": "other", "note_name": "欧阳建国请改正"},
    )
    wanted = canaries(role) | {b"13800138000", "欧阳建国请改正".encode()}

    stored = b"".join(path.read_bytes() for path in files())
    names = "".join(map(str, files())).encode()
    everything = raw_dump("default") + raw_dump("vault") + stored + names

    assert len(stored) > 10_000
    assert [value.decode() for value in wanted if value in everything] == []
    assert b"\xff\xd8\xff\xe0" not in everything


def test_nothing_typed_reaches_the_log_or_an_address(merchant, reviewer, caplog):
    caplog.set_level(logging.DEBUG)
    browser = factories.signed_in(merchant)
    factories.give_consent(merchant, "bank_account")
    factories.started(merchant)
    seen = []

    for code in ("subject", "legal", "contact", "bank"):
        right = factories.typed(code)
        seen.append(browser.post(f"/apply/{code}/", right)["Location"])
        browser.post(f"/apply/{code}/", dict.fromkeys(right, "1375791234"))

    written = caplog.text + "".join(seen)
    wanted = [value.decode() for value in canaries(Role.FOUR_S)]
    assert [v for v in wanted if v in written or quote(v) in written] == []
