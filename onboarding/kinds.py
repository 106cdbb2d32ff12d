"""The text messages of this floor: how far an application is."""

from accounts.kinds import Kind

SUBMITTED = Kind(
    code="application_submitted",
    label="申请已提交",
    purpose="确认我们收到了您的申请",
    text="您的合作申请已提交，正在审核。进度请登录 {portal} 查看。",
    starts_on=False,
)
SENT_BACK = Kind(
    code="application_sent_back",
    label="申请需要修改",
    purpose="要您修改时告诉您，改好才能继续审核",
    text="您的合作申请需要修改。改哪里，登录 {portal} 查看。",
)
APPROVED = Kind(
    code="application_approved",
    label="申请已通过",
    purpose="审核通过告诉您",
    text="您的合作申请已通过审核。请登录 {portal} 查看。",
)
ALL = (SUBMITTED, SENT_BACK, APPROVED)
