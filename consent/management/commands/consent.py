"""`manage.py consent rebuild [--check]`: make the state of consents what the events say."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent.actions import consents


class Command(BaseCommand):
    help = "核对或重建同意的当前状态"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        rebuild = actions.add_parser("rebuild", help="按事件重建；一切正常时什么也不改变")
        rebuild.add_argument(
            "--check", action="store_true", help="只核对，不改动；有出入时以 1 退出"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        astray = consents.astray()
        for person, code in astray:
            self.stdout.write(f"{person}\t{code}\t与事件不符")
        if options["check"]:
            if astray:
                raise CommandError(f"{len(astray)} 条与事件不符", returncode=1)
            self.stdout.write("全部与事件一致")
            return
        for person in sorted({person for person, _code in astray}, key=str):
            consents.rebuild(person)
        self.stdout.write(f"重建了 {len(astray)} 条" if astray else "没有要改的")
