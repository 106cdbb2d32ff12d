"""`manage.py ledger verify|checkpoint`: walk every chain, or sign today's heads."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import ledger
from accounts.models import LedgerCheckpoint, LedgerEntry


class Command(BaseCommand):
    help = "核验账本或签署当日检查点"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("verify", help="逐条核验；指出第一条有问题的记录，退出码 1")
        actions.add_parser("checkpoint", help="签署当日检查点，一天一次")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "checkpoint":
            point = ledger.checkpoint()
            self.stdout.write(f"检查点 {point.day}：{point.entries} 条，密钥 {point.key_id}")
            return
        broken = ledger.verify()
        if broken is not None:
            raise CommandError(
                f"核验不通过：{broken.stream} 第 {broken.seq} 条（{broken.reason}）", returncode=1
            )
        counts = (
            f"{LedgerEntry.objects.count()} 条记录，{LedgerCheckpoint.objects.count()} 个检查点"
        )
        self.stdout.write(f"核验通过：{counts}")
