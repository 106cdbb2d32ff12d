"""Our words in the terms of the Data Privacy Vocabulary 2.3 (`dpv`, and `pd` for kinds of data).

Data only. A test finds every kind of information and every question that has no term here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.personal.classes import Category

# Marks a sensitive kind in the words of a notice.
SENSITIVE_MARK = "【敏感】"

# A purpose and a kind of data that no term names more closely.
ANY_PURPOSE = "dpv:Purpose"
ANY_DATA = "dpv:PersonalData"

# The kinds of information notices name, word for word.
DATA: Mapping[str, str] = MappingProxyType(
    {
        "身份证人像面照片": "pd:OfficialID",
        "身份证国徽面照片": "pd:OfficialID",
        "户名": "pd:Name",
        "银行账号": "pd:FinancialAccountNumber",
        "开户银行": "pd:BankAccount",
        "商家名称或姓名": "pd:Name",
        "联系人姓名": "pd:Name",
        "联系人手机号码": "pd:TelephoneNumber",
        "申请人或者法定代表人的姓名": "pd:Name",
        "申请人或者法定代表人的身份证号码": "pd:OfficialID",
        "注册手机号码": "pd:TelephoneNumber",
        "您拍好并确认上传的那一张照片": "pd:Picture",
        "您在相册里选中的那一张照片": "pd:Picture",
        "人脸图像": "pd:Biometric",
        "大致位置：经纬度各保留一位小数，约 10 公里范围": "pd:Location",
        "您选定的省份和城市": "pd:City",
        "申请的角色": "pd:Professional",
        "写有本站网址的那一条短信里的 6 位数字": "pd:Authenticating",
        "访问的页面": "pd:BrowsingBehaviour",
        "每一步用了多长时间": "pd:ServiceConsumptionBehaviour",
        "微信账号编码（openid）": "pd:AccountIdentifier",
    }
)

# The kinds of information a policy is about: what is declared without a consent of its own.
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        Category.ACCOUNT: "pd:AccountIdentifier",
        Category.CONTACT: "pd:Contact",
        Category.IDENTITY: "pd:Identifying",
        Category.COMPANY: "pd:Professional",
        Category.BANK: "pd:FinancialAccount",
        Category.ID_PHOTO: "pd:OfficialID",
        Category.DEVICE: "pd:DeviceBased",
        Category.MESSAGES: "pd:Communication",
        Category.LOCATION: "pd:Location",
        Category.RISK: "pd:Reliability",
    }
)

# What each question is asked for, by its code; giving to a recipient by "share".
PURPOSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "policy:privacy": ("dpv:AccountManagement", "dpv:IdentityVerification"),
        "policy:store_agreement": ("dpv:EstablishContractualAgreement",),
        "policy:agent_agreement": ("dpv:EstablishContractualAgreement",),
        "policy:cookies": ("dpv:RequestedServiceProvision",),
        "policy:leads": ("dpv:ProvidePersonalisedRecommendations",),
        "id_photo": ("dpv:IdentityVerification",),
        "bank_account": ("dpv:PaymentManagement",),
        "camera": ("dpv:IdentityVerification",),
        "album": ("dpv:IdentityVerification",),
        "face": ("dpv:IdentityVerification",),
        "sms_autofill": ("dpv:IdentityAuthentication",),
        "location": ("dpv:ProvidePersonalisedRecommendations",),
        "leads": ("dpv:ProvidePersonalisedRecommendations",),
        "service_contact": ("dpv:CommunicationForCustomerCare",),
        "marketing": ("dpv:DirectMarketing",),
        "usage_analysis": ("dpv:ServiceUsageAnalytics",),
        "wechat": ("dpv:IdentityAuthentication",),
        "share": ("dpv:RequestedServiceProvision",),
    }
)

# What a person may do about it, the article that says so, and the page where it is done.
RIGHTS: tuple[tuple[str, str, str], ...] = (
    ("pipl:A15", "撤回同意", "/me/consents/"),
    ("pipl:A45", "查阅、复制和转移个人信息", "/me/export/"),
    ("pipl:A46", "更正、补充个人信息", "/me/"),
    ("pipl:A47", "删除个人信息、注销账号", "/me/deactivate/"),
    ("pipl:A48", "要求解释处理规则", "/complaints/"),
)
