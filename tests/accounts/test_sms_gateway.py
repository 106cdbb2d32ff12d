"""The message gateway: what is posted, and what counts as taken."""

import json
import logging

import pytest

from accounts.ports import sms
from tests.consent.sharing_kit import scripted_partner


@pytest.fixture
def gateway(settings):
    with scripted_partner() as script:
        settings.SMS_URL = script.url.replace("http://", "http://:secret-token@") + "/send"
        yield script


def test_a_message_is_posted_with_the_token_as_bearer(gateway):
    sms.send("13800138000", "验证码 123456")

    path, headers, raw = gateway.letters[0]
    assert path == "/send"
    assert headers["Authorization"] == "Bearer secret-token"
    assert json.loads(raw) == {"phone": "13800138000", "text": "验证码 123456"}


def test_a_token_written_for_an_address_is_sent_as_it_is(gateway, settings):
    settings.SMS_URL = settings.SMS_URL.replace("secret-token", "a%2Fb%40c")

    sms.send("13800138000", "验证码 123456")

    assert gateway.letters[0][1]["Authorization"] == "Bearer a/b@c"


@pytest.mark.parametrize("status", [302, 400, 429, 500])
def test_an_answer_that_is_no_success_is_a_failure_that_names_nobody(gateway, status, caplog):
    gateway.status = status

    with caplog.at_level(logging.DEBUG), pytest.raises(sms.SmsFailed) as failed:
        sms.send("13800138000", "验证码 123456")

    assert str(failed.value) == f"status {status}"
    assert "13800138000" not in caplog.text


def test_a_gateway_that_is_away_is_a_failure(settings):
    settings.SMS_URL = "http://:t@127.0.0.1:9/send"

    with pytest.raises(sms.SmsFailed):
        sms.send("13800138000", "验证码 123456")


def test_a_message_that_may_be_sent_twice_carries_its_key(gateway):
    sms.send("13800138000", "您的申请需要修改", key="k-1")
    sms.send("13800138000", "验证码 123456")

    assert [headers.get("Idempotency-Key") for _, headers, _ in gateway.letters] == ["k-1", None]
