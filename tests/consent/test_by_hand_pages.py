"""The desk of work done by hand: what waits, overdue in red, two people, nothing of a person."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import pyzipper
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent.actions import consents, obligations
from consent.models import Attestation, Delivery, Obligation
from consent.states import AttestationState, DeliveryState, ObligationState
from tests import factories
from tests.conftest import make_staff
from tests.consent.manual_kit import PASSPHRASE, PROOF_SHA256, manual_partner, proof
from tests.consent.sharing_kit import CONTACT, shared

pytestmark = pytest.mark.django_db
LIST = reverse("consent:by_hand")


@pytest.fixture
def handing(merchant):
    return Delivery.objects.get(disclosure=shared(merchant, manual_partner()))


@pytest.fixture
def duty(merchant, handing):
    obligations.oblige_all(person_id=merchant.pk, cause=uuid4())
    return Delivery.objects.get(obligation__isnull=False)


@pytest.fixture
def first(officer):
    return factories.signed_in(officer)


@pytest.fixture
def second(db):
    return factories.signed_in(make_staff("second", "ops"))


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page_of(delivery):
    return reverse("consent:by_hand_task", args=[delivery.pk])


def record(browser, delivery, outcome="completed", **changes):
    day = timezone.localdate().isoformat()
    facts = {"outcome": outcome, "done_on": day, "reference": "回函 2026-018", "proof": proof()}
    return browser.post(page_of(delivery), facts | changes, follow=True)


def judge(browser, verdict="attest", **changes):
    address = reverse("consent:by_hand_judge", args=[Attestation.objects.latest("recorded_at").pk])
    said = {"verdict": verdict} | ({"proof": proof()} if verdict == "attest" else {})
    return browser.post(address, said | changes, follow=True)


def test_one_person_records_and_another_confirms_on_these_pages(duty, first, second):
    recorded = record(first, duty)
    confirmed = judge(second)

    assert "已登记，等另一个人核实。" in text(recorded)
    assert "您登记的要由另一个人核实。" in text(recorded)
    assert "已核实，记录不能再改。" in text(confirmed)
    assert Obligation.objects.get().state == ObligationState.COMPLETED
    assert Attestation.objects.get().file_sha256 == PROOF_SHA256


def test_the_same_person_is_shown_no_button_and_is_refused_without_one(duty, first):
    recorded = record(first, duty)

    answer = judge(first)

    assert 'value="attest"' not in recorded.content.decode()
    assert "自己登记的要由另一个人核实。" in text(answer)
    assert Obligation.objects.get().state == ObligationState.OPEN


@pytest.mark.parametrize(
    ("file", "words"),
    [("", "核实要选择归档的凭证文件。"), (b"another", "您选择的文件和登记的凭证不是同一个。")],
    ids=["none", "another"],
)
def test_nobody_confirms_without_the_recorded_proof_in_hand(duty, first, second, file, words):
    record(first, duty)

    answer = judge(second, proof=SimpleUploadedFile("x.pdf", file) if file else "")

    assert words in text(answer)
    assert Attestation.objects.get().state == AttestationState.RECORDED


def test_a_record_not_believed_comes_back_to_the_list(duty, first, second):
    record(first, duty)

    answer = judge(second, "reject")

    assert "不予认可，请重新办理或者重新登记。" in text(answer)
    assert Attestation.objects.get().state == AttestationState.REJECTED
    assert "要求删除（注销） 53快服" in text(first.get(LIST))


def test_the_words_for_the_partner_name_its_own_number_and_nobody(merchant, duty, first):
    page = text(first.get(page_of(duty)))

    assert f"请删除编号 {Obligation.objects.get().identity} 对应的全部个人信息" in page
    assert CONTACT["contact"]["contact_phone"] not in page
    assert CONTACT["contact"]["contact_name"] not in page
    assert str(merchant.pk) not in page


def test_an_officer_downloads_what_is_to_be_handed_over_encrypted(handing, first):
    answer = first.post(reverse("consent:by_hand_package", args=[handing.pk]))

    with pyzipper.AESZipFile(BytesIO(answer.content)) as archive:
        archive.setpassword(PASSPHRASE.encode())
        letter = archive.read("handed-over.txt").decode("utf-8-sig")
    assert CONTACT["contact"]["contact_phone"] in letter
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store")


def test_after_a_withdrawal_there_is_nothing_to_download(merchant, handing, first):
    consents.withdraw(person=merchant, code="share:53kf")

    answer = first.post(reverse("consent:by_hand_package", args=[handing.pk]), follow=True)

    assert "没有办成：别人刚刚办过，或者商家已经撤回。" in text(answer)


def test_a_handed_over_package_is_recorded_without_choosing_an_outcome(handing, first, second):
    record(first, handing, "handed")
    judge(second)

    assert Delivery.objects.get().state == DeliveryState.DELIVERED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference": "张三 13812345678 来电"}, "看起来有电话或证件号码，请去掉。"),
        ({"reference": ""}, "请写明凭证的编号和存放处。"),
        ({"proof": ""}, "请选择凭证文件。"),
        ({"done_on": "2999-01-01"}, "日期不能晚于今天。"),
        ({"outcome": "exempt_legal"}, "请写明哪部法律哪一条。"),
        ({"outcome": "refused"}, "请写明对方为什么拒绝。"),
        (
            {"outcome": "exempt_independent_consent"},
            "请写明商家哪天、用什么方式授权了对方什么。",
        ),
        ({"outcome": "handed"}, "请从列表里选择结果。"),
        ({"outcome": ""}, "请选择结果。"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_is_refused_and_nothing_is_written(duty, first, changes, words):
    answer = record(first, duty, **changes)

    assert words in text(answer)
    assert Attestation.objects.count() == 0


def test_what_is_overdue_is_red_and_what_is_not_is_not(duty, first):
    before = first.get(LIST).content.decode()
    Obligation.objects.update(due_at=timezone.now() - timedelta(minutes=1))

    pages = [first.get(LIST).content.decode(), first.get(page_of(duty)).content.decode()]

    assert 'tag--error">已超期' not in before
    assert all('tag--error">已超期' in page for page in pages)


@pytest.mark.parametrize(
    ("role", "looks", "does", "packs"),
    [
        ("officer", 200, 302, 200),
        ("ops", 200, 302, 403),
        ("auditor", 200, 403, 403),
        ("reviewer", 403, 403, 403),
    ],
)
def test_each_role_may_do_its_part(handing, role, looks, does, packs):
    browser = factories.signed_in(make_staff("wang", role))
    facts = {"outcome": "handed", "done_on": timezone.localdate().isoformat(), "reference": "x"}

    package = browser.post(reverse("consent:by_hand_package", args=[handing.pk]))
    done = browser.post(page_of(handing), facts | {"proof": proof()})

    assert browser.get(LIST).status_code == looks
    assert (package.status_code, done.status_code) == (packs, does)


def test_a_delivery_of_the_couriers_has_no_page_here(first):
    assert first.get(reverse("consent:by_hand_task", args=[uuid4()])).status_code == 404


def test_the_list_costs_the_same_for_one_thing_and_three(merchant, stranger, first):
    partner, counts = manual_partner(), []
    first.get(LIST)
    for person in (merchant, stranger, merchant):
        shared(person, partner)
        with CaptureQueriesContext(connection) as queries:
            first.get(LIST)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_every_duty_to_delete_says_what_it_comes_from(merchant, handing, first):
    partner, cause = handing.partner, uuid4()
    obligations.oblige_all(person_id=merchant.pk, cause=cause)
    obligations.oblige_contract_end(partner=partner, person_id=merchant.pk)
    consents.withdraw(person=merchant, code=f"share:{partner.slug}")

    page = text(first.get(LIST))

    assert set(re.findall(r"要求删除（\w+）", page)) == {
        "要求删除（注销）",
        "要求删除（合同到期）",
        "要求删除（撤回同意）",
    }
