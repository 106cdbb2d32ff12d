"""`manage.py demo_partner`: run the reference processor as the demo's partner."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent.processor import options
from consent.processor.run import run


class Command(BaseCommand):
    help = "运行演示合作方：接收共享的资料，收到删除请求后真正删除并回执"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        options.add_options(parser)

    def handle(self, *args: Any, **given: Any) -> None:
        given["secret"] = given["secret"] or settings.DEMO_PARTNER_SECRET
        try:
            run(options.from_arguments(given), self._say)
        except options.BadOptions as error:
            raise CommandError(str(error)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
