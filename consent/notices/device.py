"""Notices beside the functions that use something of the device: camera, album, place, messages."""

from consent.notices.notice import HOTLINE, Notice

_PHOTOS_KEPT = (
    "照片按证件保存：营业执照存到注销账号，身份证照片存到撤回那一项同意或注销账号，到期删除。"
)

CAMERA = Notice(
    code="camera",
    version="1",
    title="是否同意用您的相机拍证件？",
    purpose="当场拍下申请要交的证件：营业执照、身份证。不作别的用途。",
    categories=("您拍好并确认上传的那一张照片",),
    method="点“拍照”时打开手机自带的相机，拍好由您确认；网页看不到实时画面，不录像，不录音。",
    necessity="当场拍照要用到相机；上传已有的照片用不到。",
    impact="只有您确认上传的照片会交给我们；清除拍摄地点、加上水印、加密以后才保存。",
    retention=_PHOTOS_KEPT,
    refusing="不打开相机，其他功能照常，申请可以照样办完。",
    alternative=f"点“选择文件”上传已有的照片；或者拨打 {HOTLINE}，预约当面核对证件。",
)

ALBUM = Notice(
    code="album",
    version="2",
    title="是否同意从您的相册里选照片？",
    purpose="上传申请要交的证件照片：营业执照、身份证。不作别的用途。",
    categories=("您在相册里选中的那一张照片",),
    method="点“从相册选”时打开手机自带的选图页面；网页只得到您选中的那一张，看不到别的照片。",
    necessity="从相册里选照片要打开相册；当场拍照和选择文件用不到。",
    impact="只有您选中的照片会交给我们；清除拍摄地点、加上水印、加密以后才保存。",
    retention=_PHOTOS_KEPT,
    refusing="不打开相册，其他功能照常，申请可以照样办完。",
    alternative=f"点“选择文件”或“拍照”上传；或者拨打 {HOTLINE}，预约当面核对证件。",
)

LOCATION = Notice(
    code="location",
    version="1",
    title="是否同意读取一次您的大致位置？",
    purpose="按您所在的地区推荐购车线索，省得手工选地区。不作别的用途。",
    categories=("大致位置：经纬度各保留一位小数，约 10 公里范围【敏感】",),
    method="您点“用当前位置一次”时读一次；先在您的手机上去掉精确部分，再加密传给我们。"
    "不在后台读取，不连续定位。",
    necessity="要自动认出您在哪个地区，就得读一次位置；一位小数是够用的最低精度。",
    impact="精确位置属于敏感个人信息，可能暴露住处和行程。我们收不到精确位置，"
    "只能看出大致在哪个市县。",
    retention="只存最近一次，存到您撤回这项同意、撤回线索推荐或注销账号，然后删除；"
    "注销时还销毁密钥，备份里的也读不出来。",
    refusing="不读取位置，其他功能照常，线索推荐也能用。",
    alternative="自己选省份、填城市，用不到位置。",
)

SMS_AUTOFILL = Notice(
    code="sms_autofill",
    version="3",
    title="是否同意由浏览器读取本站发来的短信？",
    purpose="把刚收到的验证码填进输入框，省得手工输入。不作别的用途。",
    categories=("写有本站网址的那一条短信里的 6 位数字",),
    method="您点“自动填入”时，由浏览器找出发给本站的那一条验证码，只把数字交给这个页面；"
    "别的短信，网页读不到。",
    necessity="自动填入要由浏览器读出那 6 位数字；手工输入用不到。",
    impact="读取只在您的手机里进行；验证码用过一次就作废。",
    retention="不保存短信，也不保存验证码原文。",
    refusing="不影响任何功能，照样登录和办理。",
    alternative="看短信，自己输入 6 位数字。",
)
