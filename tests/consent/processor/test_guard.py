"""What the processor refuses: strangers, old messages, changed bytes, malformed ones."""

import json
from uuid import uuid4

import pytest

from consent.protocol import opendsr, webhooks
from consent.protocol.webhooks import Signer
from tests.consent.processor.partner_kit import (
    LI,
    SECRET,
    ZHANG,
    Client,
    erase,
)


@pytest.mark.parametrize("age", [301, -302], ids=["stale", "from the future"])
def test_a_message_from_another_time_is_refused(client, age):
    reply = client.signed("POST", "/v1/requests", client.erasure(uuid4(), uuid4()), age=age)

    assert reply.code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/disclosures"),
        ("POST", "/v1/requests"),
        ("POST", "/v1/requests/batch"),
        ("GET", "/v1/requests/6f1b7f0e-3c3b-4a55-9b0e-0c7a3a1d2e4f"),
        ("DELETE", "/v1/requests/6f1b7f0e-3c3b-4a55-9b0e-0c7a3a1d2e4f"),
    ],
)
def test_nothing_about_people_goes_without_a_good_signature(client, method, path):
    stranger = Client(client.url, webhooks.new_secret(), client.portal)

    assert client.send(method, path).code in {401, 411}
    assert stranger.signed(method, path, b"{}" if method == "POST" else b"").code == 401


def test_a_changed_byte_is_refused(client):
    body = client.erasure(uuid4(), uuid4())
    headers = Signer(SECRET).headers("msg_1", body)

    assert client.send("POST", "/v1/requests", body[:-1] + b" ", **headers).code == 401


def test_permission_to_read_a_request_is_not_permission_to_withdraw_it(patient):
    request_id, _sent, _reply = erase(patient, uuid4())
    path = f"/v1/requests/{request_id}"
    headers = Signer(SECRET).headers("msg_1", webhooks.bodyless("GET", path))

    assert patient.send("DELETE", path, **headers).code == 401
    assert patient.status(request_id) == "pending"


def test_during_a_rotation_the_old_secret_still_counts(start):
    new = webhooks.new_secret()
    client = start(secrets=(new, SECRET))

    old_client = Client(client.url, SECRET, client.portal)

    assert client.share(uuid4(), ZHANG).code == 200
    assert old_client.share(uuid4(), LI).code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense",
        b"{}",
        b"[1]",
        b"[" * 60_000,
        json.dumps({"phone": "13800138000", "regulation": "13800138000"}).encode(),
    ],
)
@pytest.mark.parametrize("path", ["/v1/requests", "/v1/requests/batch", "/v1/disclosures"])
def test_a_malformed_message_is_refused_without_an_echo(client, path, raw):
    reply = client.signed("POST", path, raw)

    assert reply.code == 400
    assert len(opendsr.parse_error(reply.raw)) == 1
    assert b"13800138000" not in reply.raw


def test_a_callback_to_anybody_but_the_portal_is_refused(client):
    for url in ("http://169.254.169.254/", f"{client.portal.url}.evil.example/", "http://["):
        reply = client.signed(
            "POST", "/v1/requests", client.erasure(uuid4(), uuid4(), callback_url=url)
        )

        assert reply.code == 400
        assert opendsr.parse_error(reply.raw)[0].reason == "not_allowed"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Length": "2097153"}, 413),
        ({"Content-Length": "9" * 5000}, 413),
        ({"Content-Length": "many"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_without_a_sane_length_is_not_read(client, headers, code):
    assert client.send("POST", "/v1/requests", **headers).code == code


def test_an_unknown_path_and_a_wrong_method_are_told_apart(client):
    assert client.send("GET", "/v1/people").code == 404
    assert client.send("DELETE", "/v1/discovery").code == 405
    assert client.signed("GET", f"/v1/requests/{uuid4()}").code == 404
