"""The notice before WeChat: what it will tell us, and what it will learn."""

from consent.notices.notice import HOTLINE, Notice

WECHAT = Notice(
    code="wechat",
    version="1",
    title="是否同意用微信登录？",
    purpose="让微信告诉我们是哪个微信在登录，下次不用再收短信。不作别的用途。",
    categories=("微信账号编码（openid）",),
    method="从这里前往微信（open.weixin.qq.com，由腾讯公司运营，适用微信自己的隐私政策）。"
    "微信把编码交给我们，加密保存。第一次还要用短信验证码确认手机号，确认了才绑定。",
    necessity="编码是一串字符，只用来认出账号，看不出您是谁。不是办理业务所必需，完全由您决定。",
    impact="微信会知道您来过 51车商家端。我们不索取、也不接收您的头像、昵称、性别、地区和"
    "微信里的手机号码。",
    retention="存到您解除绑定、撤回这项同意或注销账号，然后马上删除；注销时还销毁密钥，"
    "备份里的也读不出来。",
    refusing="不用微信登录，什么也不少：用手机号和短信验证码登录，功能一样。",
    alternative="用手机号和短信验证码登录。",
    withdrawal="随时可以在“我的-设置”里点“解除绑定”，或者在“权限与授权”里点“撤回”，"
    f"或拨打 {HOTLINE}。撤回以前的使用仍然有效。",
)
