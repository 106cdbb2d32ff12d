"""What was granted to an authority is handed over once, encrypted, and kept nowhere."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
import pyzipper
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.models import BeingErased, LedgerEntry
from consent import packing
from consent.actions import authorities, handing_over
from consent.actions.authorities import NotWaiting
from consent.models import Delivery, Disclosure, DisclosureContent
from tests import factories
from tests.consent import authority_kit as kit

pytestmark = pytest.mark.django_db

AES_256 = 3  # the strength byte of WinZip's AES


def body_of(verb):
    return json.loads(LedgerEntry.objects.get(verb=verb).body)


def opened(package, passphrase):
    with pyzipper.AESZipFile(BytesIO(package.raw)) as archive:
        archive.setpassword(passphrase.encode())
        return archive.read("handed-over.txt").decode("utf-8-sig")


# Handing over


@pytest.mark.clause("A59", "B62", "C99", "C112")
def test_exactly_what_was_granted_is_handed_over_encrypted(merchant, officer, second_officer):
    factories.filled_in(merchant)
    request = kit.registered(merchant, officer)
    for by in (officer, second_officer):
        authorities.grant(request=request, items=("account.phone", "application.name"), by=by)
    passphrase = packing.new_passphrase()

    package = kit.hand_over(request, officer, passphrase)

    text = opened(package, passphrase)
    assert "手机号：13800138000" in text
    assert "商家名称：金华婺城星辰汽车销售有限公司" in text
    for absent in ("330702198503121239", "1208014109200098765", "13757912345", "诸葛晓敏"):
        assert absent not in text
    assert b"13800138000" not in package.raw


@pytest.mark.clause("B62")
def test_the_file_is_aes_256_and_opens_with_its_passphrase_only(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)

    package = kit.hand_over(request, officer, "right-passphrase")

    with pyzipper.AESZipFile(BytesIO(package.raw)) as archive:
        (entry,) = archive.infolist()
        assert (entry.wz_aes_strength, entry.is_encrypted) == (AES_256, True)
    with pytest.raises(RuntimeError, match="Bad password"):
        opened(package, "wrong-passphrase")


@pytest.mark.clause("A61", "C99")
def test_handing_over_is_a_disclosure_on_a_legal_basis_with_its_document(
    merchant, officer, second_officer
):
    request = kit.granted(merchant, officer, second_officer)

    package = kit.hand_over(request, officer)

    request.refresh_from_db()
    disclosure = Disclosure.objects.get()
    assert request.disclosure == disclosure
    assert disclosure.partner.legal_name == "金华市公安局"
    assert (disclosure.basis, disclosure.scale) == ("crime", 1)
    assert disclosure.document == "金华市公安局 金公调证〔2026〕12号，《刑事诉讼法》第五十四条"
    assert json.loads(disclosure.categories) == {"account": ["account.phone"]}
    assert body_of("handed_over") == {
        "request": str(request.pk),
        "items": ["account.phone"],
        "sha256": package.sha256,
    }
    assert request.file_sha256 == package.sha256


@pytest.mark.clause("B62")
def test_neither_file_nor_passphrase_nor_values_are_kept(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer)
    passphrase = packing.new_passphrase()

    package = kit.hand_over(request, officer, passphrase)

    written = "".join(LedgerEntry.objects.values_list("body", flat=True))
    assert passphrase not in written
    assert passphrase not in repr(package)
    assert repr(package.raw) not in repr(package)
    assert (DisclosureContent.objects.count(), Delivery.objects.count()) == (0, 0)


def test_what_was_handed_over_is_not_handed_over_twice(merchant, officer, second_officer):
    request = kit.handed(merchant, officer, second_officer)

    with pytest.raises(NotWaiting):
        kit.hand_over(request, second_officer)

    assert Disclosure.objects.count() == 1


def test_when_nothing_is_held_nothing_is_recorded_as_handed_over(merchant, officer, second_officer):
    request = kit.granted(merchant, officer, second_officer, items=("application.name",))

    with pytest.raises(handing_over.NothingHeld):
        kit.hand_over(request, officer)

    assert Disclosure.objects.count() == 0


def test_passphrases_are_long_and_never_the_same():
    made = {packing.new_passphrase() for _ in range(200)}

    assert len(made) == 200
    assert {len(one.replace("-", "")) for one in made} == {25}


# Somebody who is leaving


def test_nothing_is_judged_or_handed_over_about_somebody_being_erased(
    merchant, officer, second_officer
):
    request = kit.granted(merchant, officer, second_officer)
    waiting = kit.registered(merchant, officer, number="金公调证〔2026〕13号")
    erasure = erasures.request(person=merchant)
    erasures.start_now(erasure=erasure, by=officer)
    erasures.run(erasure_id=erasure.pk, now=timezone.now() + timedelta(days=2))

    with pytest.raises(BeingErased):
        kit.hand_over(request, officer)
    with pytest.raises(BeingErased):
        authorities.grant(request=waiting, items=kit.ITEMS, by=second_officer)
    with pytest.raises(BeingErased):
        kit.registered(merchant, officer, number="金公调证〔2026〕14号")
