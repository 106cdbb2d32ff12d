"""The development page that shows every component, filled the way a real merchant would fill it."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SHANGHAI = ZoneInfo("Asia/Shanghai")

TASKS = [
    {
        "title": "选择合作身份",
        "hint": "合作4S店",
        "href": "#task",
        "status": "已完成",
        "kind": "success",
    },
    {"title": "主体与法定代表人", "href": "#task", "status": "已完成", "kind": "success"},
    {"title": "联系人与收款账户", "href": "#task", "status": "需要修改", "kind": "error"},
    {
        "title": "上传证照",
        "hint": "营业执照、身份证正反面",
        "href": "#task",
        "status": "进行中",
        "kind": "info",
    },
    {"title": "核对并提交", "hint": "完成以上各项后可提交", "status": "暂不能开始"},
]

CELLS = [
    {
        "title": "入驻申请",
        "hint": "11月20日提交",
        "href": "#cells",
        "icon": "file",
        "tag": "审核中",
        "kind": "info",
    },
    {"title": "个人信息", "hint": "查看、更正、导出", "href": "#cells", "icon": "user"},
    {"title": "授权与同意", "href": "#cells", "icon": "shield", "value": "3 项有效"},
    {"title": "向第三方提供的记录", "href": "#cells", "icon": "share", "value": "2 条"},
    {"title": "注销账号", "href": "#cells", "icon": "trash"},
]

ANSWERS = [
    {"label": "企业名称", "value": "上海浦江汽车销售服务有限公司", "href": "#id_name"},
    {"label": "统一社会信用代码", "value": "9131**********2K4X", "href": "#id_name"},
    {"label": "法定代表人", "value": "*建国", "href": "#id_name"},
    {
        "label": "经营地址",
        "value": "上海市浦东新区杨高南路 2875 号 1 幢 101 室",
        "href": "#id_name",
    },
    {"label": "开户支行", "value": "", "href": "#id_bank"},
]

EVENTS = [
    {
        "title": "提交申请",
        "state": "done",
        "at": datetime(2026, 11, 20, 9, 42, tzinfo=SHANGHAI),
    },
    {
        "title": "资料审核",
        "state": "current",
        "at": "预计 11月25日 18:00 前完成",
        "detail": "审核员正在核对营业执照与收款账户。",
        "href": "#timeline",
        "link": "查看已提交的资料",
    },
    {"title": "签署合作协议", "state": "todo"},
    {"title": "开通商家功能", "state": "todo"},
]

STOPPED_EVENTS = [
    {"title": "提交申请", "state": "done", "at": datetime(2026, 11, 3, 14, 5, tzinfo=SHANGHAI)},
    {
        "title": "退回修改",
        "state": "stopped",
        "at": datetime(2026, 11, 4, 10, 30, tzinfo=SHANGHAI),
        "detail": "营业执照照片左下角缺失，请重新拍摄。",
        "href": "#id_photo",
        "link": "去修改",
    },
]

COLUMNS = [
    {"label": "接收方"},
    {"label": "提供的信息"},
    {"label": "时间"},
    {"label": "次数", "number": True},
]

ROWS = [
    ["平安银行上海分行", "联系人姓名、手机号", "2026年11月18日", 2],
    ["中国平安财产保险", "企业名称、经营地址", "2026年10月9日", 1],
    ["法大大电子签", "法定代表人姓名、身份证号", "2026年9月30日", 12],
]

RECEIPT = [
    {"label": "受理时间", "value": "2026年11月20日 16:08"},
    {"label": "最迟完成", "value": "2026年11月25日（3个工作日内）"},
    {"label": "通知合作方", "value": "2 家，已确认删除 2 家"},
]

TIPS = ["四角完整", "文字清晰", "没有反光"]

MASKED = [
    {"label": "企业名称", "value": "上海浦江汽车销售服务有限公司"},
    {"label": "统一社会信用代码", "value": "9131**********2K4X", "href": "#main", "action": "显示"},
    {"label": "法定代表人", "value": "*建国", "href": "#main", "action": "显示"},
    {"label": "身份证号", "value": "3101**********0012", "href": "#main", "action": "显示"},
    {"label": "收款账号", "value": "6222 **** **** 0417", "href": "#main", "action": "显示"},
]

DESK_LINKS = [
    {"label": "审核队列", "href": "?desk", "current": "page"},
    {"label": "权利请求", "href": "?desk"},
    {"label": "合作方", "href": "?desk"},
    {"label": "政策", "href": "?desk"},
    {"label": "台账", "href": "?desk"},
]

QUEUE = [
    {
        "name": "上海浦江汽车销售",
        "role": "合作4S店",
        "at": "09:42",
        "tag": "待审核",
        "kind": "info",
        "current": True,
    },
    {
        "name": "杭州之江名车行",
        "role": "合作专营店",
        "at": "09:15",
        "tag": "待审核",
        "kind": "info",
    },
    {"name": "*晓敏", "role": "业务代理人", "at": "昨天 17:30", "tag": "将超时", "kind": "warn"},
    {
        "name": "苏州工业园区众诚汽贸",
        "role": "合作专营店",
        "at": "昨天 15:02",
        "tag": "已补件",
        "kind": "success",
    },
    {
        "name": "南京钟山汽车服务",
        "role": "合作4S店",
        "at": "11月19日",
        "tag": "已超时",
        "kind": "error",
    },
]


class ShowcaseForm(forms.Form):
    """One field of every kind."""

    ROLES: ClassVar = [
        ("four_s", "合作4S店"),
        ("speciality", "合作专营店"),
        ("agent", "业务代理人"),
    ]
    BANKS: ClassVar = [
        ("", "请选择"),
        ("icbc", "中国工商银行"),
        ("ccb", "中国建设银行"),
        ("cmb", "招商银行"),
    ]

    phone = forms.CharField(
        label="手机号",
        help_text="用于登录和接收审核结果",
        widget=forms.TextInput(
            attrs={"type": "tel", "inputmode": "numeric", "autocomplete": "tel"}
        ),
    )
    code = forms.CharField(
        label="验证码",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    name = forms.CharField(
        label="联系人姓名", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    role = forms.ChoiceField(label="合作身份", choices=ROLES, widget=forms.RadioSelect)
    bank = forms.ChoiceField(label="开户银行", choices=BANKS)
    note = forms.CharField(
        label="补充说明",
        required=False,
        help_text="例如门店搬迁、法定代表人变更",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agree = forms.BooleanField(label="我已阅读并同意《隐私政策》（2026年11月1日版）")
    photo = forms.FileField(label="营业执照照片", help_text="JPG 或 PNG，不超过 10 MB")
    id_card = forms.FileField(label="身份证人像面")


def components(request: HttpRequest) -> HttpResponse:
    """All components on one page; ?desk shows the staff's layout."""
    wrong = ShowcaseForm({"phone": "1380013800", "role": "four_s"}, auto_id="wrong_%s")
    wrong.add_error("phone", "应为 11 位数字，您输入了 10 位")
    context = {
        "form_sample": ShowcaseForm(),
        "wrong": wrong,
        "tasks": TASKS,
        "cells": CELLS,
        "answers": ANSWERS,
        "events": EVENTS,
        "stopped_events": STOPPED_EVENTS,
        "columns": COLUMNS,
        "rows": ROWS,
        "receipt": RECEIPT,
        "tips": TIPS,
        "queue": QUEUE,
        "masked": MASKED,
        "desk_links": DESK_LINKS,
        "desk_here": DESK_LINKS[0]["label"],
        "page": Paginator(range(58), 10).get_page(request.GET.get("page", 2)),
    }
    page = "desk" if "desk" in request.GET else "components"
    return render(request, f"dev/{page}.html", context)
