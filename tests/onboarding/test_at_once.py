"""Two presses at the same moment, in real threads, against the real locks of the database."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, connections
from django.test import override_settings
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.models import Person
from consent.actions import consents, sharing
from consent.models import Consent, ConsentEvent, Disclosure, Obligation
from onboarding.actions import application as applications
from onboarding.actions import papers, real_names
from onboarding.models import Application, Discard, Paper, RealNameCheck, Role
from onboarding.permissions import NotAllowed
from onboarding.roles import ID_PHOTOS
from tests import factories
from tests.consent import sharing_kit
from tests.onboarding import verifier_kit

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun together."""
    start, results = Barrier(len(acts)), dict.fromkeys(range(len(acts)))

    def run(number, act):
        start.wait()
        try:
            results[number] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at what was raised
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results.values())


def test_two_starts_make_one_application(merchant):
    outcomes = at_once(
        *[lambda: applications.start(person=merchant, role=Role.AGENT) for _ in range(3)]
    )

    assert Application.objects.count() == 1
    assert {type(outcome) for outcome in outcomes} == {Application}


def test_two_submits_hand_in_once(merchant):
    application = factories.filled_in(merchant)

    outcomes = at_once(*[lambda: factories.hand_in(application) for _ in range(2)])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Application", "NotAllowed"]
    assert Application.objects.get().round == 1


def test_two_uploads_of_the_same_paper_leave_one_and_no_orphan(merchant, files):
    application = factories.started(merchant)
    raw = factories.photo()

    outcomes = at_once(
        *[
            lambda: papers.attach(application=application, kind="licence", raw=raw, by=merchant)
            for _ in range(2)
        ]
    )
    papers.sweep()

    assert [type(outcome).__name__ for outcome in outcomes] == ["Attached", "Attached"]
    assert [path.name for path in files()] == [Paper.objects.get().storage_key]
    assert Discard.objects.count() == 0


def test_an_id_photo_stored_while_its_consent_is_withdrawn_does_not_stay(merchant, files):
    application = factories.started(merchant)
    factories.give_consent(merchant, "id_photo")
    raw = factories.photo()

    at_once(
        lambda: papers.attach(application=application, kind="id_front", raw=raw, by=merchant),
        lambda: consents.withdraw(person=merchant, code="id_photo"),
    )

    assert not consents.is_live(merchant.pk, "id_photo")
    assert Paper.objects.count() == 0


def test_a_photo_sent_while_the_application_is_handed_in_is_in_it_or_refused(merchant):
    application = factories.filled_in(merchant)
    before = Paper.objects.get(kind="licence")
    raw = factories.photo(seed=9)

    attached, handed_in = at_once(
        lambda: papers.attach(application=application, kind="licence", raw=raw, by=merchant),
        lambda: factories.hand_in(application),
    )

    assert isinstance(handed_in, Application)
    now = Paper.objects.get(kind="licence")
    assert (now == before) == isinstance(attached, NotAllowed)


@pytest.mark.parametrize("_round", range(3))
def test_handing_in_and_withdrawing_a_consent_never_wait_for_each_other(merchant, _round):
    application = factories.filled_in(merchant)

    handed_in, withdrawn = at_once(
        lambda: factories.hand_in(application),
        lambda: consents.withdraw(person=merchant, code="id_photo"),
    )

    assert isinstance(handed_in, Application | applications.Incomplete)
    assert isinstance(withdrawn, ConsentEvent)
    assert not Paper.objects.filter(kind__in=ID_PHOTOS).exists()


def test_what_is_shared_while_its_consent_is_withdrawn_must_be_deleted_or_is_not_shared(merchant):
    partner = sharing_kit.partner_at("http://127.0.0.1:9")
    sharing_kit.agree(merchant, partner)
    withdrawn = Event()

    def wait_for_withdrawal(execute, sql, *rest):
        # The consent was seen, and nothing of the disclosure is written yet.
        if "consent_partneridentity" in sql and sql.startswith("INSERT"):
            withdrawn.wait(timeout=1)
        return execute(sql, *rest)

    def share():
        with connection.execute_wrapper(wait_for_withdrawal):
            sharing.share(
                person_id=merchant.pk,
                partner=partner,
                purpose=partner.purpose,
                content=sharing_kit.CONTACT,
                by=merchant,
            )

    def withdraw():
        consents.withdraw(person=merchant, code="share:demo")
        withdrawn.set()

    at_once(share, withdraw)

    assert Obligation.objects.count() == Disclosure.objects.count()


@pytest.mark.parametrize("_round", range(3))
def test_whatever_is_sent_while_the_erasure_runs_outlives_it_nowhere(
    merchant, reviewer, files, _round
):
    application = factories.approved(merchant, reviewer)
    partner = sharing_kit.partner_at("http://127.0.0.1:9")
    sharing_kit.agree(merchant, partner)
    asked = erasures.request(person=merchant, now=timezone.now() - timedelta(days=2))
    raw = factories.photo()

    erased, *_sent = at_once(
        lambda: erasures.run(erasure_id=asked.pk),
        lambda: factories.give_consent(merchant, "id_photo"),
        lambda: consents.withdraw(person=merchant, code="share:demo"),
        lambda: papers.attach(application=application, kind="licence", raw=raw, by=merchant),
        lambda: applications.start(person=merchant, role=Role.AGENT),
    )

    papers.sweep(now=timezone.now() + papers.PATIENCE)
    asked.refresh_from_db()
    assert (erased, asked.local_done_at is not None) == (None, True)
    assert (Person.objects.filter(pk=merchant.pk).count(), files()) == (0, [])
    assert Consent.objects.of(merchant.pk).count() == 0


def test_two_workers_ask_a_verifier_once(merchant):
    with verifier_kit.listening() as script, override_settings(IDENTITY_URL=script.url):
        verifier_kit.active_verifier()
        application = factories.filled_in_without_id_photos(merchant, Role.AGENT)
        factories.give_consent(merchant, verifier_kit.CODE)
        factories.hand_in(application)
        check = RealNameCheck.objects.get()

        outcomes = at_once(*[lambda: real_names.run(check_id=check.pk) for _ in range(3)])

    assert outcomes == [None, None, None]
    assert len(script.asked) == 1
    assert RealNameCheck.objects.get().verdict == "match"
    assert Disclosure.objects.count() == 1


def test_an_asking_and_a_withdrawal_at_once_leave_no_answer(merchant):
    with verifier_kit.listening() as script, override_settings(IDENTITY_URL=script.url):
        verifier_kit.active_verifier()
        application = factories.filled_in_without_id_photos(merchant, Role.AGENT)
        factories.give_consent(merchant, verifier_kit.CODE)
        factories.hand_in(application)
        check = RealNameCheck.objects.get()

        at_once(
            lambda: real_names.run(check_id=check.pk),
            lambda: consents.withdraw(person=merchant, code=verifier_kit.CODE),
        )

    assert not RealNameCheck.objects.exists()
    assert len(script.asked) == Disclosure.objects.count() == Obligation.objects.count()
