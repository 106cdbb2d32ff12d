"""What slips into a log is masked before it is written."""

import logging
from io import StringIO

import pytest

from accounts.models.erasure import receipt_code
from config.logs import PrivateFilter, scrub


@pytest.fixture
def written():
    """A log as the product configures one; returns what it holds."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(PrivateFilter())
    log = logging.getLogger("tests.private")
    log.addHandler(handler)
    log.propagate = False
    yield stream.getvalue
    log.removeHandler(handler)


@pytest.mark.parametrize(
    "number",
    ["13757912345", "330702198503121239", "91330702MA28TYWA41", "6228480402564890018"],
    ids=["phone", "id number", "credit code", "bank account"],
)
@pytest.mark.parametrize("around", ["{}", "号码{}。", "/me/{}/", "phone='{}'", "a={}&b=1"])
def test_a_personal_number_is_masked_wherever_it_stands(number, around):
    assert number not in scrub(around.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "0b0f1f0e-6f0d-4f5e-9b1a-13757912345a",
        "94f8666d881531043ed5d3cc4935d125a41d6c90852d3b04cc1b3777406c56f3",
        "GET /apply/bank/ 200",
        "40123 deliveries",
    ],
)
def test_what_names_nobody_stays_readable(text):
    assert scrub(text) == text


def test_the_code_of_a_receipt_is_masked_in_an_address():
    assert scrub(f"Method Not Allowed (POST): /receipt/{receipt_code()}/") == (
        "Method Not Allowed (POST): /receipt/[已隐藏]/"
    )


def test_a_log_call_that_does_not_fit_its_words_stops_nobody(written):
    logging.getLogger("tests.private").warning("%d deliveries", "13957998765")

    assert written() == "a log message that cannot be written: %d deliveries\n"


def test_arguments_and_tracebacks_are_masked_too(written):
    log = logging.getLogger("tests.private")
    try:
        int("号码13757912345")
    except ValueError:
        log.exception("no number: %s", "13957998765")

    assert "13757912345" not in written()
    assert "13957998765" not in written()
    assert "ValueError" in written()
