"""`manage.py keys rewrap`: after a new KMS key, put everything under it that is under an older."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.personal import keys, resealing


class Command(BaseCommand):
    help = "轮换主密钥后，用最新的主密钥重新包装数据密钥"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("rewrap", help="全部重新包装和封存；十分钟后旧主密钥可以移除")

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while count := keys.rewrap():
            total += count
        self.stdout.write(f"重新包装了 {total} 个数据密钥")
        for name, changed in resealing.run().items():
            self.stdout.write(f"重新封存了 {changed} 个{name}")
