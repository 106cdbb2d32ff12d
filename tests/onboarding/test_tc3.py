"""The signature of Tencent Cloud's API 3.0 against the worked example it publishes.

https://cloud.tencent.com/document/api/213/30654: the secret key there is literally 32 asterisks.
"""

from datetime import UTC, datetime

import pytest

from onboarding.ports import tc3

KEY = "*" * 32
AT = datetime.fromtimestamp(1551113065, UTC)
PAYLOAD = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
CANONICAL = (
    "POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:cvm.tencentcloudapi.com\n"
    "x-tc-action:describeinstances\n\ncontent-type;host;x-tc-action\n"
    "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
)
TO_SIGN = (
    "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n"
    "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"
)


def test_the_canonical_request_is_the_published_one():
    built = tc3.canonical_request(
        host="cvm.tencentcloudapi.com", action="DescribeInstances", payload=PAYLOAD
    )

    assert built == CANONICAL


def test_the_string_to_sign_is_the_published_one():
    assert tc3.string_to_sign(CANONICAL, service="cvm", at=AT) == TO_SIGN


def test_the_key_of_the_day_is_the_published_one():
    key = tc3.signing_key(KEY, service="cvm", at=AT)

    assert key.hex() == "b596b923aad85185e2d1f6659d2a062e0a86731226e021e61bfe06f7ed05f5af"


def test_the_header_is_the_published_one():
    header = tc3.authorization(
        secret_id="AKID" + "*" * 32,
        secret_key=KEY,
        service="cvm",
        host="cvm.tencentcloudapi.com",
        action="DescribeInstances",
        payload=PAYLOAD,
        at=AT,
    )

    assert header == (
        f"TC3-HMAC-SHA256 Credential=AKID{'*' * 32}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    )


@pytest.mark.parametrize("hour", [0, 15, 16, 23])
def test_the_day_is_utcs_wherever_it_is_asked_from(hour):
    utc = datetime(2026, 11, 28, hour, tzinfo=UTC)
    shanghai = utc.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo)

    first, second = (tc3.signing_key(KEY, service="faceid", at=at) for at in (utc, shanghai))

    assert first == second
