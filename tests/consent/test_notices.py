"""Just-in-time notices tell what the law wants told, and a consent can be bound to their words."""

import hashlib
from dataclasses import FrozenInstanceError, replace

import pytest

from consent import lint
from consent.lint_rules import FORBIDDEN
from consent.notices import BANK_ACCOUNT, FIRST_VISIT, ID_PHOTO, NOTICES, Notice, share_notice
from consent.recipient_purposes import PurposeClass

BANNED = {rule.code for rule in FORBIDDEN}
# Words may only change together with the version: then add a line here, and keep the old one.
PUBLISHED = {
    ("album", "1"): "046b803a863d4bae5a470e210f88847d965d94011e8e8b344d31acf1dd18e7a7",
    ("album", "2"): "ea184a406e82903020c5cd7ad094879c8ed8e0859cf75c745a077ca535967fe2",
    ("bank_account", "1"): "847343cd20ab6ee85052c6a8e286729140d3cf3c5ce6eadd62e61594fb2679ce",
    ("camera", "1"): "bdd044e80cfce7c28147e46ba55aa8da9aba946a38ddd5d4ffac5fada1edcc1b",
    ("face", "1"): "a486938aaf3a643a78a844d6106b1d51109d579ac491c9a41610af40da4a5236",
    ("first_visit", "1"): "0eacc35b19952e491126390ed499b407495be332bcbba9b2759784a142770b7b",
    ("first_visit", "2"): "52580763237b3b01a0285e6bec9c1ae69e9067d1a697b152110efc35a6e5c11d",
    ("id_photo", "1"): "9fc479286efd7a0f747799e59efdccda44eccf6f646eafa850eaba411b23be1b",
    ("leads", "1"): "a24c94ffded4cef0389d520bc8ea8a65fa562b3b2413be03816625829d998390",
    ("location", "1"): "4fd7971c1c3e61a10383e0908d51d3c86157ec7477d88b9de2398a3a2b320c3d",
    ("marketing", "1"): "319c38264dedf11f594a65dd61e50d8afeb29840ee95ee462007197d9748ae0a",
    ("service_contact", "1"): "0a2e8a3ae09628201f7c960826fd036f847d8ba3192c5bdde266eba4f5931140",
    ("sms_autofill", "1"): "ae0b9e6af57658ede35085c5af897b104db655205eae4796bf1bf6e96b136890",
    ("sms_autofill", "2"): "a914cee6731d936ed98f3c4e5454fac5cc57f214cc4480168ab4c4b115cbbd81",
    ("sms_autofill", "3"): "7e9c7e94211bb8c36bafc6fe46dfb37676ce540b72a77520a313a8e6bd5a265f",
    ("usage_analysis", "1"): "5ded8ff5736625682d6dbb16cc6bc4ef8d2cf451ed20b6b16beea949f068d3f8",
    ("wechat", "1"): "a9d01e85c64480ab3fe9259f206035cced033e09118dac673d7593bff7515acd",
}


def _share(**changes) -> Notice:
    told = {
        "partner_name": "演示金融公司",
        "contact": "电话 0579-0000-0000",
        "purpose": "办理您选择的融资",
        "purpose_class": PurposeClass.FINANCE,
        "categories": ("联系人姓名", "手机号码"),
        "method": "加密网络接口",
        "code": "share:demo",
    }
    return share_notice(**(told | changes))


@pytest.mark.parametrize("notice", [*NOTICES.values(), _share()], ids=lambda notice: notice.code)
def test_a_notice_tells_everything_before_asking(notice):
    parts = (
        notice.title,
        notice.processor,
        notice.purpose,
        notice.categories,
        notice.method,
        notice.necessity,
        notice.impact,
        notice.refusing,
        notice.alternative,
        notice.retention,
        notice.withdrawal,
    )

    assert all(parts)


@pytest.mark.parametrize("notice", [*NOTICES.values(), _share()], ids=lambda notice: notice.code)
def test_a_notice_has_no_deemed_consent_and_no_open_list(notice):
    found = {problem.code for problem in lint.problems(notice.text)}

    assert found & BANNED == set()


@pytest.mark.parametrize("notice", NOTICES.values(), ids=lambda notice: notice.code)
def test_words_of_a_published_version_never_change(notice):
    assert notice.sha256 == PUBLISHED[notice.code, notice.version]


def test_the_hash_is_of_the_text_shown():
    assert ID_PHOTO.sha256 == hashlib.sha256(ID_PHOTO.text.encode()).hexdigest()
    assert ID_PHOTO.text.split("\n") == [
        "是否同意我们收集身份证照片？",
        *(f"{label}：{words}" for label, words in ID_PHOTO.lines),
    ]


def test_sensitive_items_are_marked_one_by_one():
    assert ID_PHOTO.categories == ("身份证人像面照片【敏感】", "身份证国徽面照片【敏感】")
    assert BANK_ACCOUNT.categories == ("户名【敏感】", "银行账号【敏感】", "开户银行【敏感】")


def test_refusing_leaves_another_way_and_never_asks_for_a_face():
    assert "当面核对，不留照片" in ID_PHOTO.alternative
    assert "不做人脸识别" in ID_PHOTO.method


def test_closing_the_first_visit_notice_agrees_to_nothing():
    assert "关掉提示不等于同意任何事" in FIRST_VISIT.refusing


def test_a_share_notice_names_the_recipient_and_what_it_gets():
    notice = _share()

    told = dict(notice.lines)
    assert notice.title == "是否同意把您的信息交给演示金融公司？"
    assert told["交给谁"] == "演示金融公司"
    assert told["对方的联系方式"] == "电话 0579-0000-0000"
    assert told["用来做什么"] == "办理您选择的融资"
    assert told["涉及哪些信息"] == "联系人姓名、手机号码"
    assert told["怎么收集和传送"] == "加密网络接口"


@pytest.mark.parametrize(
    "changes",
    [
        {"partner_name": "别的公司"},
        {"contact": "电话 0579-1111-1111"},
        {"purpose": "办理结算"},
        {"categories": ("手机号码",)},
        {"method": "纸质材料"},
    ],
)
def test_any_change_of_a_recipient_needs_a_new_consent(changes):
    assert _share(**changes).sha256 != _share().sha256


@pytest.mark.parametrize(
    "changes",
    [{"partner_name": " "}, {"contact": ""}, {"purpose": ""}, {"categories": ()}, {"method": ""}],
)
def test_a_share_notice_with_something_untold_is_refused(changes):
    with pytest.raises(ValueError, match="一项都不能缺"):
        _share(**changes)


def test_a_notice_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        ID_PHOTO.version = "2"  # type: ignore[misc]  # what is tested

    assert replace(ID_PHOTO, version="2").version == "2"
