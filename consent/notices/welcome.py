"""What a visitor is told before anything is collected; nobody is asked anything by it."""

from consent.notices.notice import HOTLINE, Notice

FIRST_VISIT = Notice(
    code="first_visit",
    version="2",
    title="欢迎来到 51车商家端",
    purpose="让您先看、后决定。浏览不用注册；注册和申请合作时，我们再逐项告诉您收集什么、为什么。",
    categories=("IP 地址", "浏览器类型和版本", "访问时间", "访问的页面", "操作和结果"),
    method="网站运行时自动产生网络日志，使用必需的 Cookie；没有统计、广告和第三方代码。",
    necessity="法律要求网站保存网络日志，用来防止攻击、查清问题。",
    impact="日志里不写姓名、手机号码、证件号码和账号。",
    retention="网络日志 6 个月，到期删除。",
    refusing="想先看清楚，请读《51车商家端隐私政策》；关掉这个提示也可以接着看，浏览器会记住，不再弹出。"
    "关掉提示不等于同意任何事。",
    alternative=f"不想上网办理，可以拨打 {HOTLINE}。",
    withdrawal="在浏览器里可以随时删除或禁止 Cookie；禁止以后不能登录和提交。",
)
