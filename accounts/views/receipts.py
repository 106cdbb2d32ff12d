"""The public receipt of a deactivation: by unguessable code, for whoever holds it."""

import hashlib
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import signing
from accounts.actions import erasure as erasures
from accounts.actions.erasure.settling import is_proven
from accounts.clocks import working_days_left
from accounts.models import Certificate, Erasure, ErasureStep
from accounts.personal.holders import FATE_LABELS, Fate, FollowUp
from accounts.states import ErasureState, StepState
from accounts.views.dates import day, minute

KINDS = {Fate.ERASED: "success", Fate.ANONYMISED: "success", Fate.SEALED: "warn", Fate.NOTHING: ""}


@require_GET
@never_cache
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """How far it is, holder by holder and partner by partner."""
    found = _found(code)
    outside = erasures.followups(found.pk)
    proven = sum(is_proven(one) for one in outside)
    issued = _newest(found)
    context = {
        "erasure": found,
        "head": _head(found),
        "rows": _rows(found),
        "holders": [_holder(step) for step in found.steps.all()],
        "partners": [_partner(one) for one in outside],
        "proven": proven,
        "progress": f"{proven} / {len(outside)} 家已确认",
        "events": _events(found, outside),
        "certificate": issued,
        "certificate_sha256": hashlib.sha256(bytes(issued.file)).hexdigest() if issued else "",
        "key_id": signing.key().id,
    }
    return unlisted(render(request, "accounts/receipt.html", context))


@require_GET
@never_cache
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The newest certificate, byte for byte as it was signed."""
    issued = _newest(_found(code))
    if issued is None:
        raise Http404
    kind = "final" if issued.is_final else "interim"
    response = HttpResponse(bytes(issued.file), content_type="application/json")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="51che-deletion-{kind}-{code[:8]}.json"'
    )
    return unlisted(response)


def _found(code: str) -> Erasure:
    found = Erasure.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _newest(found: Erasure) -> Certificate | None:
    return found.certificates.order_by("-is_final").first()


def unlisted(response: HttpResponse) -> HttpResponse:
    """Whoever holds the code may look; search engines and the next site learn nothing of it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _head(found: Erasure) -> dict[str, str]:
    """Title, explanation and colour of the state."""
    left = working_days_left(timezone.now(), found.due_at)
    late = timezone.now() > found.due_at
    remaining = "已超过承诺时间，正在加急处理" if late else f"还剩 {left} 个工作日"
    if not late and left == 0:
        remaining = "今天内完成"
    heads = {
        ErasureState.SCHEDULED: ("注销申请已受理", f"开始删除前可以登录撤回。{remaining}", "info"),
        ErasureState.RUNNING: ("正在删除", remaining, "info"),
        ErasureState.AWAITING: ("本平台已处理完毕，正在等合作方回执", "", "info"),
        ErasureState.COMPLETED: ("全部处理完毕", "本平台与全部合作方均已处理", "success"),
        ErasureState.CANCELLED: ("注销已撤回", "没有删除任何内容，账号照常使用", "info"),
    }
    title, body, kind = heads[ErasureState(found.state)]
    return {"title": title, "body": body, "kind": "warn" if late and body == remaining else kind}


def _rows(found: Erasure) -> list[dict[str, str]]:
    due = f"{day(found.due_at)}（3 个工作日内）"
    rows = [
        {"label": "申请时间", "value": minute(found.requested_at)},
        {"label": "承诺完成", "value": due + ("，暂估" if found.due_is_estimated else "")},
    ]
    if found.local_done_at:
        rows.append({"label": "本平台完成", "value": minute(found.local_done_at)})
    if found.completed_at:
        rows.append({"label": "全部完成", "value": minute(found.completed_at)})
    return rows


def _holder(step: ErasureStep) -> dict[str, Any]:
    if step.state != StepState.DONE:
        return {"title": step.label, "tag": "等待处理", "kind": ""}
    hint = f"共 {step.count} 项" if step.count else ""
    if step.until:
        until = f"{step.until.year}年{step.until.month}月{step.until.day}日"
        hint = f"依据{step.law}单独封存，不再用于业务，{until}到期后自动删除"
    note = f"{hint}。{step.note}" if hint and step.note else hint or step.note
    fate = Fate(step.outcome)
    return {"title": step.label, "hint": note, "tag": FATE_LABELS[fate], "kind": KINDS[fate]}


def _partner(one: FollowUp) -> dict[str, Any]:
    proven = is_proven(one)
    at = f"，{minute(one.closed_at)}" if proven and one.closed_at else ""
    kind = "success" if proven else "warn"
    return {"title": one.label, "hint": f"{one.transport}{at}", "tag": one.outcome, "kind": kind}


def _last_answer(outside: list[FollowUp]) -> datetime | None:
    """When the last partner proved its part."""
    return max((one.closed_at for one in outside if one.closed_at), default=None)


def _events(found: Erasure, outside: list[FollowUp]) -> list[dict[str, Any]]:
    asked = {"title": "提交注销申请", "state": "done", "at": found.requested_at}
    if found.state == ErasureState.CANCELLED:
        return [asked, {"title": "已撤回", "state": "stopped"}]
    order = [
        ErasureState.SCHEDULED,
        ErasureState.RUNNING,
        ErasureState.AWAITING,
        ErasureState.COMPLETED,
    ]
    reached = order.index(ErasureState(found.state))
    ours = {"title": "删除本平台持有的信息", "at": found.local_done_at or found.starts_at}
    theirs = {
        "title": "合作方删除并回执",
        "detail": "" if outside else _nobody(found),
        "at": _last_answer(outside) if found.completed_at else None,
    }
    done = {"title": "出具最终证明", "at": found.completed_at}
    return [
        asked,
        ours | {"state": _state(reached, 2, is_current=found.state == ErasureState.RUNNING)},
        theirs | {"state": _state(reached, 3, is_current=found.state == ErasureState.AWAITING)},
        done | {"state": _state(reached, 3)},
    ]


def _nobody(found: Erasure) -> str:
    return "没有向任何合作方提供过您的信息" if found.awaited == "[]" else ""


def _state(reached: int, done_at: int, *, is_current: bool = False) -> str:
    if reached >= done_at:
        return "done"
    return "current" if is_current else "todo"
