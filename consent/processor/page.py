"""The page on which one can watch: how many people the processor holds, and its requests.

Everything is masked; no value of a person leaves the process in clear.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from consent.processor.store import Request

HTML = "text/html; charset=utf-8"

_CHINA = timezone(timedelta(hours=8))
_ASSETS = Path(__file__).parent / "assets"
_LABELS = {
    "name": "名称",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "phone": "手机号",
    "address": "地址",
    "email": "邮箱",
}
_STATES = {
    "pending": "已收到，等待删除",
    "in_progress": "正在删除",
    "completed": "已完成",
    "cancelled": "平台已撤回",
}


@cache
def asset(name: str) -> bytes:
    """A file of the page as it is."""
    return (_ASSETS / name).read_bytes()


def render(people: Sequence[tuple[str, Mapping[str, str]]], requests: Sequence[Request]) -> bytes:
    """The whole page."""
    template = Template(asset("page.html").decode())
    return template.substitute(
        count=len(people),
        people=_people(people),
        requests=_requests(requests),
    ).encode()


def masked(value: str) -> str:
    """A value one can recognise but not learn: 张**, 138****8000."""
    if len(value) >= 11:
        return f"{value[:3]}****{value[-4:]}"
    return value[:1] + "*" * max(1, len(value) - 1)


def _people(people: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    if not people:
        return '<p class="empty">没有保存任何人的资料。</p>'
    rows = (
        f"<tr><td><code>{escape(person[:8])}…</code></td><td>{_fields(fields)}</td></tr>"
        for person, fields in people[:100]
    )
    return _table("保存的资料（已遮盖）", ("编号", "资料"), rows)


def _fields(fields: Mapping[str, str]) -> str:
    return "<br>".join(
        f"{escape(_LABELS.get(name, name))}：{escape(masked(value))}"
        for name, value in fields.items()
    )


def _requests(requests: Sequence[Request]) -> str:
    if not requests:
        return '<p class="empty">还没有收到删除请求。</p>'
    rows = (
        f"<tr><td><code>{str(request.id)[:8]}…</code><br>{_clock(request.received_at)}</td>"
        f'<td><span class="state {request.status}">{_state(request)}</span></td>'
        f"<td>{_report(request)}</td></tr>"
        for request in requests
    )
    return _table("删除请求", ("请求", "处理结果", "向平台回执"), rows)


def _state(request: Request) -> str:
    if request.status != "completed":
        return _STATES[request.status]
    return f"已删除 {request.deleted} 条" if request.deleted else "没有此人的资料"


def _report(request: Request) -> str:
    if request.called_at is not None:
        return f"已送达<br>{_clock(request.called_at)}"
    if request.status == "cancelled":
        return "不需要"
    return f"已试 {request.calls} 次，稍后再试" if request.calls else "尚未发出"


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, _CHINA).strftime("%m-%d %H:%M:%S")


def _table(caption: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>'
        f'<caption class="unseen">{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
