"""What `lint` looks for, as data: each rule's patterns are the words policies use for it."""

from collections.abc import Mapping
from typing import NamedTuple


class Rule(NamedTuple):
    """Something a text must have: every pattern has to be found somewhere in it."""

    code: str
    message_zh: str
    patterns: tuple[str, ...]


_OPERATOR = (
    Rule(
        "operator_missing",
        "没有写明谁在处理信息：需要运营者的公司全称",
        (r"\w{2,30}有限(?:责任)?公司",),
    ),
    Rule(
        "contact_missing",
        "没有写明联系方式：需要电话或邮箱，以及通信地址",
        (
            r"\d{3,4}-\d{3,4}-\d{3,4}|400\d{7}|[\w.]{1,40}@[\w.]{1,40}\.\w{2,9}",
            r"(?:市|区|县)\w{1,12}(?:路|街)",
        ),
    ),
)
_EFFECTIVE = Rule(
    "effective_date_missing",
    "没有写明生效日期",
    (r"生效(?:时间|日期)\D{0,3}\d{4}\D{1,3}\d{1,2}\D{1,3}\d{1,2}",),
)
_LAW = Rule(
    "dispute_missing", "没有写明适用法律和争议解决办法", (r"适用[^。]*法律", r"起诉|提起诉讼|仲裁")
)
_UPDATE = Rule(
    "update_missing", "没有写明政策变化时怎样告知", (r"更新|变更|修改", r"弹窗|公示|公布|通知")
)

PRIVACY = (
    *_OPERATOR,
    _EFFECTIVE,
    Rule("purpose_missing", "没有逐项写明为什么收集", (r"用途|目的|为什么|用来|用于",)),
    Rule(
        "method_missing", "没有写明怎样收集", (r"填写|上传|自动(?:收集|产生)|授权[^。]{0,10}获取",)
    ),
    Rule("types_missing", "没有写明收集哪些个人信息", (r"手机号|电话", r"姓名|身份证")),
    Rule(
        "sensitive_unmarked",
        "没有在敏感个人信息后面作标记",
        (r"【敏感】|（敏感）|敏感个人信息[:：]",),
    ),
    Rule(
        "sensitive_necessity_missing",
        "没有写明处理敏感个人信息的必要性和对个人的影响",
        (r"敏感", r"必要性|为什么必须|必须单独", r"对您的?影响|一旦泄露|可能被"),
    ),
    Rule(
        "basis_missing",
        "没有写明处理的法律依据",
        (r"依据", r"单独同意", r"法定义务|第十三条|第13条"),
    ),
    Rule(
        "retention_missing",
        "没有写明保存多久",
        (r"(?:保存|存|保留|封存)[^。|]{0,12}\d+ ?(?:年|个月|日|天)",),
    ),
    Rule(
        "retention_end_missing",
        "没有写明保存期满以后怎么办",
        (r"到期|期满|期限(?:一到|届满)|保存期限已满",),
    ),
    Rule("storage_place_missing", "没有写明存放地点和是否出境", (r"境内|大陆", r"境外|出境")),
    Rule(
        "recipients_missing",
        "没有写明接收方是谁、给什么、怎样给",
        (r"接收方|接收您信息", r"逐家|每一个接收方|名称"),
    ),
    Rule(
        "recipient_consent_missing",
        "没有写明对每一个接收方单独同意",
        (r"接收方[^。]{0,20}单独同意|单独同意[^。]{0,30}接收",),
    ),
    Rule(
        "complaint_missing",
        "没有写明投诉、举报的办法和时限",
        (r"投诉", r"\d+ ?(?:天|个?工作日)[^。]{0,10}(?:答复|回复)|十五个工作日"),
    ),
    Rule(
        "complaint_body_missing",
        "没有写明可以向哪些主管部门投诉",
        (r"12377|12315|12321|12300|网信部门",),
    ),
    Rule(
        "incident_missing",
        "没有写明发生安全事件怎样通知",
        (r"安全事件|泄露、篡改、丢失", r"通知|告知"),
    ),
    Rule("minors_missing", "没有写明未成年人的规则", (r"未成年人|周岁",)),
    Rule(
        "cookie_missing",
        "没有写明 Cookie 的使用",
        (r"(?:用|禁止|拒绝|关闭)[^。|]{0,10}Cookie|Cookie[^。|]{0,20}(?:用途|技术)",),
    ),
    _UPDATE,
)

AGREEMENT = (
    *_OPERATOR,
    _EFFECTIVE,
    _LAW,
    Rule("change_notice_missing", "没有写明修改协议至少提前 7 天公布", (r"提前 ?7 ?[天日]",)),
    Rule(
        "exit_missing",
        "没有写明不同意修改时怎样按原协议退出",
        (r"不同意[^。]{0,20}退出", r"按原来?的?协议"),
    ),
    Rule(
        "sanction_notice_missing",
        "没有写明处理前先通知、写明理由",
        (r"处理以前|处理前", r"依据|理由"),
    ),
    Rule("appeal_missing", "没有写明申诉办法和时限", (r"申诉", r"\d+ ?个?(?:工作日|天|日)")),
    Rule("fees_missing", "没有写明是否收费", (r"收费|费用",)),
    Rule(
        "privacy_separate_missing",
        "没有写明同意协议不等于同意处理个人信息",
        (r"不等于同意[^。]{0,10}个人信息",),
    ),
)

