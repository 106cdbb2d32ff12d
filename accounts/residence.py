"""Where everything about a person lies: mainland China, promised in policy 3.1, and nowhere else.

The one rule: setting, receipts and registry name the place from here. A machine cannot prove where
a disk stands; the operator declares it, and a host whose own name says another place is refused.
"""

import re

CODE = "CN"
PLACE = "中国大陆境内"

# Clouds write the region into a host's name: rm-1.mysql.ap-southeast-1.rds.aliyuncs.com.
_REGION = re.compile(r"(?:af|ap|ca|cn|eu|il|me|mx|na|sa|us)-[a-z]+(?:-\d)?")
_ON_THE_MAINLAND = re.compile(
    r"cn-(?!hongkong)[a-z]+(?:-\d)?|ap-(?:beijing|chengdu|chongqing|guangzhou|nanjing|shanghai)"
)
_FOR_ABROAD = frozenset({"intl"})
_WHOLLY_ABROAD = (".amazonaws.com", ".azure.com", ".windows.net", ".googleapis.com")


def abroad(host: str) -> str:
    """What in a host's name says that it stands outside the mainland; "" when nothing does."""
    bare = host.lower()
    for label in bare.replace("oss-", "").split("."):
        is_region = _REGION.fullmatch(label) and not _ON_THE_MAINLAND.fullmatch(label)
        if is_region or label in _FOR_ABROAD:
            return label
    return next((suffix for suffix in _WHOLLY_ABROAD if bare.endswith(suffix)), "")
