"""Cards, accounts and branch numbers: real ones pass however typed, others get words that help."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from onboarding import numbers
from tests.onboarding.number_kit import DIGITS, one_character_wrong, refusal

BRANCHES = [
    "102100099996", "103100000026", "104100000004", "105100000017", "301290000007",
    "302100011000", "303100000006", "304100040000", "305100000013", "306581000003",
    "307584007998", "308584000013", "309391000011", "310290000013", "403100000004",
    "102338001108", "402713354941",
]  # fmt: skip


def with_luhn_check(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        total += sum(map(int, str(int(digit) * (2 if place % 2 == 0 else 1))))
    return body + str(-total % 10)


@st.composite
def bank_cards(draw) -> str:
    body = draw(st.text(DIGITS, min_size=15, max_size=18))
    assume(body[0] != "0")
    return with_luhn_check(body)


@pytest.mark.parametrize("typed", ["4111 1111 1111 1111", "４１１１－１１１１－１１１１－１１１１"])
def test_bank_card_is_read_however_it_was_typed(typed):
    assert numbers.bank_card(typed) == "4111111111111111"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("6222 abcd", "characters"),
        ("411111111111111", "length"),
        ("41111111111111111111", "length"),
        ("4111111111111112", "check"),
        ("0000000000000000", "check"),
    ],
)
def test_bank_card_that_cannot_be_is_refused_for_its_own_reason(typed, code):
    assert refusal(numbers.bank_card, typed).code == code


@given(number=bank_cards())
def test_bank_card_with_a_right_check_digit_is_accepted(number):
    assert numbers.bank_card(number) == number


@given(draw=st.data(), number=bank_cards())
def test_bank_card_with_any_one_digit_wrong_is_refused(draw, number):
    wrong = one_character_wrong(draw.draw, number, DIGITS)

    assert refusal(numbers.bank_card, wrong).code == "check"


@pytest.mark.parametrize("typed", ["12345678", "3301 0120 0000-1234 567", "1" * 32])
def test_corporate_account_needs_no_check_digit(typed):
    assert numbers.corporate_account(typed) == typed.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "empty"), ("1234567", "length"), ("1" * 33, "length"), ("A1234567", "characters")],
)
def test_corporate_account_that_cannot_be_is_refused_for_its_own_reason(typed, code):
    assert refusal(numbers.corporate_account, typed).code == code


@pytest.mark.parametrize("number", BRANCHES)
def test_branch_number_of_a_real_bank_is_accepted(number):
    assert numbers.cnaps(number) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("30858400001", "length"),
        ("308584000014", "check"),
        ("30858400001X", "characters"),
    ],
)
def test_branch_number_that_cannot_be_is_refused_for_its_own_reason(typed, code):
    assert refusal(numbers.cnaps, typed).code == code


@given(draw=st.data(), number=st.sampled_from(BRANCHES))
def test_branch_number_with_any_one_digit_wrong_is_refused(draw, number):
    wrong = one_character_wrong(draw.draw, number, DIGITS)

    assert refusal(numbers.cnaps, wrong).code == "check"
