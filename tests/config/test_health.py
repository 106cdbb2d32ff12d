"""/healthz: 200 only while everything is well, else 503 that names what is not; a real broker."""

import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from accounts.models import Pulse
from config import views
from config.house import broker_binary

PARTS = ["database", "vault", "broker", "worker", "courier", "beat"]
PULSES = ["worker", "courier", "beat"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def broker():
    """The address of a broker of our own on a unix socket, short enough for every system."""
    with tempfile.TemporaryDirectory(prefix="broker-", dir="/tmp") as folder:
        socket = Path(folder) / "b.sock"
        line = [broker_binary(), "--port", "0", "--unixsocket", str(socket), "--save", ""]
        with subprocess.Popen([*line, "--dir", folder], stdout=subprocess.DEVNULL) as server:
            wait_for(f"unix://{socket}")
            yield f"unix://{socket}"
            server.terminate()


def wait_for(address: str) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            Redis.from_url(address).ping()
        except RedisError:
            time.sleep(0.01)  # another process's socket: nothing to be notified by
        else:
            return
    raise AssertionError("the broker never listened")


@pytest.fixture(autouse=True)
def _all_is_well(broker, settings):
    settings.REDIS_URL = broker
    for name in PULSES:
        Pulse.objects.update_or_create(pk=name, defaults={"at": timezone.now()})


def health(client):
    """Status, and what is said to fail."""
    answer = client.get("/healthz")
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert [name for name in PARTS if not body["parts"][name]] == body["failing"]
    return answer.status_code, body["status"], body["failing"]


def lose(alias, monkeypatch):
    """Let the next connection to a database find nothing."""
    connections[alias].close()
    monkeypatch.setitem(connections[alias].settings_dict, "NAME", "/nowhere/at/all")


def test_all_well_is_200_and_names_every_part(client):
    assert health(client) == (200, "ok", [])


@pytest.mark.parametrize("silent", PULSES)
def test_a_process_silent_for_half_a_minute_is_named(client, silent):
    Pulse.objects.filter(pk=silent).update(at=timezone.now() - views.SILENT_AFTER)

    assert health(client) == (503, "failing", [silent])


def test_a_process_that_never_gave_a_sign_is_named(client):
    Pulse.objects.filter(pk="beat").delete()

    assert health(client) == (503, "failing", ["beat"])


def test_a_sign_of_life_just_in_time_counts(client):
    Pulse.objects.update(at=timezone.now() - views.SILENT_AFTER + timedelta(seconds=5))

    assert health(client) == (200, "ok", [])


@pytest.mark.parametrize("address", ["unix:///nowhere/b.sock", "redis://127.0.0.1:9/0", ""])
def test_a_broker_that_is_away_is_named(client, settings, address):
    settings.REDIS_URL = address

    assert health(client) == (503, "failing", ["broker"])


def test_a_vault_that_is_away_is_named(client, monkeypatch):
    lose("vault", monkeypatch)

    assert health(client) == (503, "failing", ["vault"])


def test_without_the_database_nobody_is_known_to_live(client, monkeypatch):
    lose("default", monkeypatch)

    assert health(client) == (503, "failing", ["database", *PULSES])


def test_asking_leaves_no_trace(client):
    client.get("/healthz")

    assert client.cookies == {}
