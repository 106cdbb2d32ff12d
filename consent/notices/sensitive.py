"""Notices of sensitive personal information, each with its necessity and impact (PIPL 30)."""

from consent.notices.notice import ADDRESS, HOTLINE, Notice

ID_PHOTO = Notice(
    code="id_photo",
    version="1",
    title="是否同意我们收集身份证照片？",
    purpose="核对证件与您填写的姓名、身份证号码是否一致，确认办理的是本人。不作别的用途。",
    categories=("身份证人像面照片【敏感】", "身份证国徽面照片【敏感】"),
    method="由您拍照或选择照片上传，只接收您选中的两张；清除拍摄地点、加上水印、加密以后才保存。"
    "不做人脸识别。",
    necessity="只看号码无法发现冒名申请。法律要求核验商家身份，证件照片是网上核验的最小材料。",
    impact="身份证照片属于敏感个人信息，一旦泄露可能被人冒用身份。只有审核人员写明理由才能查看，"
    "每次查看都有记录。",
    retention="存到您撤回同意或注销账号，然后删除照片；注销时还销毁密钥，备份里的也读不出来。",
    refusing="不上传照片，其他功能照常：可以浏览、填写和保存申请、查看资料、注销账号。",
    alternative=f"拨打 {HOTLINE} 预约，带身份证原件到{ADDRESS}当面核对，不留照片。",
)

BANK_ACCOUNT = Notice(
    code="bank_account",
    version="1",
    title="是否同意我们收集银行账户？",
    purpose="合作以后，把应付给您的款项付到正确的账户。不作别的用途，不会从账户扣款。",
    categories=("户名【敏感】", "银行账号【敏感】", "开户银行【敏感】"),
    method="由您自己填写，加密以后保存；页面上只显示账号后四位。不收集银行卡密码和照片。",
    necessity="没有收款账户，就无法向您付款；三项合起来是转账的最小信息。",
    impact="银行账户属于敏感个人信息，一旦泄露可能被人用来诈骗。只有审核人员写明理由才能查看全部号码，"
    "每次查看都有记录。",
    retention="存到您撤回同意或注销账号，然后删除；注销时还销毁密钥，备份里的也读不出来。",
    refusing="不填写账户，其他功能照常：可以浏览、填写和保存申请、查看资料、注销账号。",
    alternative=f"签约时当面书面提供收款账户，不经过网页；请拨打 {HOTLINE} 说明。",
)

# Not offered: no step of this portal looks at a face. The words stand ready so that nobody could
# switch such a step on without them.
FACE = Notice(
    code="face",
    version="1",
    title="是否同意刷脸核验？",
    purpose="核对办理的是本人。目前没有这一步。",
    categories=("人脸图像【敏感】",),
    method="网页不打开摄像头，不收集、不传送人脸，也不生成人脸特征。",
    necessity="不是办理业务所必需。核对身份用证件照片，或者当面核对证件。",
    impact="人脸属于敏感个人信息，泄露以后换不掉。所以这个网站没有刷脸这一步。",
    retention="不收集，所以不保存。",
    refusing="不影响任何功能。审核的顺序和快慢一样。",
    alternative=f"上传证件照片；或者拨打 {HOTLINE} 预约，带身份证原件到{ADDRESS}当面核对。",
)
