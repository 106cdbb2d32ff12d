"""Keys of a test and a payload that may be signed."""

import base64
from datetime import UTC, date, datetime
from typing import Any

from accounts.certificate import SigningKey

SEED = base64.b64encode(bytes(range(32))).decode()
KEY = SigningKey.from_base64(SEED)
OTHER = SigningKey.from_base64(base64.b64encode(bytes(32)).decode())


def payload(**changes: Any) -> Any:
    return {
        "receipt_code": "Zt8kQ2mVw7Yc4LrN",
        "issuer": "大盛融资租赁有限公司",
        "requested_at": datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
        "due_at": datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC),
        "completed_at": datetime(2026, 11, 24, 3, 21, 5, tzinfo=UTC),
        "final": True,
        "holders": [
            {
                "name": "onboarding",
                "label": "入驻申请与证照",
                "outcome": "erased",
                "count": 14,
                "law": "",
                "until": None,
            },
            {
                "name": "consent",
                "label": "对外提供记录",
                "outcome": "sealed",
                "count": 2,
                "law": "网络数据安全管理条例第12条",
                "until": date(2029, 11, 22),
            },
        ],
        "partners": [
            {
                "label": "演示合作方",
                "outcome": "已删除",
                "transport": "已回执",
                "closed_at": datetime(2026, 11, 24, 3, 20, tzinfo=UTC),
                "evidence_sha256": "a1" * 32,
            }
        ],
        "plan_sha256": "b2" * 32,
        "ledger_head": "c3" * 32,
        **changes,
    }
