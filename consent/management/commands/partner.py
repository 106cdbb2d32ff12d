"""`manage.py partner retry SLUG`: a partner is reachable again, so send what waits for it now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.actions import mailboxes
from consent.models import Partner


class Command(BaseCommand):
    help = "对接合作方时用的命令"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        retry = actions.add_parser("retry", help="对方恢复以后，马上重发等待中的通知")
        retry.add_argument("slug", help="合作方的代号")

    def handle(self, *_args: Any, **options: Any) -> None:
        partner = Partner.objects.filter(slug=options["slug"]).first()
        if partner is None:
            raise CommandError(f"没有代号为 {options['slug']} 的合作方")
        waiting = mailboxes.retry_now(partner=partner, by=None)
        self.stdout.write(f"{waiting} 条马上重发" if waiting else "没有等待中的通知")
