"""Whoever refuses photos of the ID shows the original: same queue, same speed, nothing kept."""

import pytest
from django.urls import reverse

from accounts.models import LedgerEntry
from accounts.personal import holders
from consent import notices
from consent.actions import consents
from onboarding.actions import application as applications
from onboarding.actions import papers, review
from onboarding.models import Application, IdentityCheck, Paper, Role
from onboarding.roles import ID_PHOTOS
from onboarding.states import ApplicationState
from tests import factories

pytestmark = pytest.mark.django_db

IN_PERSON = reverse("onboarding:in_person")
CHECK = reverse("onboarding:check")


@pytest.fixture
def browser(merchant):
    return factories.signed_in(merchant)


@pytest.fixture
def desk(reviewer):
    return factories.signed_in(reviewer)


def in_person(merchant) -> Application:
    return factories.hand_in(factories.filled_in_without_id_photos(merchant))


def address_of(application, act="desk_application") -> str:
    return reverse(f"onboarding:{act}", args=[application.pk])


def verbs() -> list[str]:
    return list(LedgerEntry.objects.order_by("pk").values_list("verb", flat=True))


# The merchant


@pytest.mark.clause("C68", "B11")
def test_refusing_id_photos_leads_to_the_other_way_and_on_to_handing_in(browser, merchant):
    factories.started(merchant)
    asked = reverse("consent:ask", args=["id_photo"])
    refused = browser.post(
        asked, {"answer": "refuse", "sha256": notices.ID_PHOTO.sha256}, follow=True
    )
    chosen = browser.post(IN_PERSON, {"way": "in_person"}, follow=True)

    assert f'action="{IN_PERSON}"' in refused.content.decode()
    assert "改为当面核对证件" in refused.content.decode()
    assert "已改为当面核对证件" in chosen.content.decode()
    left = applications.missing(Application.objects.get())
    assert not {step.paper for step in left} & ID_PHOTOS


@pytest.mark.clause("C68")
@pytest.mark.parametrize("role", Role.values)
def test_every_role_can_be_handed_in_without_a_photo_of_an_id(merchant, role):
    application = factories.hand_in(factories.filled_in_without_id_photos(merchant, role))

    assert application.state == ApplicationState.SUBMITTED
    assert not Paper.objects.filter(kind__in=ID_PHOTOS).exists()


def test_no_other_paper_may_be_left_out(merchant):
    application = factories.filled_in_without_id_photos(merchant)
    papers.drop(Paper.objects.filter(kind="licence"))

    with pytest.raises(applications.Incomplete):
        factories.hand_in(application)


def test_choosing_to_come_deletes_the_photos_that_were_there(merchant):
    application = factories.filled_in(merchant)

    applications.choose_identity_check(
        application=application, way=IdentityCheck.IN_PERSON, by=merchant
    )

    assert list(Paper.objects.values_list("kind", flat=True)) == ["licence"]
    assert verbs().count("identity_check_chosen") == 1


def test_an_uploaded_id_photo_is_the_choice_of_photos(merchant):
    application = factories.filled_in_without_id_photos(merchant)
    factories.give_consent(merchant, "id_photo")
    papers.attach(application=application, kind="id_front", raw=factories.photo(), by=merchant)

    fresh = Application.objects.get()
    assert not fresh.is_checked_in_person
    assert [step.code for step in applications.missing(fresh)] == ["id-back"]


def test_the_check_page_and_the_task_list_say_in_person(browser, merchant):
    factories.filled_in_without_id_photos(merchant)

    check = browser.get(CHECK).content.decode()
    listed = browser.get(reverse("onboarding:apply")).content.decode()

    assert check.count("当面核对原件，不留照片") == 2
    assert listed.count("当面核对") >= 2
    assert "内容无误，去提交" in check


def test_going_on_passes_the_photos_by(browser, merchant):
    application = factories.filled_in_without_id_photos(merchant)

    page = browser.get(reverse("onboarding:step", args=["licence"]))

    assert page.context["onwards"] == CHECK
    assert application.is_checked_in_person


