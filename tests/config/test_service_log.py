"""The service log says who used what, when and from where; no secret address, no forged line."""

import logging
import logging.config
import re
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.urls import reverse

from accounts import clocks
from accounts.clocks import Clock
from accounts.models.erasure import receipt_code
from config.logs import PrivateFilter
from config.service_log import browser
from tests import factories

DEPLOY = Path(settings.BASE_DIR) / "deploy"
PHONE = "Mozilla/5.0 (Linux; Android 14; V2307A) AppleWebKit/537.36 Chrome/116.0.0.0 Mobile"

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """What the service log holds, written as the product writes it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(PrivateFilter())
    handler.setFormatter(_as_configured())
    log = logging.getLogger("portal.service")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lambda: stream.getvalue().splitlines()
    log.removeHandler(handler)
    log.setLevel(level)


def _as_configured() -> logging.Formatter:
    """The product's own formatter, made as it is made there."""
    logs = cast(dict[str, Any], settings.LOGGING)
    return logging.config.DictConfigurator(logs).configure_formatter(logs["formatters"]["line"])


@pytest.mark.clause("C52", "C55", "C56", "A40", "B13")
def test_a_page_leaves_one_line_of_what_the_policy_lists_and_no_more(lines, merchant):
    browser = factories.signed_in(merchant)
    before = len(lines())

    browser.get(
        reverse("consent:policies") + "?q=13757912345",
        headers={"user-agent": PHONE, "accept-language": "zh-CN"},
        REMOTE_ADDR="203.0.113.9",
    )

    (line,) = lines()[before:]
    told = re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0800 INFO portal\.service address=203\.0\.113\.9 "
        r"person=(\S+) method=GET page=consent:policies status=200 ms=\d+ "
        r"browser=Chrome/116\.0\.0\.0",
        line,
    )
    assert told is not None
    assert told[1] == str(merchant.pk)


@pytest.mark.parametrize("page", ["accounts:receipt", "accounts:complaint"])
def test_the_secret_in_an_address_stays_out(lines, client, page):
    code = receipt_code()

    client.get(reverse(page, args=[code]))

    (line,) = lines()
    assert f"page={page} status=404" in line
    assert code not in line


def test_an_address_nobody_serves_is_not_repeated(lines, client):
    client.get("/13757912345/anything/")

    (line,) = lines()
    assert "page=- status=404" in line
    assert "anything" not in line


@pytest.mark.parametrize(
    ("user_agent", "told"),
    [
        (PHONE, "Chrome/116.0.0.0"),
        (PHONE + " XWEB/1160 MicroMessenger/8.0.47 WeChat/arm64", "MicroMessenger/8.0.47"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Safari/604.1", "Safari/17.5"),
        (PHONE + " Edg/116.0", "Edge/116.0"),
        ("Firefox/nothing", "-"),
        ("Chrome/1 status=200\n2026 INFO forged", "Chrome/1"),
        ("", "-"),
    ],
)
def test_of_the_browser_only_name_and_version_are_kept(user_agent, told):
    assert browser(user_agent) == told


def test_a_probe_leaves_no_line(lines, client):
    client.get("/healthz")

    assert lines() == []


def test_a_page_that_fails_is_told_too(lines, client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("consent.views.policies.render", lambda *_, **__: 1 / 0)

    client.get(reverse("consent:policies"))

    assert "page=consent:policies status=500" in lines()[-1]


def test_logs_are_kept_for_the_six_months_the_law_wants_and_then_go():
    rules = (DEPLOY / "logrotate.conf").read_text("utf-8")
    weeks, oldest = (int(re.search(rf"{word} (\d+)", rules)[1]) for word in ("rotate", "maxage"))
    mornings = (datetime(2027, month, 1, tzinfo=clocks.SHANGHAI) for month in range(1, 13))
    most = max((clocks.deadline(Clock.LOGS, day).at - day).days for day in mornings)

    assert "weekly" in rules
    assert most <= weeks * 7 <= oldest <= most + 31


@pytest.mark.parametrize("page", ["accounts:receipt", "accounts:complaint"])
def test_the_proxy_hides_every_address_that_is_a_secret(page):
    secret = reverse(page, args=[receipt_code()])
    rules = re.findall(r"^\s+~(\S+) (\S+);$", (DEPLOY / "nginx.conf").read_text("utf-8"), re.M)

    logged = next((shown for pattern, shown in rules if re.search(pattern, secret)), secret)

    assert logged == f"/{secret.split('/')[1]}/-/"
