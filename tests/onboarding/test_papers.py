"""Papers in and out of storage: sealed, consented, replaced, swept, and opened for few."""

from datetime import timedelta
from io import BytesIO

import pytest
from cryptography.exceptions import InvalidTag
from django.utils import timezone
from PIL import Image

from accounts.models import LedgerEntry
from accounts.personal import ConsentMissing, KeyGone, Retention, keys
from consent.actions import consents
from onboarding.actions import application as applications
from onboarding.actions import papers
from onboarding.models import Discard, Paper, Role
from onboarding.permissions import NotAllowed
from onboarding.pictures import PictureRefused
from onboarding.ports import storage
from tests import factories

pytestmark = pytest.mark.django_db


def attach(application, kind="licence", **options):
    raw = factories.photo(**options)
    return papers.attach(application=application, kind=kind, raw=raw, by=application.person).paper


def test_a_paper_is_stored_sealed_and_opens_again(merchant, files):
    paper = attach(factories.started(merchant))

    jpeg = papers.open_for(paper=paper, by=merchant)

    assert Image.open(BytesIO(jpeg)).size == (640, 420)
    assert len(files()) == 1
    assert jpeg[:16] not in files()[0].read_bytes()
    assert (paper.size, paper.width, paper.height) == (len(jpeg), 640, 420)


def test_the_names_in_storage_say_nothing(merchant, files):
    paper = attach(factories.started(merchant))

    assert [path.name for path in files()] == [paper.storage_key]
    assert str(merchant.pk) not in str(files()[0])
    assert paper.pk.hex not in str(files()[0])


@pytest.mark.clause("C25", "C67")
@pytest.mark.parametrize("kind", ["id_front", "id_back"])
def test_an_id_photo_is_not_stored_without_its_own_consent(merchant, files, kind):
    application = factories.started(merchant)
    factories.agree_to_privacy(merchant)
    factories.give_consent(merchant, "bank_account")

    with pytest.raises(ConsentMissing):
        attach(application, kind)

    assert (Paper.objects.count(), Discard.objects.count(), files()) == (0, 0, [])


def test_an_id_photo_is_stored_with_its_consent(merchant):
    application = factories.started(merchant)
    factories.give_consent(merchant, "id_photo")

    assert attach(application, "id_front").kind == "id_front"


def test_a_withdrawn_consent_takes_the_id_photos_and_leaves_the_licence(merchant, files):
    application = factories.filled_in(merchant)

    consents.withdraw(person=merchant, code="id_photo")
    papers.sweep()

    assert Paper.objects.kinds_of(application) == {"licence"}
    assert len(files()) == 1


def test_a_replaced_paper_is_a_new_one_and_the_old_picture_is_deleted(merchant, files):
    application = factories.started(merchant)
    old = attach(application)

    new = attach(application, seed=6)
    papers.sweep()

    assert new.pk != old.pk
    assert list(Paper.objects.all()) == [new]
    assert [path.name for path in files()] == [new.storage_key]


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7", b"\xff\xd8\xff broken"])
def test_what_is_no_picture_is_not_stored(merchant, files, raw):
    application = factories.started(merchant)

    with pytest.raises(PictureRefused):
        papers.attach(application=application, kind="licence", raw=raw, by=merchant)

    assert (Paper.objects.count(), Discard.objects.count(), files()) == (0, 0, [])


def test_a_picture_written_by_a_process_that_died_is_swept_away_in_time(
    merchant, files, monkeypatch
):
    application = factories.started(merchant)

    def killed(*_args, **_kwargs):
        raise SystemExit

    monkeypatch.setattr(papers, "_name", killed)
    with pytest.raises(SystemExit):
        attach(application)
    left_behind = len(files())
    early = papers.sweep()
    late = papers.sweep(now=timezone.now() + papers.PATIENCE + timedelta(seconds=1))

    assert (left_behind, early, late, files()) == (1, 0, 1, [])


def test_a_picture_that_cannot_be_deleted_keeps_no_other_from_it(merchant, files, stored):
    application = factories.started(merchant)
    stuck = attach(application).storage_key
    applications.withdraw(application=application, by=merchant)
    for key in (stuck, attach(factories.started(merchant)).storage_key):
        place = stored / key[:2] / key
        if key == stuck:
            place.unlink()
            (place / "a folder in its place").mkdir(parents=True)
    papers.drop(Paper.objects.all())

    swept = papers.sweep()

    assert (swept, files()) == (1, [])
    assert Discard.objects.get().storage_key == stuck


def test_a_full_disk_leaves_no_paper(merchant, files, monkeypatch):
    application = factories.started(merchant)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.FileStorage, "put", full)
    with pytest.raises(OSError, match="No space"):
        attach(application)

    assert (Paper.objects.count(), files()) == (0, [])


def test_an_application_handed_in_takes_no_more_papers(merchant):
    application = factories.submitted(merchant)

    with pytest.raises(NotAllowed):
        attach(application)


def test_a_stranger_cannot_attach_or_open(merchant, stranger):
    application = factories.started(merchant)
    paper = attach(application)

    with pytest.raises(NotAllowed):
        papers.attach(application=application, kind="licence", raw=factories.photo(), by=stranger)
    with pytest.raises(NotAllowed):
        papers.open_for(paper=paper, by=stranger)


def test_a_reviewer_opens_papers_only_in_a_review(merchant, reviewer):
    application = factories.filled_in(merchant)
    paper = application.papers.get(kind="licence")

    with pytest.raises(NotAllowed):
        papers.open_for(paper=paper, by=reviewer)
    factories.hand_in(application)
    paper = Paper.objects.get(pk=paper.pk)

    assert papers.open_for(paper=paper, by=reviewer)[:3] == b"\xff\xd8\xff"


def test_pictures_swapped_in_storage_do_not_open(merchant):
    application = factories.filled_in(merchant)
    front = application.papers.get(kind="id_front")
    back = application.papers.get(kind="id_back")
    box = storage.default()
    box.put(front.storage_key, box.get(back.storage_key))

    with pytest.raises(InvalidTag):
        papers.contents(front)


def test_a_destroyed_key_closes_every_picture_for_ever(merchant):
    paper = attach(factories.started(merchant))

    keys.destroy(merchant.pk, [Retention.PAPERS])

    with pytest.raises(KeyGone):
        papers.contents(paper)


def test_a_new_paper_is_in_the_ledger_by_its_hash(merchant):
    paper = attach(factories.started(merchant))

    entry = LedgerEntry.objects.get(verb="paper_added")

    assert (entry.stream, entry.actor) == (str(merchant.pk), merchant.pk)
    assert paper.sha256 in entry.body


def test_a_store_that_becomes_an_agent_no_longer_has_a_licence(merchant, files):
    application = factories.started(merchant)
    attach(application)

    applications.start(person=merchant, role=Role.AGENT)
    papers.sweep()

    assert files() == []
