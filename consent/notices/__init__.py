"""What a person is told just before they are asked: the notices as data, one version at a time.

The one rule: `text` is exactly what the page shows, and a consent keeps its `sha256`. Changed
words need a new `version`.
"""

from consent.notices.device import ALBUM, CAMERA, LOCATION, SMS_AUTOFILL
from consent.notices.notice import ADDRESS, HOTLINE, OPERATOR, Notice
from consent.notices.permissions import OFFERED, PERMISSIONS, Group, Permission
from consent.notices.purposes import LEADS, MARKETING, SERVICE_CONTACT, USAGE_ANALYSIS
from consent.notices.recipients import share_notice
from consent.notices.sensitive import BANK_ACCOUNT, FACE, ID_PHOTO
from consent.notices.wechat import WECHAT
from consent.notices.welcome import FIRST_VISIT

NOTICES = {
    notice.code: notice for notice in (FIRST_VISIT, *(p.notice for p in PERMISSIONS.values()))
}

__all__ = [
    "ADDRESS",
    "ALBUM",
    "BANK_ACCOUNT",
    "CAMERA",
    "FACE",
    "FIRST_VISIT",
    "HOTLINE",
    "ID_PHOTO",
    "LEADS",
    "LOCATION",
    "MARKETING",
    "NOTICES",
    "OFFERED",
    "OPERATOR",
    "PERMISSIONS",
    "SERVICE_CONTACT",
    "SMS_AUTOFILL",
    "USAGE_ANALYSIS",
    "WECHAT",
    "Group",
    "Notice",
    "Permission",
    "share_notice",
]
