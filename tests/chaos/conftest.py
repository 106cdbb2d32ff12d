"""The same house as the journeys'; whatever a test breaks here stands again at its end."""

from collections.abc import Iterator

import pytest

from config.house import House
from tests.journeys.conftest import house as house
from tests.journeys.conftest import own_broker as own_broker
from tests.journeys.conftest import own_databases as own_databases


@pytest.fixture
def shaken(house: House) -> Iterator[House]:
    """The house, put back in order afterwards."""
    yield house
    house.start_all()
    house.wait_until_well()
