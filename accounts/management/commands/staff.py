"""`manage.py staff add|list|disable|reset`: work accounts; a password is shown only once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import staff
from accounts.models import Person


class Command(BaseCommand):
    help = "管理员工账号"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="新建账号，打印一次初始密码")
        add.add_argument("name", help="员工账号")
        add.add_argument(
            "--role", action="append", required=True, choices=list(staff.ROLES), help="可以重复"
        )
        actions.add_parser("list", help="列出账号、角色、是否停用、两步验证")
        for action, words in (
            ("disable", "停用账号并立即退出全部设备"),
            ("reset", "换新密码，清除两步验证，恢复启用"),
        ):
            actions.add_parser(action, help=words).add_argument("name", help="员工账号")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(options)
        except staff.NameTaken as taken:
            raise CommandError(f"账号 {options['name']} 已存在") from taken
        except staff.NobodyThere as missing:
            raise CommandError(f"没有员工账号 {options['name']}") from missing
        except staff.RolesRefused as refused:
            raise CommandError(str(refused)) from refused

    def add(self, options: dict[str, Any]) -> None:
        """Make an account and show its password."""
        password = staff.add(name=options["name"], roles=options["role"])
        self._show(options["name"], password)

    def reset(self, options: dict[str, Any]) -> None:
        """Give an account a new password and no second factor."""
        self._show(options["name"], staff.reset(name=options["name"]))

    def disable(self, options: dict[str, Any]) -> None:
        """Shut an account."""
        ended = staff.disable(name=options["name"])
        self.stdout.write(f"账号 {options['name']} 已停用，退出了 {ended} 台设备")

    def list(self, _options: dict[str, Any]) -> None:
        """One line for every account."""
        people = Person.objects.filter(kind=Person.Kind.STAFF).order_by("username")
        for person in people.prefetch_related("groups", "authenticator_set"):
            roles = "、".join(
                staff.ROLES.get(group.name, group.name) for group in person.groups.all()
            )
            factor = "两步验证已开启" if person.authenticator_set.all() else "未设两步验证"
            state = "启用" if person.is_active else "停用"
            self.stdout.write(f"{person.username}\t{roles or '无角色'}\t{state}\t{factor}")

    def _show(self, name: str, password: str) -> None:
        self.stdout.write(f"账号 {name}")
        self.stdout.write(f"密码 {password}")
        self.stdout.write("密码只显示这一次，请交给本人；首次登录后请立即设置两步验证。")
