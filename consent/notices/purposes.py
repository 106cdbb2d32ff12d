"""Notices of purposes nobody needs to agree to: calls, leads, marketing, analysis of usage."""

from consent.notices.notice import HOTLINE, Notice

_NOT_NEEDED = "不是办理业务所必需，完全由您决定。"

SERVICE_CONTACT = Notice(
    code="service_contact",
    version="1",
    title="是否同意客服打电话联系您？",
    purpose="由客服打电话，说明申请的进度、要补的材料和合作安排。不作推销。",
    categories=("联系人姓名", "联系人手机号码"),
    method="用您在申请里填写的联系人和号码；工作人员拨打以前要选明理由，每次查看号码都有记录。",
    necessity="打电话只用到姓名和号码。" + _NOT_NEEDED,
    impact="同意以后，联系人可能接到我们的来电。",
    retention="姓名和号码随申请保存，注销账号时删除；撤回同意以后，我们不再打电话，"
    "也通知收到过联系方式的公司删除。",
    refusing="不打电话。审核照常，顺序和快慢一样；要补的材料写在申请页面上。",
    alternative=f"登录以后在“我的”里看进度；有事您可以拨打 {HOTLINE}。",
)

LEADS = Notice(
    code="leads",
    version="1",
    title="是否同意按您的地区推荐购车线索？",
    purpose="把您选定地区的购车线索排在前面。不作别的用途。",
    categories=("您选定的省份和城市", "申请的角色"),
    method="地区由您自己选择；要用当前位置，另外单独问您。只按地区和角色匹配，不给您打标签。"
    "线索还没有开通，现在只保存您的设置。详见《线索推荐专项政策》。",
    necessity="不知道地区，就无法按地区推荐。" + _NOT_NEEDED,
    impact="线索由程序按地区排列，不影响审核和合作，能看到的线索不会变少。"
    "您随时可以改成按时间排序，那时不用任何个人信息。",
    retention="存到您撤回同意、清空地区或注销账号，然后删除；注销时还销毁密钥，备份里的也读不出来。",
    refusing="不按您的地区推荐，其他功能照常；线索开通以后，按时间排序给您看。",
    alternative="选“按时间排序”，不用任何个人信息。",
)

MARKETING = Notice(
    code="marketing",
    version="1",
    title="是否同意接收推广短信？",
    purpose="用短信介绍 51车的合作活动和优惠。",
    categories=("注册手机号码",),
    method="目前没有发送任何推广短信；以后发送以前先查这一项，没有您的同意就不发。",
    necessity=_NOT_NEEDED,
    impact="同意以后，您可能收到推广短信。",
    retention="只用您的注册手机号码，不另外保存；撤回以后不再发送。",
    refusing="不发推广短信，其他功能照常。",
    alternative=f"想了解活动，可以看首页，或者拨打 {HOTLINE}。",
)

USAGE_ANALYSIS = Notice(
    code="usage_analysis",
    version="1",
    title="是否同意分析您的使用习惯？",
    purpose="了解哪些页面不好用，改进这个网站。",
    categories=("访问的页面", "每一步用了多长时间"),
    method="目前没有做任何使用分析，页面里没有统计代码；以后要做，先查这一项，没有您的同意就不做。",
    necessity=_NOT_NEEDED,
    impact="同意以后，我们会知道您常用哪些页面；不据此决定审核结果。",
    retention="目前没有这类信息。以后产生的，存到您撤回同意或注销账号，然后删除。",
    refusing="不分析您的使用习惯，其他功能照常。",
    alternative=f"有意见可以直接告诉我们，拨打 {HOTLINE}。",
)
