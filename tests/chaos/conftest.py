"""The same house as the journeys'; whatever a test breaks here stands again at its end."""

from collections.abc import Iterator

import pytest

from config.house import House


@pytest.fixture
def shaken(house: House) -> Iterator[House]:
    """The house, put back in order afterwards."""
    yield house
    house.start_all()
    house.wait_until_well()
