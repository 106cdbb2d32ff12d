"""线索推荐: off until consented to, a region by hand, a place only once and only coarse."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.personal import ConsentMissing, Level, holders
from consent import notices
from consent.actions import consents
from onboarding.actions import leads
from onboarding.models import LeadsPreference
from tests import factories
from tests.consent.page_forms import answering, forms_of

pytestmark = pytest.mark.django_db

LEADS = reverse("onboarding:leads")
REGION = reverse("onboarding:leads_region")
PLACE = reverse("onboarding:leads_place")
COARSE = {"latitude": "29.1", "longitude": "119.6"}
JINHUA = {"province": "浙江省", "city": "金华市"}


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


@pytest.fixture
def opened(browser, merchant):
    """A browser of somebody who agreed to personalised leads, and to reading the place."""
    factories.give_consent(merchant, "leads")
    factories.give_consent(merchant, "location")
    return browser


def chosen(merchant) -> tuple[str, str | None, str | None]:
    row = LeadsPreference.objects.of(merchant.pk)
    return (
        row.order,
        row.region.clear if row.region else None,
        row.place.clear if row.place else None,
    )


# Off until asked for


@pytest.mark.clause("C63", "C84", "A51")
def test_leads_are_not_personal_until_somebody_agrees(browser, merchant):
    page = browser.get(LEADS)
    region = browser.post(REGION, JINHUA)
    order = browser.post(LEADS, {"order": "region"})

    assert "现在没有打开" in page.content.decode()
    assert page.context["order_form"].initial == {"order": "time"}
    assert (region.status_code, order.status_code) == (403, 403)
    assert not LeadsPreference.objects.exclude(region=None, order="time").exists()


def test_the_page_says_that_there_are_no_leads_yet_and_which_policy_governs_them(browser):
    page = browser.get(LEADS).content.decode()

    assert "线索还没有开通" in page
    assert reverse("consent:policy", args=["leads"]) in page


@pytest.mark.clause("B9", "B16", "B17", "B21")
@pytest.mark.parametrize("order", ["time", "none"])
def test_an_order_that_uses_nothing_personal_needs_no_consent(browser, merchant, order):
    saved = browser.post(LEADS, {"order": order})

    assert saved.status_code == 302
    assert chosen(merchant) == (order, None, None)


@pytest.mark.clause("C60", "C63")
def test_a_region_is_chosen_by_hand_and_no_place_is_needed(browser, merchant):
    factories.give_consent(merchant, "leads")

    browser.post(REGION, JINHUA)

    assert chosen(merchant) == ("region", "浙江省 金华市", None)
    assert not consents.is_live(merchant.pk, "location")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"province": "", "city": "金华市"}, "请选择省份"),
        ({"province": "火星", "city": ""}, "请选择省份"),
        ({"province": "浙江省", "city": "<b>"}, "请只写城市的名字"),
    ],
)
def test_what_is_no_region_is_said_and_not_saved(opened, merchant, sent, says):
    answer = opened.post(REGION, sent)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert LeadsPreference.objects.of(merchant.pk) is None


@pytest.mark.clause("B15")
def test_the_preference_is_seen_and_cleared_without_switching_leads_off(opened, merchant):
    opened.post(REGION, JINHUA)
    seen = opened.get(LEADS).content.decode()
    opened.post(REGION, {"clear": "1"})

    assert 'value="金华市"' in seen
    assert chosen(merchant) == ("time", None, None)
    assert consents.is_live(merchant.pk, "leads")


def test_an_order_nobody_offers_is_refused(browser, merchant):
    assert browser.post(LEADS, {"order": "profile"}).status_code == 422
    assert LeadsPreference.objects.of(merchant.pk) is None


# The place


@pytest.mark.clause("C54", "C61")
def test_without_its_own_consent_no_place_is_taken(browser, merchant):
    factories.give_consent(merchant, "leads")

    sent = browser.post(PLACE, COARSE)

    assert sent.status_code == 403
    assert notices.LOCATION.title in sent.content.decode()
    assert LeadsPreference.objects.of(merchant.pk) is None


def test_a_place_without_the_leads_it_is_for_is_not_taken(browser, merchant):
    factories.give_consent(merchant, "location")

    assert browser.post(PLACE, COARSE).status_code == 403
    with pytest.raises(ConsentMissing):
        leads.use_place(by=merchant, latitude="29.1", longitude="119.6")
    assert not LeadsPreference.objects.exclude(place=None).exists()


@pytest.mark.clause("C60", "C63")
def test_a_coarse_place_is_kept_once_in_place_of_the_one_before(opened, merchant):
    opened.post(PLACE, COARSE)
    opened.post(PLACE, {"latitude": "30.2", "longitude": "-120.1"})

    assert chosen(merchant) == ("region", None, "30.2,-120.1")
    assert LeadsPreference.objects.count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"latitude": "29.12", "longitude": "119.6"},
        {"latitude": "29.1", "longitude": "119.6473"},
        {"latitude": "29", "longitude": "119"},
        {"latitude": "91.0", "longitude": "119.6"},
        {"latitude": "29.1", "longitude": "181.0"},
        {"latitude": "٢٩.١", "longitude": "119.6"},
        {"latitude": "29.1\n", "longitude": "119.6\0"},
        {"latitude": "", "longitude": ""},
        {},
    ],
)
def test_a_finer_or_impossible_place_is_refused_and_kept_nowhere(opened, merchant, sent):
    assert opened.post(PLACE, sent).status_code == 400
    assert LeadsPreference.objects.of(merchant.pk) is None


def test_the_place_is_sealed_at_rest(opened):
    opened.post(PLACE, COARSE)
    opened.post(REGION, JINHUA)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM onboarding_leadspreference")
        dump = str(cursor.fetchall())
    assert "29.1" not in dump
    assert "金华".encode() not in dump.encode()


def test_the_button_asks_beside_itself_and_is_shown_by_a_script_alone(browser, merchant):
    factories.give_consent(merchant, "leads")

    page = browser.get(LEADS).content.decode()

    (asked,) = answering(page)
    (place,) = [form for form in forms_of(page) if form.action == PLACE]
    assert asked.fields["sha256"] == notices.LOCATION.sha256
    assert place.fields.keys() == {"csrfmiddlewaretoken", "latitude", "longitude"}
    assert place.buttons == []


def test_one_script_reads_the_place_once_and_none_follows_it():
    scripts = {
        path.name: path.read_text()
        for path in Path(settings.BASE_DIR, "static", "js").rglob("*.js")
    }

    assert {name for name, js in scripts.items() if "geolocation" in js} == {"place.js"}
    assert scripts["place.js"].count("getCurrentPosition(") == 1
    assert "toFixed(1)" in scripts["place.js"]


# What becomes of it


@pytest.mark.clause("C75", "C146")
@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("location", ("region", "浙江省 金华市", None)),
        ("leads", ("time", None, None)),
        ("marketing", ("region", "浙江省 金华市", "29.1,119.6")),
    ],
)
def test_a_withdrawal_erases_what_stood_on_it_at_once(opened, merchant, code, left):
    factories.give_consent(merchant, "marketing")
    opened.post(PLACE, COARSE)
    opened.post(REGION, JINHUA)

    consents.withdraw(person=merchant, code=code)

    assert chosen(merchant) == left


def test_it_is_listed_exported_and_erased(opened, merchant):
    opened.post(PLACE, COARSE)
    opened.post(REGION, JINHUA)
    holder = holders.named("leads")

    lines = {line.label: line.level for line in holder.inventory(merchant.pk)}
    exported = str(holder.export(merchant.pk)["leads"])
    erased = holder.erase(merchant.pk, merchant.pk)
    again = holder.erase(merchant.pk, merchant.pk)

    assert lines == {"选定的地区": Level.GENERAL, "大致位置": Level.SENSITIVE}
    assert "'选定的地区': '浙江省 金华市'" in exported
    assert "'大致位置': '29.1,119.6'" in exported
    assert (erased.fate, erased.count) == ("erased", 1)
    assert again.fate == "nothing"


def test_strangers_and_staff_have_no_preference_here(client, reviewer):
    assert client.get(LEADS).url.startswith(reverse("consent:sign_in"))
    assert factories.signed_in(reviewer).get(LEADS).status_code == 403


def test_another_merchants_preference_is_not_shown(opened, stranger):
    opened.post(REGION, JINHUA)
    factories.give_consent(stranger, "leads")

    page = factories.signed_in(stranger).get(LEADS).content.decode()

    assert 'value="金华市"' not in page
