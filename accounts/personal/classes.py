"""The words a personal field is declared with: category, level, retention class."""

from django.db.models import TextChoices


class Level(TextChoices):
    """How careful the law is with it (PIPL 28, GB/T 45574-2025 Annex A)."""

    GENERAL = "general", "一般个人信息"
    SENSITIVE = "sensitive", "敏感个人信息"


class Category(TextChoices):
    """What kind of information it is, as the lists shown to people name it."""

    ACCOUNT = "account", "账号信息"
    CONTACT = "contact", "联系方式"
    IDENTITY = "identity", "身份信息"
    COMPANY = "company", "企业信息"
    BANK = "bank", "银行账户信息"
    LOCATION = "location", "位置信息"
    ID_PHOTO = "id_photo", "证件照片"
    DEVICE = "device", "设备与日志信息"
    MESSAGES = "messages", "投诉与往来内容"
    RISK = "risk", "风险提示与核实"


class Retention(TextChoices):
    """What is kept and destroyed together: each class of each person has its own data key."""

    ACCOUNT = "account", "账号"
    CONTACT = "contact", "联系方式"
    IDENTITY = "identity", "身份"
    BANK = "bank", "银行账户"
    LOCATION = "location", "位置与地区"
    PAPERS = "papers", "证件照片"
    SEALED = "sealed", "依法封存"
    REPLY = "reply", "处理结果通知"
    MESSAGES = "messages", "投诉与往来内容"