def test_it_can_be_changed_back(browser, merchant):
    factories.filled_in_without_id_photos(merchant)

    changed = browser.post(IN_PERSON, {"way": "photos"})

    assert changed.url == reverse("onboarding:step", args=["id-front"])
    assert not Application.objects.get().is_checked_in_person


@pytest.mark.parametrize("way", ["", "face", "nothing"])
def test_a_way_nobody_offers_is_refused(browser, merchant, way):
    factories.started(merchant)

    assert browser.post(IN_PERSON, {"way": way}).status_code == 400
    assert not Application.objects.get().is_checked_in_person


def test_nothing_is_changed_once_it_was_handed_in(browser, merchant):
    in_person(merchant)

    browser.post(IN_PERSON, {"way": "photos"})

    assert Application.objects.get().is_checked_in_person


def test_without_an_application_it_leads_to_beginning_one(browser):
    assert browser.post(IN_PERSON, {"way": "in_person"}).url == reverse("onboarding:role")


def test_what_was_chosen_is_exported(merchant):
    in_person(merchant)

    exported = holders.named("application").export(merchant.pk)

    assert "'身份核验方式': '当面核验'" in str(exported["applications"])


# The reviewer


@pytest.mark.clause("C68")
def test_face_2_the_queue_is_the_same_and_the_order_is_that_of_handing_in(desk, merchant, stranger):
    first = in_person(merchant)
    second = factories.submitted(stranger)

    rows = desk.get(reverse("onboarding:desk")).context["rows"]

    assert [row.pk for row in rows] == [first.pk, second.pk]
    assert [row.is_checked_in_person for row in rows] == [True, False]


def test_the_reviewer_sees_it_and_cannot_approve_without_having_seen_the_originals(desk, merchant):
    application = in_person(merchant)

    page = desk.get(address_of(application)).content.decode()
    refused = desk.post(address_of(application, "desk_approve"), {"seen_round": 1})

    assert "当面核验" in page
    assert 'name="saw_originals"' in page
    assert refused.status_code == 422
    assert "核对原件以后勾选" in refused.content.decode()
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_having_seen_the_originals_is_recorded_with_the_approval(desk, merchant, reviewer):
    application = in_person(merchant)

    desk.post(address_of(application, "desk_approve"), {"seen_round": 1, "saw_originals": "on"})

    assert Application.objects.get().state == ApplicationState.APPROVED
    entry = LedgerEntry.objects.get(verb="originals_seen")
    assert entry.stream == str(merchant.pk)
    assert entry.actor == reviewer.pk
    assert str(application.pk) in entry.body


def test_the_action_itself_refuses_whatever_the_form_said(merchant, reviewer):
    application = in_person(merchant)

    with pytest.raises(review.OriginalsNotSeen):
        review.approve(application=application, seen_round=1, by=reviewer)

    assert "originals_seen" not in verbs()
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_nobody_is_asked_to_have_seen_originals_where_there_are_photos(desk, merchant):
    application = factories.submitted(merchant)

    page = desk.get(address_of(application)).content.decode()
    desk.post(address_of(application, "desk_approve"), {"seen_round": 1})

    assert "saw_originals" not in page
    assert Application.objects.get().state == ApplicationState.APPROVED
    assert "originals_seen" not in verbs()


def test_nobody_is_sent_back_for_a_photo_they_need_not_hand_in(desk, merchant):
    application = in_person(merchant)
    address = address_of(application, "desk_send_back")

    page = desk.get(address).content.decode()
    desk.post(address, {"seen_round": 1, "reason_id_front": "unclear"})

    assert "reason_licence" in page
    assert "reason_id_front" not in page
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_a_withdrawal_under_review_still_stops_the_approval(merchant, reviewer):
    application = factories.submitted(merchant)
    consents.withdraw(person=merchant, code="id_photo")

    with pytest.raises(review.NoLongerComplete):
        review.approve(application=application, seen_round=1, by=reviewer, saw_originals=True)
