"""Makes a database ready to serve: migrations, roles, shipped policies and recipients; a demo."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from accounts.actions import staff
from consent.actions import partners


class Command(BaseCommand):
    """Safe to repeat; does nothing that is already done."""

    help = __doc__ or ""
    # The checks want a database, and this command is what makes it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also demo staff and demo partner")

    def handle(self, *_args: Any, **options: Any) -> None:
        for alias in ("default", "vault"):
            self._migrate(alias)
        call_command("createcachetable", database="default", verbosity=0)
        for role in staff.ROLES:
            Group.objects.get_or_create(name=role)
        call_command("policy", "seed", verbosity=0)
        partners.register_shipped()
        if options["demo"]:
            call_command("demo", stdout=self.stdout)

    def _migrate(self, alias: str) -> None:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", database=alias, verbosity=0, interactive=False)
