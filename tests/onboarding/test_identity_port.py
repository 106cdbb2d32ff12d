"""The identity port: what a URL may say, and what becomes of every answer of the other side."""

import json
import logging
from uuid import UUID

import pytest
from django.test import override_settings

from onboarding.ports import identity, identity_url, tc3, tencent
from onboarding.ports.identity import Simulator, Subject
from onboarding.verdicts import Verdict
from tests.onboarding.verifier_kit import REFERENCE, SLUG, listening

SUBJECT = Subject(name="韦小宝", number="11204416541220243X")
SECRETS = ("韦小宝", "11204416541220243X", "s3cr3t")


@pytest.fixture
def script():
    with listening() as told, override_settings(IDENTITY_URL=told.url):
        yield told


def ask():
    verifier = identity.verifier()
    assert verifier is not None
    return verifier.ask(SUBJECT)


# The setting


def test_by_default_nobody_is_asked_and_staff_compare_the_papers():
    assert identity_url.parse("desk://", development=False).partner == ""
    with override_settings(IDENTITY_URL="desk://"):
        assert identity.verifier() is None


def test_an_address_names_recipient_endpoint_and_key_and_prints_no_secret():
    address = identity_url.parse(
        "tencent://AKID1:a%2Fb@faceid.tencentcloudapi.com/tencent-faceid", development=False
    )

    assert (address.partner, address.endpoint) == (
        "tencent-faceid",
        "https://faceid.tencentcloudapi.com",
    )
    assert (address.secret_id, address.secret_key) == ("AKID1", "a/b")
    assert "a/b" not in repr(address)
    assert "AKID1" not in repr(address)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("simulator://verifier", "invents answers"),
        ("tencent+http://a:b@faceid.tencentcloudapi.com/v", "without encryption"),
        ("tencent://faceid.tencentcloudapi.com/v", "lacks"),
        ("tencent://a@faceid.tencentcloudapi.com/v", "lacks"),
        ("tencent://a:b@/v", "lacks"),
        ("tencent://a:b@faceid.tencentcloudapi.com/", "does not name"),
        ("tencent://a:b@faceid.intl.tencentcloudapi.com/v", "out of mainland China"),
        ("https://a:b@example.cn/v", "unknown scheme"),
        ("", "unknown scheme"),
    ],
)
def test_what_would_be_unsafe_in_production_is_refused_in_words(url, words):
    with pytest.raises(ValueError, match=words):
        identity_url.parse(url, development=False)


# The wire


def test_the_request_is_the_documented_one_signed_over_its_very_body(script):
    ask()

    ((path, headers, body),) = script.asked
    assert path == "/"
    assert json.loads(body) == {"IdCard": "11204416541220243X", "Name": "韦小宝"}
    named = {name.lower(): value for name, value in headers.items()}
    assert (named["x-tc-action"], named["x-tc-version"]) == ("IdCardVerification", "2018-03-01")
    canonical = tc3.canonical_request(host=named["host"], action="IdCardVerification", payload=body)
    assert named["authorization"].startswith("TC3-HMAC-SHA256 Credential=AKIDtest/")
    assert (
        "/faceid/tc3_request, SignedHeaders=content-type;host;x-tc-action"
        in (named["authorization"])
    )
    assert canonical.splitlines()[4] == f"host:{named['host']}"


@pytest.mark.clause("B10")
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("0", Verdict.MATCH),
        ("-1", Verdict.MISMATCH),
        ("-2", Verdict.REFUSED),
        ("-3", Verdict.REFUSED),
        ("-4", Verdict.UNAVAILABLE),
        ("-5", Verdict.NOT_FOUND),
        ("-6", Verdict.UNAVAILABLE),
        ("-7", Verdict.OVER_QUOTA),
        ("-99", Verdict.UNAVAILABLE),
    ],
)
def test_each_documented_result_code_is_an_outcome(script, code, verdict):
    script.says(code)

    answer = ask()

    assert (answer.verdict, answer.reference) == (verdict, UUID(REFERENCE))


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("AuthFailure.SignatureFailure", Verdict.REFUSED),
        ("UnauthorizedOperation.Arrears", Verdict.REFUSED),
        ("UnauthorizedOperation.Nonactivated", Verdict.REFUSED),
        ("InvalidParameterValue", Verdict.REFUSED),
        ("RequestLimitExceeded", Verdict.OVER_QUOTA),
        ("FailedOperation.RequestLimitExceeded", Verdict.OVER_QUOTA),
        ("InternalError.UnKnown", Verdict.UNAVAILABLE),
        ("FailedOperation.DbError", Verdict.UNAVAILABLE),
        ("SomethingNew", Verdict.UNAVAILABLE),
    ],
)
def test_each_documented_error_is_an_outcome(script, code, verdict):
    script.fails(code)

    assert ask().verdict == verdict


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"{}", b'{"Response": null}', b'{"Response": {"RequestId": 7}}'],
)
def test_an_answer_nobody_can_read_is_no_answer(body):
    assert tencent.read(body).outcome == Verdict.UNAVAILABLE


@pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 500, 503])
def test_neither_a_redirect_nor_an_error_is_followed_or_believed(script, status):
    script.status, script.headers = status, {"Location": "http://127.0.0.1:9/"}

    assert ask().verdict == Verdict.UNAVAILABLE
    assert len(script.asked) == 1


def test_an_answer_without_end_is_cut_off(script):
    script.body = b'{"Response": {"Result": "0"}, "x": "' + b"x" * (1024 * 1024) + b'"}'

    assert ask().verdict == Verdict.UNAVAILABLE


@override_settings(IDENTITY_URL=f"tencent+http://AKIDtest:s3cr3t@127.0.0.1:9/{SLUG}")
def test_nobody_there_is_an_outcome_and_says_nothing_of_the_person(caplog):
    caplog.set_level(logging.DEBUG)

    assert ask().verdict == Verdict.UNAVAILABLE
    assert [word for word in SECRETS if word in caplog.text] == []


def test_neither_a_question_nor_a_refusal_is_logged_with_what_it_is_about(script, caplog):
    caplog.set_level(logging.DEBUG)
    script.fails("AuthFailure.SecretIdNotFound")

    ask()

    assert "AuthFailure.SecretIdNotFound" in caplog.text
    assert [word for word in (*SECRETS, repr(SUBJECT)) if word in caplog.text] == []
    assert repr(SUBJECT) == "Subject()"


# The stand-in


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("韦小宝", Verdict.MATCH),
        ("核验不一致", Verdict.MISMATCH),
        ("核验查无", Verdict.NOT_FOUND),
        ("核验不可用", Verdict.UNAVAILABLE),
        ("核验超限", Verdict.OVER_QUOTA),
        ("核验不受理", Verdict.REFUSED),
    ],
)
def test_the_simulator_answers_what_the_name_asks_for(name, verdict):
    assert Simulator().ask(Subject(name=name, number="x")).verdict == verdict
