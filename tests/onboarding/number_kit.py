"""What the tests of every kind of number need."""

import pytest
from hypothesis import strategies as st

from onboarding.numbers import NumberRefused

DIGITS = "0123456789"


def refusal(read, text, **options) -> NumberRefused:
    with pytest.raises(NumberRefused) as caught:
        read(text, **options)
    return caught.value


def one_character_wrong(draw, number: str, alphabet: str) -> str:
    place = draw(st.integers(0, len(number) - 1))
    other: str = draw(st.sampled_from([c for c in alphabet if c != number[place]]))
    return number[:place] + other + number[place + 1 :]
