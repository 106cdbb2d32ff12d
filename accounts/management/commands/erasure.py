"""`manage.py erasure list|start|run`: watch deactivations, start one, or work without Celery."""

import logging
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import erasure as erasures
from accounts.models import Erasure

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "查看和推进账号注销"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="未完成的注销，最急的在前")
        start = actions.add_parser("start", help="不等撤回期，立即开始")
        start.add_argument("code", help="回执编号")
        actions.add_parser("run", help="在本进程内处理全部到期的注销")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["action"])(options)

    def list(self, _options: dict[str, Any]) -> None:
        """One line for every erasure that is not over."""
        now = timezone.now()
        for found in Erasure.objects.with_progress().live().order_by("due_at"):
            due = timezone.localtime(found.due_at).date()
            late = "\t已超期" if found.is_late(now) else ""
            progress = f"{found.steps_done}/{found.steps_all}"
            line = f"{found.code}\t{found.get_state_display()}\t{progress}\t承诺 {due}{late}"
            self.stdout.write(line)

    def start(self, options: dict[str, Any]) -> None:
        """End the days of grace of one erasure."""
        found = Erasure.objects.filter(code=options["code"]).first()
        if found is None:
            raise CommandError("没有这个回执编号")
        try:
            erasures.start_now(erasure=found, by=None)
        except erasures.AlreadyStopped as stopped:
            raise CommandError("这条注销已经结束或已撤回") from stopped
        self.stdout.write(f"{found.code}\t已开始，由后台处理")

    def run(self, _options: dict[str, Any]) -> None:
        """Work off everything due."""
        due = erasures.due()
        failed = [erasure_id for erasure_id in due if not self._carried(erasure_id)]
        self.stdout.write(f"处理了 {len(due) - len(failed)} 条")
        if failed:
            raise CommandError(f"{len(failed)} 条没有处理完，日志里有原因，稍后会再试")

    def _carried(self, erasure_id: UUID) -> bool:
        """One that fails does not hold up the others."""
        try:
            erasures.run(erasure_id=erasure_id)
        except Exception:
            log.exception("erasure %s", erasure_id)
            return False
        return True
