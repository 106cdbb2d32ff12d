"""The linter names what a policy lacks and what it must not say."""

from pathlib import Path

import pytest

from consent import lint, lint_rules
from consent.models import PolicyVersion
from consent.policytext import parse
from tests.consent.seeds import FIRM_53, KUAISHOU, OLD_51, seed

TEXTS = Path(__file__).resolve().parents[2] / "consent" / "texts"


def _codes(text: str, kind: str = "privacy") -> list[str]:
    return [problem.code for problem in lint.problems(text, kind)]


def _ours(kind: str) -> str:
    return parse((TEXTS / f"{kind}.zh.md").read_text(encoding="utf-8")).markdown


def test_an_empty_policy_lacks_every_block():
    assert _codes("") == [
        "operator_missing",
        "contact_missing",
        "effective_date_missing",
        "purpose_missing",
        "method_missing",
        "types_missing",
        "sensitive_unmarked",
        "sensitive_necessity_missing",
        "basis_missing",
        "retention_missing",
        "retention_end_missing",
        "storage_place_missing",
        "recipients_missing",
        "recipient_consent_missing",
        "complaint_missing",
        "complaint_body_missing",
        "incident_missing",
        "minors_missing",
        "cookie_missing",
        "update_missing",
        "rights_missing",
        "rights_how_missing",
    ]


def test_an_empty_agreement_lacks_its_own_smaller_set():
    assert _codes("", "store_agreement") == [
        "operator_missing",
        "contact_missing",
        "effective_date_missing",
        "dispute_missing",
        "change_notice_missing",
        "exit_missing",
        "sanction_notice_missing",
        "appeal_missing",
        "fees_missing",
        "privacy_separate_missing",
    ]


def test_every_kind_of_text_has_blocks_it_must_have():
    assert set(lint_rules.BLOCKS) == set(PolicyVersion.Kind)


@pytest.mark.parametrize(
    ("kind", "words", "code"),
    [
        ("cookies", ["messages"], "cookie_names_missing"),
        ("cookies", ["天"], "lifetime_missing"),
        ("cookies", ["信标"], "beacons_missing"),
        ("cookies", ["第三方 Cookie"], "third_party_missing"),
        ("cookies", ["禁止以后"], "refusing_missing"),
        ("leads", ["优先于"], "scope_missing"),
        ("leads", ["默认关闭"], "off_by_default_missing"),
        ("leads", ["单独同意"], "basis_missing"),
        ("leads", ["开关"], "switch_missing"),
        ("leads", ["不按个人特征"], "plain_sorting_missing"),
        ("leads", ["删除偏好"], "preference_deletion_missing"),
    ],
)
def test_cutting_one_thing_out_of_a_notice_or_special_policy_is_noticed(kind, words, code):
    text = _ours(kind)

    for word in words:
        text = text.replace(word, "")

    assert code in _codes(text, kind)
    assert _codes(_ours(kind), kind) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["有限公司"], "operator_missing"),
        (["生效日期"], "effective_date_missing"),
        (["【敏感】"], "sensitive_unmarked"),
        (["境外", "出境"], "storage_place_missing"),
        (["Cookie"], "cookie_missing"),
        (["周岁", "未成年人"], "minors_missing"),
        (["安全事件", "泄露、篡改、丢失"], "incident_missing"),
    ],
)
def test_cutting_one_thing_out_of_our_policy_is_noticed(words, code):
    text = _ours("privacy")

    for word in words:
        text = text.replace(word, "")

    assert _codes(text) == [code]


def test_missing_rights_are_named_in_the_message():
    text = _ours("privacy").replace("解释", "").replace("更正", "")

    assert lint.problems(text) == [
        lint.Problem("rights_missing", "没有写明这些权利：更正、要求解释")
    ]


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("您继续使用本平台，视为您已接受新政策。", "deemed_consent"),
        ("您通过微信注册的，视为您同意传输昵称。", "deemed_consent"),
        ("开启定位后，**视作您同意**传输位置。", "deemed_consent"),
        ("您开启权限即代表您授权我们收集。", "deemed_consent"),
        ("我们收集姓名、电话等信息。", "open_list"),
        ("我们收集的信息包括但不限于姓名。", "open_list"),
        ("例如您的姓名。", "open_list"),
        ("您同意平台有权将信息提供给您所涉业务相关的其他第三方。", "blanket_consent"),
        ("平台认为合适的披露。", "discretionary_disclosure"),
        ("我们征求人脸信息权限。当您拒绝，账户将无法进行到下一步。", "face_forced"),
        ("平台可以关闭账户而无需通知用户。", "no_notice_sanction"),
        ("我们会收集您的设备MAC地址。", "device_id_collected"),
    ],
)
def test_a_forbidden_sentence_is_found_and_quoted(sentence, code):
    found = lint.problems(f"{_ours('privacy')}\n\n{sentence}\n")

    assert [problem.code for problem in found] == [code]
    assert "共 1 处" in found[0].message_zh


@pytest.mark.parametrize(
    "sentence",
    [
        "这不等于同意。",
        "双方地位平等，请等待审核，风险等级同等对待。",
        "继续登录、继续使用，都不当作同意。",
        "我们不收集 MAC 和行踪轨迹。",
    ],
)
def test_sentences_that_only_look_alike_pass(sentence):
    assert _codes(f"{_ours('privacy')}\n\n{sentence}\n") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            OLD_51,
            {
                "retention_missing",
                "retention_end_missing",
                "sensitive_unmarked",
                "recipient_consent_missing",
                "complaint_body_missing",
                "incident_missing",
                "minors_missing",
                "cookie_missing",
                "rights_missing",
                "deemed_consent",
                "open_list",
                "blanket_consent",
                "discretionary_disclosure",
                "face_forced",
                "device_id_collected",
            },
        ),
        (
            FIRM_53,
            {
                "operator_missing",
                "contact_missing",
                "effective_date_missing",
                "retention_missing",
                "rights_missing",
                "deemed_consent",
                "open_list",
                "face_forced",
                "no_notice_sanction",
            },
        ),
        (
            KUAISHOU,
            {
                "effective_date_missing",
                "retention_missing",
                "sensitive_unmarked",
                "complaint_body_missing",
                "rights_missing",
                "deemed_consent",
                "open_list",
            },
        ),
    ],
)
def test_the_policies_of_others_fail_for_the_reasons_known(name, expected):
    found = set(_codes(parse(seed(name)).markdown))

    assert expected - found == set()


def test_what_another_policy_does_say_is_not_reported_missing():
    found = set(_codes(parse(seed(KUAISHOU)).markdown))

    assert (
        found & {"operator_missing", "contact_missing", "minors_missing", "cookie_missing"} == set()
    )
