"""Killed workers, a lost broker, a dead partner: work is found again and finished, none is lost."""

import json
import time
import urllib.error
import urllib.request

import pytest
from redis import Redis

from config.house import House

pytestmark = pytest.mark.house

LEAVES = """
from accounts.actions import erasure
from accounts.models import Person
from consent.actions import partners, sharing
from consent.models import Partner
from tests.consent.sharing_kit import CONTACT, agree
person = Person.objects.create(kind="merchant", phone="{phone}")
demo = Partner.objects.get(slug="demo")
agree(person, demo)
sharing.share(
    person_id=person.pk, partner=demo, purpose=demo.purpose, content=CONTACT, by=person
)
print(erasure.request(person=person).code)
"""
SENT = """
from consent.models import Delivery
print(Delivery.objects.filter(disclosure__isnull=False, state="queued").count())
"""
STATE = """
from accounts.models import Erasure
from consent.models import Delivery, Obligation
found = Erasure.objects.get(code="{code}")
print(found.state, *Obligation.objects.filter(cause=found.pk).values_list("state", flat=True))
"""


def run(house: House, code: str) -> str:
    """What a few lines of Python print inside the house."""
    told = house.manage("shell", "--verbosity", "0", "-c", code)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip().splitlines()[-1]


def leave(house: House, phone: str) -> str:
    """A merchant whose contact the partner has got asks to leave; the receipt code."""
    code = run(house, LEAVES.format(phone=phone))
    end = time.monotonic() + 30
    while run(house, SENT) != "0":
        assert time.monotonic() < end, "the disclosure was never delivered"
    return code


def start(house: House, code: str) -> None:
    """Operations end the days of grace."""
    assert house.manage("erasure", "start", code).returncode == 0


def wait_for(house: House, code: str, wanted: str, seconds: float = 60) -> None:
    """Until the erasure and its obligations stand like this."""
    end = time.monotonic() + seconds
    while (found := run(house, STATE.format(code=code))) != wanted:
        assert time.monotonic() < end, f"{found} instead of {wanted}"


def wait_until_heard(url: str) -> None:
    """Until somebody answers there."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)  # another process is opening its port: nothing to be notified by
        else:
            return
    raise AssertionError(f"nobody answers at {url}")


def health(house: House) -> tuple[int, list[str]]:
    """Status and failing parts of /healthz."""
    try:
        with urllib.request.urlopen(f"{house.url}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)["failing"]
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)["failing"]


def test_an_erasure_survives_its_worker_being_killed(shaken):
    code = leave(shaken, "13800000001")
    shaken.kill("worker")
    start(shaken, code)

    shaken.start("worker")

    wait_for(shaken, code, "completed completed")


def test_losing_the_broker_costs_time_and_no_work(shaken):
    if not shaken.own_broker:
        pytest.skip(
            "the broker is shared with other tests here; the embedded one is killed instead"
        )
    code = leave(shaken, "13800000002")
    shaken.kill("broker")
    start(shaken, code)
    status, failing = health(shaken)
    with urllib.request.urlopen(f"{shaken.url}/sign-in/", timeout=10) as page:
        served = page.status

    shaken.start("broker")

    assert (status, failing[0]) == (503, "broker")
    assert served == 200
    wait_for(shaken, code, "completed completed")


def test_an_emptied_broker_costs_time_and_no_work(shaken):
    with Redis.from_url(shaken.env["REDIS_URL"]) as broker:
        broker.flushdb()

    code = leave(shaken, "13800000004")
    start(shaken, code)

    wait_for(shaken, code, "completed completed")


def test_a_dead_partner_keeps_its_obligation_open_until_it_answers(shaken):
    code = leave(shaken, "13800000003")
    shaken.kill("partner")
    start(shaken, code)
    wait_for(shaken, code, "awaiting open")

    shaken.start("partner")
    wait_until_heard(shaken.partner_url)
    assert shaken.manage("partner", "retry", "demo").returncode == 0

    wait_for(shaken, code, "completed completed")


def test_health_names_a_worker_that_stopped_and_recovers(shaken):
    shaken.kill("worker")
    end = time.monotonic() + 45
    while health(shaken) != (503, ["worker", "courier"]):
        assert time.monotonic() < end, health(shaken)
        time.sleep(0.5)  # the sign of life expires by the clock alone

    shaken.start("worker")
    shaken.wait_until_well()

    assert health(shaken) == (200, [])


MANY = """
from accounts.models import Person
from consent.actions import partners, sharing
from consent.models import Partner
from tests.consent.sharing_kit import CONTACT, agree
demo = Partner.objects.get(slug="demo")
for number in range({first}, {first} + 40):
    person = Person.objects.create(kind="merchant", phone=f"1370000{{number:04d}}")
    agree(person, demo)
    sharing.share(
        person_id=person.pk, partner=demo, purpose=demo.purpose, content=CONTACT, by=person
    )
print("shared")
"""
ACCOUNT = """
from consent.models import Attempt, Delivery
states = list(Delivery.objects.filter(disclosure__isnull=False).values_list("state", flat=True))
done = Attempt.objects.filter(problem="", delivery__disclosure__isnull=False)
recorded = done.values("delivery").distinct().count()
print(len(states), states.count("delivered"), recorded, done.count() - recorded)
"""
LEASES_END = """
from django.utils import timezone
from consent.models import Mailbox
Mailbox.objects.exclude(lease_until=None).update(lease_until=timezone.now())
print("ok")
"""


def test_killing_the_courier_again_and_again_loses_no_delivery_and_records_each_once(shaken):
    before = [int(number) for number in run(shaken, ACCOUNT).split()]
    for first in (0, 40, 80):
        run(shaken, MANY.format(first=first))
        shaken.kill("worker")
        shaken.start("worker")
        run(shaken, LEASES_END)
    end = time.monotonic() + 60
    wanted = before[0] + 3 * 40
    while (found := [int(number) for number in run(shaken, ACCOUNT).split()])[1] < wanted:
        assert time.monotonic() < end, found

    total, delivered, recorded, twice = found
    assert (total, delivered, recorded) == (wanted, wanted, wanted)
    assert twice == before[3]