COOKIES = (
    *_OPERATOR,
    _EFFECTIVE,
    Rule(
        "cookie_names_missing",
        "没有逐个写明本网站使用的 Cookie：portal_session、portal_csrf、portal_seen、messages",
        (r"portal_session", r"portal_csrf", r"portal_seen", r"\bmessages\b"),
    ),
    Rule("purpose_missing", "没有逐个写明用来做什么", (r"用途|目的|用来做什么",)),
    Rule(
        "lifetime_missing",
        "没有逐个写明存多久",
        (r"存多久|有效期|保存期限", r"最长[^。|]{0,8}\d+ ?(?:天|个月|年)"),
    ),
    Rule("third_party_missing", "没有写明有没有第三方 Cookie", (r"第三方[^。]{0,8}Cookie",)),
    Rule("beacons_missing", "没有写明有没有网络信标和像素标签", (r"信标", r"像素")),
    Rule(
        "refusing_missing",
        "没有写明怎样拒绝 Cookie，拒绝以后会怎样",
        (r"浏览器[^。]{0,12}(?:设置|阻止|禁止)", r"(?:禁止|拒绝)以后[^。]{0,40}(?:仍然|无法|不能)"),
    ),
    _UPDATE,
)

LEADS = (
    *_OPERATOR,
    _EFFECTIVE,
    Rule("scope_missing", "没有写明在哪项功能里优先于隐私政策", (r"优先(?:于|适用)", r"隐私政策")),
    Rule("off_by_default_missing", "没有写明默认关闭", (r"默认(?:是)?关闭",)),
    Rule("types_missing", "没有逐项写明用到哪些信息", (r"地区", r"位置", r"角色")),
    Rule("basis_missing", "没有写明依据是单独同意", (r"依据", r"单独同意")),
    Rule("retention_missing", "没有写明保存多久", (r"存多久|保存期限", r"删除")),
    Rule("switch_missing", "没有写明怎样关闭，关闭要和打开一样方便", (r"开关", r"撤回|关闭")),
    Rule(
        "plain_sorting_missing",
        "没有写明不按个人特征时怎样排列（《个人信息保护法》第24条）",
        (r"不(?:按|针对)个人特征",),
    ),
    Rule("preference_deletion_missing", "没有写明怎样删除偏好", (r"删除[^。]{0,6}偏好",)),
    _UPDATE,
)

# What each kind of text must have.
BLOCKS: Mapping[str, tuple[Rule, ...]] = {
    "privacy": PRIVACY,
    "store_agreement": AGREEMENT,
    "agent_agreement": AGREEMENT,
    "cookies": COOKIES,
    "leads": LEADS,
}

RIGHTS: Mapping[str, str] = {
    "查看": r"查看|查阅|访问",
    "复制": r"复制|副本",
    "转移": r"转移(?:给|到|您|信息)|、转移",
    "更正": r"更正",
    "删除": r"删除",
    "限制处理": r"限制[^。]{0,6}处理|限制和拒绝|暂停使用",
    "撤回同意": r"撤回|收回",
    "注销账号": r"注销",
    "要求解释": r"解释",
}
RIGHTS_HOW = r"(?:拨打|电话|“[^”]{0,20}我的|“设置|邮件)"

FORBIDDEN = (
    Rule(
        "deemed_consent",
        "把别的行为当作同意，同意必须由本人明确作出",
        (
            r"视[为作]\w{0,6}(?:同意|接受|授权|认可)|即(?:代表|表示)您(?:授权|同意)"
            r"|继续(?:使用|登录|访问)[^。]{0,16}(?:视为|即表示|即代表)",
        ),
    ),
    Rule(
        "open_list",
        "列举没有写完，应当逐项列明",
        (r"包括[但并]不限于|例如|比如|诸如|譬如|(?<![平同对相何均])等(?![于待级额候值分])",),
    ),
    Rule(
        "blanket_consent",
        "一次授权交给不特定的第三方，没有法律效力",
        (r"同意[^。]{0,40}(?:提供给|共享给|交给)[^。]{0,20}其他第三方",),
    ),
    Rule(
        "discretionary_disclosure",
        "允许自行决定对外披露，没有法律依据",
        (r"认为(?:合适|适当|必要)的披露",),
    ),
    Rule(
        "face_forced",
        "不提供人脸就不能继续，人脸不能是唯一方式",
        (
            r"(?:人脸信息|面部认证|刷脸)[^。]{0,40}。(?:如果|当)?您?[^。]{0,40}"
            r"(?:无法进行|不能向您|将?无法)",
        ),
    ),
    Rule("no_notice_sanction", "处理用户之前不通知，应当先通知并可以申诉", (r"无需(?:事先)?通知",)),
    Rule(
        "device_id_collected",
        "收集行踪轨迹或设备标识，网页不需要",
        (r"(?<!不)(?:收集|传输|获取|记录)[^。]{0,60}(?:行踪轨迹|MAC)",),
    ),
)
