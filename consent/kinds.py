"""The text messages of this floor: what changes for everybody it concerns."""

from accounts.kinds import Kind

PRIVACY = Kind(
    code="privacy_policy",
    label="隐私政策将要更新",
    purpose="生效以前告诉您，看过变化再决定",
    text="《隐私政策》有新版本将要生效。变了什么，登录 {portal} 查看。",
    always="处理规则变了必须告诉您（《个人信息保护法》第17条）",
)
AGREEMENT = Kind(
    code="agreement",
    label="您签的协议将要更新",
    purpose="生效以前告诉您，同意与否由您决定",
    text="您签订的协议有新版本将要生效。变了什么、要不要同意，登录 {portal} 查看。",
)
TRANSFER = Kind(
    code="transfer",
    label="业务将由别的公司接手",
    purpose="接手以前告诉您，不愿意可以离开",
    text="51车商家端的业务将由另一家公司接手。交给谁、您可以怎么选，登录 {portal} 查看。",
    always="《个人信息保护法》第22条要求告诉您",
)
ENDING = Kind(
    code="ending",
    label="停止运营",
    purpose="停止以前告诉您，留出时间取走信息",
    text="51车商家端将停止运营。什么时候停、怎样取走您的信息，登录 {portal} 查看。",
    always="隐私政策承诺停止运营要逐一通知您",
)
ALL = (PRIVACY, AGREEMENT, TRANSFER, ENDING)
