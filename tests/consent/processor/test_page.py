"""What the processor shows and prints: masked people, escaped text, clear refusals to start."""

import logging
from uuid import uuid4

import pytest

from consent.processor import options, page
from tests.consent.processor.partner_kit import (
    SECRET,
    ZHANG,
    erase,
    wait_for,
)


def test_nothing_about_a_person_is_logged_or_printed(launch, portal, caplog):
    caplog.set_level(logging.DEBUG)
    portal.code = 500
    process = launch("--delay", "0")
    person = uuid4()
    process.client.share(person, ZHANG)
    process.client.send("GET", f"/?phone={ZHANG['contact_phone']}")
    erase(process.client, person)
    wait_for(lambda: portal.calls)

    printed = process.stop() + caplog.text

    assert "callback answered 500" in printed
    assert [trace in printed for trace in (*ZHANG.values(), str(person))] == [False] * 3


def test_the_page_shows_masked_people_and_how_their_deletion_goes(start, portal):
    client = start(delay=0.5)
    person = uuid4()
    client.share(person, ZHANG)
    erase(client, person)

    before = client.send("GET", "/").raw.decode()
    wait_for(lambda: "已送达" in client.send("GET", "/").raw.decode())
    after = client.send("GET", "/").raw.decode()

    assert ["张**" in before, "138****8000" in before, "已收到，等待删除" in before] == [True] * 3
    assert [value in before for value in ZHANG.values()] == [False, False]
    assert ["没有保存任何人的资料" in after, "已删除 1 条" in after] == [True, True]


def test_what_a_stranger_wrote_is_shown_as_text(client):
    client.share(uuid4(), {"<img src=x>": "<script>alert(1)</script>"})

    reply = client.send("GET", "/")

    assert "<img src=x" not in reply.raw.decode()
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("张", "张*"), ("张三", "张*"), ("13800138000", "138****8000"), ("北京市海淀区", "北*****")],
)
def test_a_value_is_masked(value, shown):
    assert page.masked(value) == shown


def test_without_a_secret_it_does_not_start():
    given = {"store": "x", "portal": "http://127.0.0.1:8000"}

    with pytest.raises(options.BadOptions, match="DEMO_PARTNER_SECRET"):
        options.from_arguments(given, environ={})


def test_the_portal_address_must_be_an_address():
    given = {"secret": SECRET, "store": "x", "portal": "127.0.0.1:8000"}

    with pytest.raises(options.BadOptions, match="http"):
        options.from_arguments(given, environ={})
